package io.github.whisperspeedtest.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.model.ModelLocator;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StructureCheckTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void writeFile() throws IOException {
        file = Files.write(directory.resolve("model.bin"), new byte[29]);
    }

    @Test
    void rejectedModelIsIncomplete() {
        Finding finding = check(29, files -> {
            throw new ModelException(files.single() + " is cut short.");
        });
        assertThat(finding.status()).isEqualTo(Verdict.Status.INCOMPLETE);
        assertThat(finding.reason()).isEqualTo(file + " is cut short.");
    }

    @Test
    void readerExceptionIsIncomplete() {
        assertThat(check(29, files -> {
                            throw new IndexOutOfBoundsException("7");
                        })
                        .status())
                .isEqualTo(Verdict.Status.INCOMPLETE);
    }

    @Test
    void unavailableEngineIsNotCheckable() {
        assertThat(check(29, files -> {
                            throw new EngineUnavailableException("no library");
                        })
                        .status())
                .isEqualTo(Verdict.Status.NOT_CHECKABLE);
    }

    @Test
    void sizeDecidesOnlyForUnknownFormat() {
        assertThat(check(29 * 16, files -> false).status()).isEqualTo(Verdict.Status.COMPLETE);
        Finding small = check(30 * 16, files -> false);
        assertThat(small.status()).isEqualTo(Verdict.Status.INCOMPLETE);
        assertThat(small.reason()).contains("the published model has");
        assertThat(check(488_000_000, files -> true).status()).isEqualTo(Verdict.Status.COMPLETE);
        assertThat(check(0, files -> false).status()).isEqualTo(Verdict.Status.COMPLETE);
    }

    private Finding check(long publishedBytes, Predicate<ModelFiles> inspection) {
        ModelInfo model = ModelInfo.ofLocalFiles(
                "small", List.of(new ModelSource.Embedded("f16")), List.of(file), publishedBytes);
        ModelPresence presence = new ModelLocator(directory.resolve("hub")).look(model, ModelPlace.LOCAL_CACHE);
        return StructureCheck.check(
                new Scripted() {
                    @Override
                    public boolean inspect(ModelFiles files) {
                        return inspection.test(files);
                    }
                },
                presence,
                "small");
    }
}
