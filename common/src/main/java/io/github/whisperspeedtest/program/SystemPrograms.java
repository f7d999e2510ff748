package io.github.whisperspeedtest.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs small programs of the operating system. */
public final class SystemPrograms {
    private static final Logger LOG = LoggerFactory.getLogger(SystemPrograms.class);
    private static final int TIMEOUT_SECONDS = 2;

    /** More than these programs print, and less than a pipe holds. */
    private static final int MAX_OUTPUT = 1 << 14;

    private SystemPrograms() {}

    /** Returns what the program prints, empty if it is missing, does not exit within two seconds, or prints nothing. */
    public static String output(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                process.getOutputStream().close();
                // The output fits into the pipe, so the program exits before its output is read.
                return process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        ? new String(process.getInputStream().readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8)
                        : "";
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            LOG.debug("Cannot run {}", command, e);
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
