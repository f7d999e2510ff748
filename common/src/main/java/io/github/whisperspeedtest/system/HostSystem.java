package io.github.whisperspeedtest.system;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.program.SystemPrograms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The operating system and the processor that this JVM runs on. Checks what native libraries require, before they are loaded: the
 * system's own message names a symbol or nothing at all, and an instruction that the processor lacks ends the process.
 *
 * <p>It never fails: what the system does not say counts as fulfilled.
 */
public final class HostSystem {
    private static final String SYSCTL = "/usr/sbin/sysctl";

    private static final Pattern MAJOR_VERSION = Pattern.compile("(\\d{1,4})(\\..*)?");

    /** The version that programs built with an SDK before that of macOS 11 see on every later one. */
    private static final String COMPATIBLE_VERSION = "10.16";

    /** The C library in the memory map of a process; before glibc 2.34 the file is named after its version. */
    private static final Pattern C_LIBRARY = Pattern.compile("(?m)\\s/(\\S*/libc(?:-[\\d.]+)?\\.so(?:\\.\\d+)?)$");

    /** The text that glibc prints when it is run as a program, such as {@code GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.} */
    private static final Pattern GLIBC_BANNER =
            Pattern.compile("GNU C Library [^\\n\\x00]{0,200}release version 2\\.(\\d{1,4})");

    private static final Pattern PROCESSOR_NAME =
            Pattern.compile("(?m)^(?:model name|CPU implementer|CPU part)\\s*:\\s*(.*?)\\s*$");

    private final String name;
    private final String architecture;
    private final String version;
    private final Path root;
    private final Function<List<String>, String> programs;

    /**
     * Describes a system.
     *
     * @param name as the system property {@code os.name} has it
     * @param architecture as {@code os.arch} has it
     * @param version as {@code os.version} has it
     * @param root the directory that contains {@code proc} on Linux
     * @param programs runs a program and returns its output, empty if there is no such program
     */
    public HostSystem(
            String name, String architecture, String version, Path root, Function<List<String>, String> programs) {
        this.name = name;
        this.architecture = architecture;
        this.version = version;
        this.root = root;
        this.programs = programs;
    }

