package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.program.SystemPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Determines the name of the processor. */
final class Chip {
    private static final Logger LOG = LoggerFactory.getLogger(Chip.class);

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

    private static Optional<String> fromSysctl() {
        if (!System.getProperty("os.name").startsWith("Mac")) {
            return Optional.empty();
        }
        String name = SystemPrograms.output(List.of("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"))
                .strip();
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }
}
