package io.github.whisperspeedtest.process;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** Tasks for child JVMs. */
public final class Tasks {
    private Tasks() {}

    /** An event. */
    public sealed interface Note {
        /** Some text. */
        record Text(int number, String text) implements Note {}

        /** Some time. */
        record Time(Duration time, Path path) implements Note {}
    }

    /** Reports each of its words with a number, then a time, and returns them joined. */
    public static final class Echo implements ChildTask<List<String>, Note, String> {
        @Override
        public String run(List<String> words, ChildReporter<Note> reporter) {
            for (int i = 0; i < words.size(); i++) {
                reporter.report(new Note.Text(i, words.get(i)));
            }
            reporter.report(new Note.Time(Duration.ofNanos(1), Path.of("some", "where")));
            return String.join("|", words);
        }
    }

    /** Answers each command with an event until the command is "end", and returns the number of commands before it. */
    public static final class Obey implements ChildTask<String, String, Integer> {
        @Override
        public Integer run(String greeting, ChildReporter<String> reporter) throws InterruptedException {
            int answered = 0;
            for (String command = reporter.awaitCommand(); !command.equals("end"); command = reporter.awaitCommand()) {
                reporter.report(greeting + " " + command);
                answered++;
            }
            return answered;
        }
    }

    /** Answers each note with the same note until it is without words, and returns the number of notes before it. */
    public static final class EchoCommands implements ChildTask<String, Note, Integer> {
        @Override
        public Integer run(String unused, ChildReporter<Note> reporter) throws InterruptedException {
            int answered = 0;
            Note note = reporter.awaitCommand(Note.class);
            while (!(note instanceof Note.Text text && text.text().isEmpty())) {
                reporter.report(note);
                answered++;
                note = reporter.awaitCommand(Note.class);
            }
            return answered;
        }
    }

    /** Returns text of the given length. */
    public static final class LongText implements ChildTask<Integer, Void, String> {
        @Override
        public String run(Integer length, ChildReporter<Void> reporter) {
            return "ü".repeat(length);
        }
    }

    /** Reports one long setup step. */
    public static final class Unpacking implements ChildTask<String, Void, Void> {
        @Override
        public Void run(String description, ChildReporter<Void> reporter) {
            SetupNotice.announce(description);
            return null;
        }
    }

    /** Registers a shutdown hook, like those that crash during a running call, and runs until it is terminated. */
    public static final class Hooked implements ChildTask<String, String, Void> {
        @Override
        public Void run(String marker, ChildReporter<String> reporter) throws Exception {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    Files.createFile(Path.of(marker));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            reporter.report(Long.toString(ProcessHandle.current().pid()));
            Thread.sleep(60_000);
            return null;
        }
    }

    /** Ends in the given way. */
    public static final class End implements ChildTask<String, Void, Void> {
        @Override
        public Void run(String way, ChildReporter<Void> reporter) throws Exception {
            System.err.println("about to " + way);
            switch (way) {
                case "throw ours" -> throw new ModelException("The file x.bin is cut short.");
                case "throw option" -> throw new UnsupportedOptionException("test", "vad=true", "Leave it out.");
                case "throw environment" -> throw new WhisperSpeedtestException(ErrorKind.ENVIRONMENT, "No device.");
                case "throw checked" -> throw new IOException("disk on fire");
                case "load library" -> System.loadLibrary("no-such-library");
                case "exhaust the heap" -> exhaustHeap();
                case "exit 3" -> System.exit(3);
                case "exit 0" -> System.exit(0);
                // The exit code of a JVM after an interrupt from the keyboard.
                case "exit 130" -> System.exit(130);
                case "halt 4" -> Runtime.getRuntime().halt(4);
                case "hang" -> new CountDownLatch(1).await();
                case "segfault" -> writeToAddressZero();
                case "abort" -> signal("ABRT");
                case "be killed" -> signal("KILL");
                case "be terminated" -> signal("TERM");
                default -> throw new IllegalArgumentException(way);
            }
            return null;
        }

