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

/** The process of a child JVM and its temporary files. Closing it ends the process and deletes the files. */
final class ChildProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

    /** Limits the wait for a process that cannot be killed, such as one that waits for a dead network drive. */
    private static final long KILL_TIMEOUT_SECONDS = 10;

    private static final long OUTPUT_DRAIN_TIMEOUT_SECONDS = 2;

    /** OpenMP's variable for the behaviour of waiting threads. */
    private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

    /** GNU OpenMP's variable for the number of times a waiting thread polls for work before it sleeps. */
    private static final String SPIN_COUNT = "GOMP_SPINCOUNT";

    private static final String DEFAULT_SPIN_COUNT = "1000";

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
     * @param arguments the JVM arguments, without the path of the crash report
     * @throws IOException if the JVM cannot be started
     */
    static ChildProcess start(
            Path java, List<String> arguments, Map<String, String> environment, @Nullable Path workingDirectory)
            throws IOException {
        Path directory = Files.createTempDirectory(
                "whisper-speedtest-child-" + ProcessHandle.current().pid() + "-");
        TemporaryPaths.add(directory);
        try {
            // A percent sign starts a placeholder in -XX:ErrorFile.
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
                // Without an installed locale, Java cannot open files with non-ASCII names.
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
     * Makes waiting threads of GNU OpenMP sleep after a few microseconds. By default they spin for milliseconds.
     *
     * <p>This makes engines that use OpenMP two to three times as fast while other programs compete for the processors. On an idle
     * machine it costs up to 15 % on the demo model (docs/benchmarks.md). Variables that the user has set are kept. The start script
     * does the same.
     */
    static void limitSpinning(Map<String, String> environment) {
        if (!environment.containsKey(WAIT_POLICY)) {
            environment.putIfAbsent(SPIN_COUNT, DEFAULT_SPIN_COUNT);
        }
    }

    Process process() {
        return process;
    }

    /** Kills the process and its descendants and waits until it ends. Has no effect on a process that has ended. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(KILL_TIMEOUT_SECONDS);
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

    /** Returns the end of the output. The process must have ended. */
    String output() throws InterruptedException {
        // A descendant that outlives the child may keep the pipe open, so the wait is limited.
        outputReader.join(TimeUnit.SECONDS.toMillis(OUTPUT_DRAIN_TIMEOUT_SECONDS));
        return output.text();
    }

    /** Returns the crash report of the JVM, empty if there is none. */
    String crashReport() {
        try {
            Path report = crashReport(directory);
            return Files.exists(report) ? Files.readString(report, platformCharset()) : "";
        } catch (IOException e) {
            LOG.debug("Cannot read the crash report", e);
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

    /** Returns the encoding of file names, in which the java launcher reads its argument file. */
    private static Charset platformCharset() {
        String name = System.getProperty("sun.jnu.encoding", "");
        return Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    /** Quotes an argument for an argument file of the java launcher. */
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
            LOG.debug("Cannot close the child's input", e);
        }
    }

    private static void delete(Path directory) {
        try {
            FileTrees.delete(directory);
            TemporaryPaths.remove(directory);
        } catch (IOException e) {
            LOG.debug("Cannot delete temporary files of the child in {}", directory, e);
        }
    }
}
