package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.model.EngineStore;
import io.github.whisperspeedtest.model.EngineWorkspace;
import io.github.whisperspeedtest.model.ToolHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "engines are not built on Windows")
class EngineCommandTest {
    @TempDir
    private Path home;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeEach
    void useHome() {
        System.setProperty(ToolHome.HOME_PROPERTY, home.toString());
    }

    @AfterEach
    void forgetHome() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @Test
    void listsBuiltEngines() throws IOException {
        Path store = home.resolve("engines/whispercpp");
        try (EngineWorkspace workspace = new EngineStore(store).begin()) {
            Path library = Files.createFile(workspace.directory().resolve("library"));
            workspace.install("1.7.1", Map.of("libwhisper.so.1", library));
            workspace.install("1.9.3", Map.of("libwhisper.so.1", library));
        }

        assertThat(terminal.run("engine", "list")).isEqualTo(ExitCode.OK);

        assertThat(terminal.out().lines())
                .containsExactly(
                        "Implementation  Version  Directory",
                        "whispercpp      1.9.3    " + store.resolve("1.9.3/lib"),
                        "whispercpp      1.7.1    " + store.resolve("1.7.1/lib"));
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void saysThatNoEngineWasBuilt() {
        assertThat(terminal.run("engine", "list")).isEqualTo(ExitCode.OK);

        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).contains("No engines were built.", "engine build --help");
    }

    @Test
    void refusesWrongUse() {
        String empty = home.toString();
        assertRefused("missing command: build or list", "engine");
        assertRefused("missing option --source DIR", "engine", "build", "whispercpp");
        assertRefused("There is no implementation 'nobody'", "engine", "build", "nobody", "--source", empty);
        assertRefused(
                "implementation 'faster' has no engine to build; those that have one: whispercpp",
                "engine",
                "build",
                "faster",
                "--source",
                empty);
        assertRefused("--jobs must be at least 1", "engine", "build", "whispercpp", "--source", empty, "--jobs", "0");
        assertRefused(
                "The option 'GGML_BLAS=ON' for cmake is not a definition",
                "engine",
                "build",
                "whispercpp",
                "--source",
                empty,
                "--cmake-option",
                "GGML_BLAS=ON");
        // The definition is accepted, so the directory is examined next.
        assertRefused(
                "Expected the source code of whisper.cpp",
                "engine",
                "build",
                "whispercpp",
                "--source",
                empty,
                "--cmake-option",
                "-DGGML_BLAS=ON",
                "--cmake-option=-DGGML_CUDA=OFF");
    }

    private static void assertRefused(String message, String... arguments) {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run(arguments)).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains(message);
        assertThat(terminal.out()).isEmpty();
    }
}
