package io.github.whisperspeedtest.process;

import com.fasterxml.jackson.databind.JavaType;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The main class of a child JVM: runs the task that its standard input names. */
final class ChildMain {
    /** System property with the directory of this child's temporary files. */
    static final String DIRECTORY_PROPERTY = "whisperspeedtest.child.directory";

    /** No process reads this exit code. It only has to differ from 0. */
    private static final int PARENT_GONE_EXIT_CODE = 1;

    private ChildMain() {}

    /** Runs the task and exits with code 0, whether it returned or threw. */
    public static void main(String[] arguments) throws IOException {
        // Shutdown hooks of native libraries would free memory that a running task uses.
        Signals.TERMINATING.forEach(Signals::restoreDefault);
        BufferedReader stdin = Protocol.reader(new FileInputStream(FileDescriptor.in));
        String bootstrap = stdin.readLine();
        String input = stdin.readLine();
        if (bootstrap == null || input == null) {
            Runtime.getRuntime().halt(PARENT_GONE_EXIT_CODE);
            return;
        }
        // A task that reads or closes its standard input must not disable the parent watch.
        System.setIn(InputStream.nullInputStream());
        BlockingQueue<String> commands = new LinkedBlockingQueue<>();
        Thread watch = new Thread(() -> readCommands(stdin, commands), "parent-watch");
        watch.setDaemon(true);
        watch.start();
        connectAndRun(Json.read(Protocol.Bootstrap.TYPE, bootstrap), input, commands);
        System.exit(0);
    }

    /** Passes the parent's commands on and halts at the end of the stream, which is the end of the parent. */
    private static void readCommands(BufferedReader lines, BlockingQueue<String> commands) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                commands.add(line);
            }
        } catch (IOException e) {
            // Native code closed the stream. The next event fails if the parent is dead.
            return;
        }
        deleteTemporaryFiles();
        Runtime.getRuntime().halt(PARENT_GONE_EXIT_CODE);
    }

    /** Deletes the files that a killed parent could not delete. */
    private static void deleteTemporaryFiles() {
        try {
            FileTrees.delete(Path.of(System.getProperty(DIRECTORY_PROPERTY)));
        } catch (IOException e) {
            // The process is about to end and has no way to report this.
        }
    }

    private static void connectAndRun(Protocol.Bootstrap bootstrap, String input, BlockingQueue<String> commands)
            throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName(bootstrap.address()), bootstrap.port())) {
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(bootstrap.token().getBytes(StandardCharsets.US_ASCII));
            Writer out = Protocol.writer(socket.getOutputStream());
            String outcome;
            try {
                outcome = Protocol.RESULT + " " + run(bootstrap.task(), input, out, commands);
            } catch (Throwable e) {
                outcome = Protocol.FAILURE + " " + Json.write(Protocol.Failure.TYPE, failure(e, bootstrap.task()));
            }
            synchronized (out) {
                sendPeakMemory(out);
                Protocol.writeLine(out, outcome);
            }
        }
    }

    private static String run(String taskName, String input, Writer out, BlockingQueue<String> commands)
            throws Exception {
        Class<?> type = Class.forName(taskName);
        @SuppressWarnings("unchecked")
        ChildTask<Object, Object, Object> task =
                (ChildTask<Object, Object, Object>) type.getConstructor().newInstance();
        JavaType[] types = Json.typesOf(type);
        SetupNotice.setListener(
                description -> send(out, Protocol.SETUP + " " + Json.write(Protocol.TEXT, description)));
        ChildReporter<Object> reporter = new ChildReporter<>() {
            @Override
            public void report(Object event) {
                send(out, Protocol.EVENT + " " + Json.write(types[1], event));
            }

            @Override
            public String awaitCommand() throws InterruptedException {
                return commands.take();
            }

            @Override
            public <C> C awaitCommand(Class<C> type) throws InterruptedException {
                return Json.read(Json.type(type), commands.take());
            }
        };
        return Json.write(types[2], task.run(Json.read(types[0], input), reporter));
    }

    private static void send(Writer out, String line) {
        synchronized (out) {
            try {
                Protocol.writeLine(out, line);
            } catch (IOException e) {
                throw new UncheckedIOException("Lost the connection to the parent JVM", e);
            }
        }
    }

    private static void sendPeakMemory(Writer out) throws IOException {
        PeakMemory memory =
                new PeakMemory(MemoryMeter.ofSystem(), ProcessHandle.current().pid());
        try {
            memory.sampleIfCheap();
        } catch (InterruptedException e) {
            // The task left its thread interrupted. The parent's own samples must suffice.
            return;
        }
        Long bytes = memory.bytes();
        if (bytes != null) {
            Protocol.writeLine(out, Protocol.PEAK_MEMORY + " " + bytes);
        }
    }

    private static Protocol.Failure failure(Throwable thrown, String task) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        if (thrown instanceof WhisperSpeedtestException known) {
            String message = known.getMessage();
            return new Protocol.Failure(known.kind(), message == null ? known.toString() : message, trace.toString());
        }
        if (thrown instanceof OutOfMemoryError) {
            long limit = Runtime.getRuntime().maxMemory() >> 20;
            return new Protocol.Failure(
                    ErrorKind.ENVIRONMENT,
                    "The JVM ran out of memory (" + thrown.getMessage() + ") with a maximum heap size of " + limit
                            + " MB. Increase it with the JVM argument -Xmx, or use a smaller model.",
                    trace.toString());
        }
        if (thrown instanceof ClassNotFoundException && task.equals(thrown.getMessage())) {
            return new Protocol.Failure(
                    ErrorKind.INTERNAL,
                    "The task " + task + " is not on the class path of the child JVM. Add the jar that contains it.",
                    trace.toString());
        }
        ErrorKind kind = thrown instanceof UnsatisfiedLinkError ? ErrorKind.ENVIRONMENT : ErrorKind.INTERNAL;
        return new Protocol.Failure(kind, thrown.toString(), trace.toString());
    }
}
