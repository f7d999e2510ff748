package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.program.ProgramRun;
import io.github.whisperspeedtest.program.SearchPath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The user's CMake. */
final class CMake {
    /** whisper.cpp's own minimum in all releases since 1.7.1. */
    private static final int MIN_MAJOR = 3;

    private static final int MIN_MINOR = 14;

    private static final int SHOWN_LINES = 20;
    private static final int MAX_SHOWN_LINE = 300;

    private static final Pattern VERSION = Pattern.compile("cmake version (\\d{1,4})\\.(\\d{1,4})");

    /** What Make prints, and what Ninja prints with {@link #ENVIRONMENT}. */
    private static final Pattern PROGRESS = Pattern.compile("\\[ *(?:(\\d{1,3})%|(\\d{1,6})/(\\d{1,6}))]");

    /** CMake's messages if there is no compiler or no build program. */
    private static final Pattern MISSING_TOOL = Pattern.compile(
            "No CMAKE_\\w+_COMPILER could be found|CMAKE_\\w+_COMPILER not set|CMAKE_MAKE_PROGRAM is not set"
                    + "|unable to find a build program|invalid active developer path|No developer tools were found",
            Pattern.CASE_INSENSITIVE);

    private static final Map<String, String> ENVIRONMENT = Map.of("NINJA_STATUS", "[%f/%t] ");

    private static final Pattern CONTROLS = Pattern.compile("\\e\\[[0-9;?]*[A-Za-z]|\\p{Cntrl}");

    private final Path program;
    private final List<String> generator;
    private final boolean isMac;

    private CMake(Path program, List<String> generator, boolean isMac) {
        this.program = program;
        this.generator = generator;
        this.isMac = isMac;
    }

    /**
     * Finds CMake and checks its version.
     *
     * @param directory an existing directory to run it in
     * @throws RuntimeUnavailableException if it is missing, does not run, or is too old
     */
    static CMake find(SearchPath searchPath, boolean isMac, Path directory) {
        Path program = searchPath
                .find("cmake")
                .orElseThrow(() -> new RuntimeUnavailableException(
                        "CMake is required, but the PATH has no program cmake", install(isMac), null));
        // Without Make, the default on Unix, CMake would fail even if it could use Ninja.
        boolean ninjaOnly =
                searchPath.find("make").isEmpty() && searchPath.find("ninja").isPresent();
        CMake cmake = new CMake(program, ninjaOnly ? List.of("-G", "Ninja") : List.of(), isMac);
        cmake.requireVersion(directory);
        return cmake;
    }

    private void requireVersion(Path directory) {
        Tail output = new Tail();
        int code;
        try {
            code = ProgramRun.run(
                    List.of(program.toString(), "--version"),
                    directory,
                    Map.of(),
                    OutputStream.nullOutputStream(),
                    output::add);
        } catch (IOException e) {
            throw new RuntimeUnavailableException(
                    "CMake is required, but " + program + " cannot be started: " + e.getMessage(), install(isMac), e);
        }
        Matcher version = VERSION.matcher(output.text());
        if (code != 0 || !version.find()) {
            throw new RuntimeUnavailableException(
                    "CMake is required, but " + program + " --version exited with code " + code + ": " + output.text(),
                    install(isMac),
                    null);
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        if (major < MIN_MAJOR || major == MIN_MAJOR && minor < MIN_MINOR) {
            throw new RuntimeUnavailableException(
                    "CMake " + MIN_MAJOR + "." + MIN_MINOR + " or later is required, but " + program + " is " + major
                            + "." + minor,
                    install(isMac),
                    null);
        }
    }

    /**
     * Runs CMake once.
     *
     * @param task the task for messages, such as {@code configure whisper.cpp 1.9.3}
     * @param arguments the arguments
     * @param directory the working directory
     * @param log the file that the output is appended to
     * @param progress receives the part that is done, 0 to 1
     * @throws EngineUnavailableException if CMake fails; the message has the end of its output and names the log
     * @throws IOException if the log cannot be written
     */
    void run(String task, List<String> arguments, Path directory, Path log, DoubleConsumer progress)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Tail tail = new Tail();
        int code;
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
            out.write((command + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
            code = ProgramRun.run(command, directory, ENVIRONMENT, out, line -> {
                tail.add(line);
                report(line, progress);
            });
        }
        if (code != 0) {
            String reason = "Cannot " + task + ": cmake exited with code " + code + ". The last lines of its output:\n"
                    + tail.text() + "\nThe whole output is in " + log;
            if (tail.missesTool()) {
                throw new RuntimeUnavailableException(reason, install(isMac), null);
            }
            throw new EngineUnavailableException(reason + ".");
        }
    }

    /** Returns the arguments that choose the program for the build, none for CMake's own choice. */
    List<String> generator() {
        return generator;
    }

    private static String install(boolean isMac) {
        return isMac
                ? "Install CMake and the compiler: brew install cmake, xcode-select --install."
                : "Install CMake and a compiler: apt install cmake g++ make (Debian and Ubuntu).";
    }

    private static void report(String line, DoubleConsumer progress) {
        Matcher matcher = PROGRESS.matcher(line);
        if (!matcher.find()) {
            return;
        }
        if (matcher.group(1) != null) {
            progress.accept(Math.min(1, Integer.parseInt(matcher.group(1)) / 100.0));
        } else if (Integer.parseInt(matcher.group(3)) > 0) {
            progress.accept(
                    Math.min(1, Integer.parseInt(matcher.group(2)) / (double) Integer.parseInt(matcher.group(3))));
        }
    }

    /** The last lines of the output. */
    private static final class Tail {
        private final Deque<String> lines = new ArrayDeque<>();
        private boolean missesTool;

        synchronized void add(String line) {
            String text = CONTROLS.matcher(line).replaceAll("");
            missesTool |= MISSING_TOOL.matcher(text).find();
            lines.add(text.length() > MAX_SHOWN_LINE ? text.substring(0, MAX_SHOWN_LINE) + "…" : text);
            if (lines.size() > SHOWN_LINES) {
                lines.remove();
            }
        }

        synchronized boolean missesTool() {
            return missesTool;
        }

        synchronized String text() {
            return lines.isEmpty() ? "no output" : String.join("\n", lines);
        }
    }
}
