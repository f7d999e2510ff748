package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.model.ToolHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library in a program that exits during a call. */
@Tag("processes")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LibraryExitTest {
    @TempDir
    private static Path home;

    private static Path recording;

    @TempDir
    private Path directory;

    @BeforeAll
    static void writeRecording() throws IOException {
        UnpackedLibraries.shareWith(home);
        recording = LongRecording.write(home.resolve("long.wav"), 60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"coreml", "faster", "insanely", "mlx", "mps", "whispercpp"})
    void exitDuringCallEndsJvmCleanly(String implementation) throws Exception {
        for (int millis : new int[] {0, 150}) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-D" + ToolHome.HOME_PROPERTY + "=" + home,
                            "-cp",
                            System.getProperty("java.class.path"),
                            ExitDuringCall.class.getName(),
                            implementation,
                            recording.toString(),
                            Integer.toString(millis))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor()).as(output).isEqualTo(ExitDuringCall.CODE);
            assertThat(output).doesNotContain("SIGSEGV", "SIGABRT");
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files).as("crash reports").isEmpty();
            }
        }
    }
}
