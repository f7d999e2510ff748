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

/** The main class of a child JVM: does the one task that its standard input names. */
final class ChildMain {
    /** System property that names the directory of this child's temporary files. */
    static final String DIRECTORY_PROPERTY = "whisperspeedtest.child.directory";

    /** Nobody is left to read this exit code; it only has to differ from 0. */
    private static final int PARENT_IS_GONE = 1;

    private ChildMain() {}

    /** Runs the task and exits with code 0, whether it returned or threw. */
    public static void main(String[] arguments) throws IOException {
        // Shutdown hooks of native libraries would free what a running task uses.
        Signals.TERMINATING.forEach(Signals::restoreDefault);
        BufferedReader invitations = Wire.reader(new FileInputStream(FileDescriptor.in));
        String invitation = invitations.readLine();
        String input = invitations.readLine();
        if (invitation == null || input == null) {
            Runtime.getRuntime().halt(PARENT_IS_GONE);
            return;
        }
        // A task that reads or closes its standard input must not take the watch over the parent away.
        System.setIn(InputStream.nullInputStream());
        Thread watch = new Thread(() -> haltAtEndOf(invitations), "parent-watch");
        watch.setDaemon(true);
        watch.start();
        converse(Json.read(Wire.Invitation.TYPE, invitation), input);
        System.exit(0);
    }

    private static void haltAtEndOf(BufferedReader lines) {
        try {
            while (lines.readLine() != null) {
                // The parent says nothing more; the end of the stream is its death.
            }
        } catch (IOException e) {
            // Native code closed the stream. The death of the parent then shows at the next event.
            return;
        }
        deleteTemporaryFiles();
        Runtime.getRuntime().halt(PARENT_IS_GONE);
    }

    /** Does what a parent that was killed no longer does. */
    private static void deleteTemporaryFiles() {
        try {
            FileTrees.delete(Path.of(System.getProperty(DIRECTORY_PROPERTY)));
        } catch (IOException e) {
            // The process is about to end; there is no one to tell.
        }
    }

    private static void converse(Wire.Invitation invitation, String input) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName(invitation.address()), invitation.port())) {
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(invitation.token().getBytes(StandardCharsets.US_ASCII));
            Writer out = Wire.writer(socket.getOutputStream());
            String last;
            try {
                last = Wire.RESULT + " " + run(invitation.task(), input, out);
            } catch (Throwable e) {
                last = Wire.FAILURE + " " + Json.write(Wire.Failure.TYPE, failure(e, invitation.task()));
            }
            synchronized (out) {
                sendPeakMemory(out);
                Wire.writeLine(out, last);
            }
        }
    }

    private static String run(String taskName, String input, Writer out) throws Exception {
        Class<?> type = Class.forName(taskName);
        @SuppressWarnings("unchecked")
        ChildTask<Object, Object, Object> task =
                (ChildTask<Object, Object, Object>) type.getConstructor().newInstance();
        JavaType[] types = Json.typesOf(type);
        SetupNotice.setListener(description -> send(out, Wire.LONG_WORK + " " + Json.write(Wire.TEXT, description)));
        Object output = task.run(
                Json.read(types[0], input), event -> send(out, Wire.EVENT + " " + Json.write(types[1], event)));
        return Json.write(types[2], output);
    }

    private static void send(Writer out, String line) {
        synchronized (out) {
            try {
                Wire.writeLine(out, line);
            } catch (IOException e) {
                throw new UncheckedIOException("The parent JVM is gone", e);
            }
        }
    }

    private static void sendPeakMemory(Writer out) throws IOException {
        PeakMemory memory = new PeakMemory(ProcessHandle.current().pid());
        try {
            memory.sample();
        } catch (InterruptedException e) {
            // A task may leave its thread interrupted; the figure of the parent has to do then.
            return;
        }
        Long bytes = memory.bytes();
        if (bytes != null) {
            Wire.writeLine(out, Wire.PEAK_MEMORY + " " + bytes);
        }
    }

    private static Wire.Failure failure(Throwable thrown, String task) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        if (thrown instanceof WhisperSpeedtestException known) {
            String message = known.getMessage();
            return new Wire.Failure(known.kind(), message == null ? known.toString() : message, trace.toString());
        }
        if (thrown instanceof OutOfMemoryError) {
            long limit = Runtime.getRuntime().maxMemory() >> 20;
            return new Wire.Failure(
                    ErrorKind.ENVIRONMENT,
                    "The JVM ran out of memory (" + thrown.getMessage() + ") with a heap of at most " + limit
                            + " MB. Give it more with the JVM argument -Xmx, or take a smaller model.",
                    trace.toString());
        }
        if (thrown instanceof ClassNotFoundException && task.equals(thrown.getMessage())) {
            return new Wire.Failure(
                    ErrorKind.INTERNAL,
                    "The task " + task + " is not on the class path of the child JVM. Add the jar that holds it.",
                    trace.toString());
        }
        ErrorKind kind = thrown instanceof UnsatisfiedLinkError ? ErrorKind.ENVIRONMENT : ErrorKind.INTERNAL;
        return new Wire.Failure(kind, thrown.toString(), trace.toString());
    }
}
