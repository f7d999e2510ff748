package io.github.whisperspeedtest.process;

import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.files.TemporaryPaths;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process of a child JVM and its temporary files; neither is left when this is closed. */
final class ChildProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

    /** A process that the system does not let go, say for a dead network drive, must not hold the parent too. */
    private static final long KILL_SECONDS = 10;

    private static final long LAST_OUTPUT_SECONDS = 2;

    /** OpenMP's variable for what waiting threads do. */
    private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

    /** GNU OpenMP's variable for how many times a waiting thread looks for work before it sleeps. */
    private static final String SPIN_COUNT = "GOMP_SPINCOUNT";

    private static final String SPINS = "1000";

    private final Path directory;
    private final Process process;
    private final OutputTail output;
    private final Thread outputReader;

    private ChildProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
        output = new OutputTail(process.getInputStream());
        outputReader = Threads.start("child-jvm-output", output);
    }

    /**
     * Starts a JVM.
     *
     * @param arguments what follows the name of the program, but for the file of crash reports
     * @throws IOException if the JVM cannot be started
     */
    static ChildProcess start(
            Path java, List<String> arguments, Map<String, String> environment, @Nullable Path workingDirectory)
            throws IOException {
        Path directory = Files.createTempDirectory(
                "whisper-speedtest-child-" + ProcessHandle.current().pid() + "-");
        TemporaryPaths.add(directory);
        try {
            // A percent sign begins a placeholder in the name of this file.
            String report = crashReport(directory).toString().replace("%", "%%");
            Path argumentFile = directory.resolve("arguments");
            List<String> all = Stream.concat(
                            Stream.of("-XX:ErrorFile=" + report, "-D" + ChildMain.DIRECTORY_PROPERTY + "=" + directory),
                            arguments.stream())
                    .toList();
            boolean asciiOnly = platformCharset().equals(StandardCharsets.US_ASCII);
            Charset charset = asciiOnly ? StandardCharsets.UTF_8 : platformCharset();
            Files.write(argumentFile, all.stream().map(ChildProcess::quoted).toList(), charset);
            ProcessBuilder builder = new ProcessBuilder(java.toString(), "@" + argumentFile)
                    .redirectErrorStream(true)
                    .directory(workingDirectory == null ? null : workingDirectory.toFile());
            if (asciiOnly) {
                // No locale is set, or one that is not installed. Java could open no file with other letters in its
                // name.
                builder.environment().put("LC_ALL", "C.UTF-8");
            }
            limitSpinning(builder.environment());
            builder.environment().putAll(environment);
            ChildProcess child = new ChildProcess(directory, builder.start());
            RunningChildren.add(child);
            return child;
        } catch (IOException | RuntimeException e) {
            delete(directory);
            throw e;
        }
    }

    /**
     * Makes waiting threads of GNU OpenMP give up their processor after some microseconds, where by default they spin for milliseconds.
     *
     * <p>Where another program wants a processor, that makes engines on OpenMP two to three times as fast. On a quiet machine it costs
     * up to 15 % on the demo model (docs/benchmarks.md). What the user has set stays. The start script does the same.
     */
    static void limitSpinning(Map<String, String> environment) {
        if (!environment.containsKey(WAIT_POLICY)) {
            environment.putIfAbsent(SPIN_COUNT, SPINS);
        }
    }

    Process process() {
        return process;
    }

    /** Kills the process and what it started, and waits for its end; does nothing to a process that has ended. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(KILL_SECONDS);
        while (process.isAlive() && System.nanoTime() < end) {
            try {
                process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the end of what the process, which has ended, printed. */
    String output() throws InterruptedException {
        // A process that outlives the child may hold the pipe open; what it prints is not waited for.
        outputReader.join(TimeUnit.SECONDS.toMillis(LAST_OUTPUT_SECONDS));
        return output.text();
    }

    /** Returns what the JVM wrote as it crashed, empty where it did not. */
    String crashReport() {
        try {
            Path report = crashReport(directory);
            return Files.exists(report) ? Files.readString(report, platformCharset()) : "";
        } catch (IOException e) {
            LOG.debug("The crash report cannot be read", e);
            return "";
        }
    }

    @Override
    public void close() {
        kill();
        RunningChildren.remove(this);
        closeQuietly(process.getOutputStream());
        delete(directory);
    }

    private static Path crashReport(Path directory) {
        return directory.resolve("crash.log");
    }

    /** The launcher reads its argument file in the encoding of file names. */
    private static Charset platformCharset() {
        String name = System.getProperty("sun.jnu.encoding", "");
        return Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    /** Quotes an argument by the rules of the java launcher's argument files. */
    private static String quoted(String argument) {
        return '"'
                + argument.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }

    private static void closeQuietly(AutoCloseable stream) {
        try {
            stream.close();
        } catch (Exception e) {
            LOG.debug("The child's input was closed already", e);
        }
    }

    private static void delete(Path directory) {
        try {
            FileTrees.delete(directory);
            TemporaryPaths.remove(directory);
        } catch (IOException e) {
            LOG.debug("Temporary files of the child are left in {}", directory, e);
        }
    }
}
