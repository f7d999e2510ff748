package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyOptions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Missing and damaged files of a model. */
abstract class ModelFilesTests extends ContractTests {
    ModelFilesTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void namesMissingFile() throws IOException {
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("missing");
            Path removed = copy.byName().get(name);
            Files.delete(removed);
            assertThatThrownBy(() -> open(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(removed.toString());
        }
    }

    @Test
    void namesTruncatedFile() throws IOException {
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("cut");
            Path cut = copy.byName().get(name);
            try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / 2);
            }
            assertThatThrownBy(() -> open(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(cut.toString());
        }
    }

    @Test
    void findsTruncatedFileWithoutLoading() throws IOException {
        assumeTrue(implementation.inspect(files), "it neither has a reader of its format nor inspects files otherwise");
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("inspected");
            Path cut = copy.byName().get(name);
            try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / 2);
            }
            assertThatThrownBy(() -> implementation.inspect(copy))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(cut.toString());
        }
    }

    @Test
    void identifiesGitLfsPointer() throws IOException {
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("pointer");
            Path pointer = copy.byName().get(name);
            Files.writeString(pointer, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345678\n");
            assertThatThrownBy(() -> open(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(pointer + " is a Git LFS pointer");
        }
    }

    @Test
    void namesEmptyFile() throws IOException {
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("empty");
            Path emptied = copy.byName().get(name);
            Files.write(emptied, new byte[0]);
            assertThatThrownBy(() -> open(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(emptied.toString());
        }
    }

    @Test
    void namesFileWithOtherContent() throws IOException {
        byte[] garbage = new byte[4096];
        new Random(11).nextBytes(garbage);
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("garbage");
            Path spoiled = copy.byName().get(name);
            Files.write(spoiled, garbage);
            assertThatThrownBy(() -> open(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(spoiled.toString());
        }
    }

    @Test
    void canBeVerifiedByLoading() throws IOException {
        ToolHome home = ToolHome.at(Files.createTempDirectory(temporary, "verified"));
        Path hub = temporary.resolve("no-hub-cache");
        ModelFiles written = new ModelStore(home, hub).filesOf(implementation, contract.model());
        ModelVerifier verifier = new ModelVerifier(
                home, () -> hub, Settings.ofProcess(), ChildJvm.builder().build());

        Verdict whole =
                verifier.verify(implementation, contract.model(), ModelPlace.LOCAL_CACHE, VerifyOptions.defaults());
        assertThat(whole.status()).as(whole.reason()).isEqualTo(Verdict.Status.COMPLETE);
        assertThat(implementation.availability())
                .isInstanceOfSatisfying(
                        Availability.Available.class,
                        available -> assertThat(whole.runtime()).isEqualTo(available.runtime()));
        assertThat(whole.contents()).hasSameSizeAs(written.byName().values());

        for (Path file : written.byName().values()) {
            byte[] content = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(content, content.length / 2));
            Verdict cut =
                    verifier.verify(implementation, contract.model(), ModelPlace.LOCAL_CACHE, VerifyOptions.defaults());
            assertThat(cut.status()).as(cut.reason()).isEqualTo(Verdict.Status.INCOMPLETE);
            assertThat(cut.reason()).contains(file.toString());
            Files.write(file, content);
        }
    }

    @Test
    void doesNotChangeModelFiles() throws IOException {
        ModelFiles copy = copyOfModel("untouched");
        Map<String, Long> before = fingerprint(copy);
        try (Transcriber transcriber = open(copy, loadOptions())) {
            text(transcriber, english());
        }
        assertThat(fingerprint(copy)).isEqualTo(before);
    }

    private ModelFiles copyOfModel(String purpose) throws IOException {
        Path directory = Files.createTempDirectory(temporary, purpose);
        Map<String, Path> copies = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : files.byName().entrySet()) {
            Path copy = directory.resolve(file.getKey());
            Files.createDirectories(copy.getParent());
            copies.put(file.getKey(), Files.copy(file.getValue(), copy, StandardCopyOption.REPLACE_EXISTING));
        }
        return new ModelFiles(files.model(), copies);
    }

    private static Map<String, Long> fingerprint(ModelFiles files) throws IOException {
        Map<String, Long> fingerprint = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : files.byName().entrySet()) {
            CRC32 crc = new CRC32();
            crc.update(Files.readAllBytes(file.getValue()));
            fingerprint.put(file.getKey(), crc.getValue());
            fingerprint.put(
                    file.getKey() + " modified",
                    Files.getLastModifiedTime(file.getValue()).toMillis());
        }
        return fingerprint;
    }
}
