package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.program.SystemPrograms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Determines the name of the processor. */
final class Chip {
    private static final Logger LOG = LoggerFactory.getLogger(Chip.class);

    private static final String CPU_INFO = "proc/cpuinfo";

    /** The device tree of boards, the description of a system on a chip, and what the firmware of servers says. */
    private static final List<String> BOARDS =
            List.of("proc/device-tree/model", "sys/devices/soc0/machine", "sys/class/dmi/id/product_name");

    /** What firmware says if nobody filled it in. */
    private static final Pattern PLACEHOLDER = Pattern.compile(
            "|none|unknown|default string|not specified|system product name|to be filled by o\\.?e\\.?m\\.?",
            Pattern.CASE_INSENSITIVE);

    private Chip() {}

    /** Returns the name of the processor, empty if the operating system does not report it. */
    static Optional<String> name() {
        Path root = Path.of("/");
        return Files.isReadable(root.resolve(CPU_INFO)) ? onLinux(root) : fromSysctl();
    }

    /**
     * Returns the name of the processor on Linux, for an ARM processor that of its cores and of the computer.
     *
     * @param root the directory that contains {@code proc} and {@code sys}
     */
    static Optional<String> onLinux(Path root) {
        List<String> lines;
        try {
            lines = Files.readAllLines(root.resolve(CPU_INFO));
        } catch (IOException e) {
            LOG.debug("Cannot determine the name of the processor", e);
            return Optional.empty();
        }
        Optional<String> arm = ArmChip.cores(lines);
        return arm.isEmpty()
                ? modelName(lines)
                : arm.map(cores ->
                        board(root).map(board -> cores + " (" + board + ")").orElse(cores));
    }

    /** Returns the first model name. Linux reports none, or a useless one, for ARM processors. */
    private static Optional<String> modelName(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .filter(name -> !name.isEmpty())
                .findFirst();
    }

    /** Returns the name of the computer, such as {@code Raspberry Pi 5 Model B Rev 1.0}. */
    private static Optional<String> board(Path root) {
        return BOARDS.stream()
                .flatMap(file -> text(root.resolve(file)).stream())
                .filter(name -> !PLACEHOLDER.matcher(name).matches())
                .findFirst();
    }

    private static Optional<String> text(Path file) {
        try {
            // The device tree ends its texts with a zero byte.
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8)
                    .replace("\0", "")
                    .strip());
        } catch (IOException e) {
            LOG.debug("Cannot read {}", file, e);
            return Optional.empty();
        }
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
