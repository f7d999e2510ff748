package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Load options. */
abstract class LoadingTests extends ContractTests {
    LoadingTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void honoursNumberOfThreads() {
        try (Transcriber transcriber = open(files, loadOptions().withThreads(1))) {
            assertThat(transcriber.parameters().threads()).isEqualTo(1);
            assertTranscribes(transcriber, english());
        }
    }

    @Test
    void rejectsUnknownDevice() {
        assertThatThrownBy(() -> open(files, loadOptions().withDevice("abacus")))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContainingAll("abacus", implementation.id());
    }

    @Test
    void rejectsUnknownComputeType() {
        assertThatThrownBy(() -> open(files, loadOptions().withComputeType("f7")))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContainingAll("f7", implementation.id());
    }

    @Test
    void writesGraphOrRejectsOption() throws IOException {
        Path directory = temporary.resolve("graphs");
        LoadOptions options = loadOptions().withEngineOption("dump-graph", directory.toString());
        if (!declared.engineOptions().containsKey("dump-graph")) {
            assertRefused(options, "dump-graph");
            return;
        }
        try (Transcriber transcriber = open(files, options)) {
            assertTranscribes(transcriber, english());
        }
        try (Stream<Path> written = Files.list(directory)) {
            assertThat(written).isNotEmpty().allSatisfy(file -> assertThat(file).isNotEmptyFile());
        }
    }

    @Test
    void rejectsMoreThreadsThanDeclared() {
        int threads = declared.maxThreads() + 1;
        assertRefused(loadOptions().withThreads(threads), "threads=" + threads);
    }

    @Test
    void rejectsUndeclaredEngineOption() {
        assertRefused(loadOptions().withEngineOption("no-such-option", "1"), "no-such-option=1");
    }

    private void assertRefused(LoadOptions options, String option) {
        assertThatThrownBy(() -> open(files, options))
                .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                    assertThat(refusal.implementation()).isEqualTo(implementation.id());
                    assertThat(refusal.option()).contains(option);
                });
    }
}
