package io.github.whisperspeedtest.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Determines the name of the processor. */
final class Chip {
    private static final Logger LOG = LoggerFactory.getLogger(Chip.class);
    private static final int SYSCTL_TIMEOUT_SECONDS = 5;

    private Chip() {}

    /** Returns the name of the processor, empty if the operating system does not report it. */
    static Optional<String> name() {
        Path cpuInfo = Path.of("/proc/cpuinfo");
        try {
            return Files.isReadable(cpuInfo) ? fromCpuInfo(Files.readAllLines(cpuInfo)) : fromSysctl();
        } catch (IOException e) {
            LOG.debug("Cannot determine the name of the processor", e);
            return Optional.empty();
        }
    }

    /** Returns the first model name. Linux reports none for Arm processors. */
    static Optional<String> fromCpuInfo(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .filter(name -> !name.isEmpty())
                .findFirst();
    }

    private static Optional<String> fromSysctl() throws IOException {
        if (!System.getProperty("os.name").startsWith("Mac")) {
            return Optional.empty();
        }
        Process process = new ProcessBuilder("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            // The output fits into the pipe buffer, so the program exits before its output is read.
            if (!process.waitFor(SYSCTL_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                return Optional.empty();
            }
            String name = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return name.isEmpty() ? Optional.empty() : Optional.of(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }
}