    /** Returns the system of this process. Runs no program. */
    public static HostSystem current() {
        return new HostSystem(
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""),
                System.getProperty("os.version", ""),
                Path.of("/"),
                SystemPrograms::output);
    }

    /**
     * Returns what is wrong if this JVM is for Intel processors on a Mac with Apple silicon, where Rosetta translates it; empty otherwise.
     *
     * <p>Engines for Apple silicon cannot be loaded into such a JVM. Only a JVM for Intel on macOS runs {@code sysctl} to find out; the key
     * {@code sysctl.proc_translated} is missing on Macs with Intel processors (Apple, "About the Rosetta translation environment").
     */
    public Optional<Problem> translation() {
        if (!isMac() || !isX64() || !sysctl("sysctl.proc_translated").equals("1")) {
            return Optional.empty();
        }
        return Optional.of(new Problem(
                "This Java is for Intel processors, and this Mac has Apple silicon",
                "Install an ARM64 (AArch64) JDK 17 or later, and set JAVA_HOME to it."));
    }

    /**
     * Checks the version of macOS; does nothing on other systems.
     *
     * @param engine display name of the engine, such as {@code ONNX Runtime}
     * @param major the first version of macOS that the engine's libraries load on, such as 14
     * @throws RuntimeUnavailableException if this macOS is older, or Rosetta translates this JVM
     */
    public void requireMacOs(String engine, int major) {
        if (!isMac()) {
            return;
        }
        requireNative();
        Matcher matcher = MAJOR_VERSION.matcher(version);
        if (matcher.matches()
                && Integer.parseInt(matcher.group(1)) < major
                && !version.startsWith(COMPATIBLE_VERSION)) {
            throw new RuntimeUnavailableException(
                    engine + " needs macOS " + major + " or later, and this is macOS " + version,
                    "Update macOS, or use another implementation.",
                    null);
        }
    }

    /**
     * Checks the C library of this process; does nothing on systems other than Linux, or without glibc.
     *
     * @param engine display name of the engine
     * @param minor the first minor version of glibc 2 that the engine's libraries load with, such as 32
     * @throws RuntimeUnavailableException if this glibc is older
     */
    public void requireGlibc(String engine, int minor) {
        OptionalInt found = name.startsWith("Linux") ? glibc() : OptionalInt.empty();
        if (found.isPresent() && found.getAsInt() < minor) {
            throw new RuntimeUnavailableException(
                    engine + " needs glibc 2." + minor + " or later, and this system has glibc 2." + found.getAsInt(),
                    "Use a newer Linux distribution, or another implementation.",
                    null);
        }
    }

    /**
     * Checks that no translator runs this JVM.
     *
     * @throws RuntimeUnavailableException with the {@link #translation} if one does
     */
    public void requireNative() {
        translation().ifPresent(problem -> {
            throw new RuntimeUnavailableException(problem, null);
        });
    }

    /**
     * Returns the number of fast cores of a Mac with two kinds, empty elsewhere. Level 0 is the fastest (Apple, "Determining system
     * capabilities").
     */
    public OptionalInt performanceCores() {
        if (!isMac()) {
            return OptionalInt.empty();
        }
        String[] values = sysctl("hw.nperflevels", "hw.perflevel0.physicalcpu").split("\\s+");
        return values.length == 2 && values[0].matches("[2-9]") && values[1].matches("[1-9]\\d{0,3}")
                ? OptionalInt.of(Integer.parseInt(values[1]))
                : OptionalInt.empty();
    }

    /**
     * Returns the features of the processor as the system lists them: {@code /proc/cpuinfo} on Linux, with names such as {@code avx2}, and
     * {@code machdep.cpu} on Macs with Intel processors, with names such as {@code AVX2}. Empty if unknown.
     */
    public String processorFeatures() {
        if (isMac()) {
            return isX64() ? sysctl("machdep.cpu.features", "machdep.cpu.leaf7_features") : "";
        }
        return read(root.resolve("proc/cpuinfo"));
    }

    /**
     * Returns the name of the processor, such as {@code AMD EPYC 9655 96-Core Processor}: {@code model name} or the numbers of implementer
     * and part in {@code /proc/cpuinfo} on Linux, and {@code machdep.cpu.brand_string} on Macs. Empty if unknown.
     */
    public String processorName() {
        if (isMac()) {
            return sysctl("machdep.cpu.brand_string");
        }
        return PROCESSOR_NAME
                .matcher(read(root.resolve("proc/cpuinfo")))
                .results()
                .map(match -> match.group(1))
                .distinct()
                .collect(Collectors.joining(" "));
    }

    /** Returns the C library of this process on Linux; empty elsewhere, and if it is not glibc. */
    public Optional<Path> cLibrary() {
        Matcher library = C_LIBRARY.matcher(read(root.resolve("proc/self/maps")));
        return library.find() ? Optional.of(root.resolve(library.group(1))) : Optional.empty();
    }

    private OptionalInt glibc() {
        Optional<Path> library = cLibrary();
        if (library.isEmpty()) {
            return OptionalInt.empty();
        }
        Matcher banner = GLIBC_BANNER.matcher(read(library.get()));
        return banner.find() ? OptionalInt.of(Integer.parseInt(banner.group(1))) : OptionalInt.empty();
    }

    private boolean isMac() {
        return name.startsWith("Mac");
    }

    private boolean isX64() {
        return architecture.equals("x86_64") || architecture.equals("amd64");
    }

    /** Returns the values of keys, one a line; a key that the system does not know has no line. */
    private String sysctl(String... keys) {
        return programs.apply(Stream.concat(Stream.of(SYSCTL, "-i", "-n"), Stream.of(keys))
                        .toList())
                .strip();
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
