package io.github.whisperspeedtest.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.github.whisperspeedtest.provenance.ToolVersion;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The machine and software of a benchmark.
 *
 * @param toolVersion version of this tool, {@code development} if it runs from class files
 * @param toolCommit the commit that it was built from, null if unknown
 * @param jvm the virtual machine, such as {@code OpenJDK 17.0.15}
 * @param os the operating system, such as {@code Linux 6.1.0 (amd64)}
 * @param chip the processor, such as {@code Apple M2 Pro}
 * @param cores logical processors available to this process
 * @param memoryBytes memory of the machine, or the limit of the container if that is lower
 */
public record BenchmarkEnvironment(
        String toolVersion,
        @Nullable String toolCommit,
        String jvm,
        String os,
        String chip,
        int cores,
        long memoryBytes) {
    /** Checks that only the commit is null. */
    public BenchmarkEnvironment {
        Objects.requireNonNull(toolVersion, "toolVersion");
        Objects.requireNonNull(jvm, "jvm");
        Objects.requireNonNull(os, "os");
        Objects.requireNonNull(chip, "chip");
    }

    /** Detects the machine and software of this process. On macOS it runs {@code sysctl} to identify the chip. */
    public static BenchmarkEnvironment detect() {
        ToolVersion version = ToolVersion.current();
        String architecture = System.getProperty("os.arch");
        return new BenchmarkEnvironment(
                version.version(),
                version.commit(),
                jvm(System.getProperty("java.vm.name"), System.getProperty("java.version")),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " (" + architecture + ")",
                Chip.name().orElse(architecture),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize());
    }

    /** Returns the version of this tool with the first digits of its commit. */
    public String describeTool() {
        return new ToolVersion(toolVersion, toolCommit).describe();
    }

    /** Removes the parts of the JVM's name that are the same everywhere, such as {@code 64-Bit Server VM}. */
    static String jvm(String machineName, String javaVersion) {
        return machineName.replaceFirst(" (64-Bit |32-Bit )?(Server|Client) VM$", "") + " " + javaVersion;
    }
}