        private static void exhaustHeap() {
            List<byte[]> kept = new ArrayList<>();
            while (true) {
                kept.add(new byte[1 << 20]);
            }
        }

        private static void signal(String name) throws Exception {
            new ProcessBuilder(
                            "kill",
                            "-" + name,
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
            new CountDownLatch(1).await();
        }
    }

    /** Writes the given number of megabytes to both streams, and a last line to each. */
    public static final class Chatter implements ChildTask<Integer, Void, String> {
        @Override
        public String run(Integer megabytes, ChildReporter<Void> reporter) {
            String line = "x".repeat(1023);
            for (int i = 0; i < megabytes * 1024; i++) {
                System.out.println(line);
                System.err.println(line);
            }
            return "done";
        }
    }

    /** Closes all standard streams, the real ones, before it returns. */
    public static final class CloseStreams implements ChildTask<String, Void, String> {
        @Override
        public String run(String input, ChildReporter<Void> reporter) throws IOException {
            System.in.close();
            System.out.close();
            System.err.close();
            new FileInputStream(FileDescriptor.in).close();
            new FileOutputStream(FileDescriptor.out).close();
            new FileOutputStream(FileDescriptor.err).close();
            return input;
        }
    }

    /** Holds the given number of megabytes of native memory for a moment. */
    public static final class Hoard implements ChildTask<Integer, Void, Integer> {
        @Override
        public Integer run(Integer megabytes, ChildReporter<Void> reporter) {
            ByteBuffer memory = ByteBuffer.allocateDirect(megabytes << 20);
            for (int i = 0; i < memory.capacity(); i += 1024) {
                memory.put(i, (byte) 1);
            }
            return (int) memory.get(1024);
        }
    }

    /** The environment of a child. */
    public record Surroundings(String variable, Path directory, String property, long maxHeap, long pid) {}

    /** Returns the environment. */
    public static final class LookAround implements ChildTask<Map<String, String>, Void, Surroundings> {
        @Override
        public Surroundings run(Map<String, String> names, ChildReporter<Void> reporter) {
            return new Surroundings(
                    System.getenv(names.get("variable")),
                    Path.of("").toAbsolutePath(),
                    System.getProperty(names.get("property")),
                    Runtime.getRuntime().maxMemory(),
                    ProcessHandle.current().pid());
        }
    }

    /** Returns the name and the content of a file. */
    public static final class ReadFile implements ChildTask<Path, Void, String> {
        @Override
        public String run(Path file, ChildReporter<Void> reporter) throws IOException {
            return file.getFileName() + ": " + Files.readString(file);
        }
    }

    /** A parent whose child reads the only file of a directory. Prints the child's result in UTF-8. */
    public static final class ReadingParent {
        private ReadingParent() {}

        /** Runs the child. */
        public static void main(String[] arguments) throws IOException {
            try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
                ChildOutcome<String> outcome = ChildJvm.builder()
                        .build()
                        .run(ReadFile.class, files.findFirst().orElseThrow());
                String text = outcome instanceof ChildOutcome.Completed<String> completed
                        ? completed.value()
                        : outcome.describe();
                System.out.write(text.getBytes(StandardCharsets.UTF_8));
                System.out.flush();
            }
        }
    }

    /** Connects to the given port, reports that, and stays connected for as long as its process lives. */
    public static final class HoldConnection implements ChildTask<Integer, Long, Void> {
        @Override
        public Void run(Integer port, ChildReporter<Long> reporter) throws Exception {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write(1);
                reporter.report(ProcessHandle.current().pid());
                new CountDownLatch(1).await();
            }
            return null;
        }
    }

    /** A parent that waits forever for a child that holds a connection to the given port. */
    public static final class WaitingParent {
        private WaitingParent() {}

        /** Runs the child. */
        public static void main(String[] arguments) {
            ChildJvm.builder().build().run(HoldConnection.class, Integer.valueOf(arguments[0]));
        }
    }

    /** Looked up by name, because nothing suppresses the compiler's warning about this class. */
    private static void writeToAddressZero() throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        type.getMethod("putAddress", long.class, long.class).invoke(field.get(null), 0L, 0L);
    }
}
