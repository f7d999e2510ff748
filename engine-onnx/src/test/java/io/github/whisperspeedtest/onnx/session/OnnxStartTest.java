package io.github.whisperspeedtest.onnx.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OnnxStartTest {
    /** The length of a class path with many jars. */
    private static final int LENGTH = 60_000;

    @Test
    void startsWithLongCommandLine() throws IOException, InterruptedException {
        // Our child JVMs get their arguments in a file, so their command line is short.
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dpadding=" + "x".repeat(LENGTH),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OnnxStart.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(output).startsWith("Available[runtime=ONNX Runtime ");
    }
}
