package io.github.whisperspeedtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import io.github.whisperspeedtest.process.testing.InheritedSignals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("processes")
class ChildJvmTest {
    /** No test waits longer than this for a child. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** These children do almost nothing, so a fast start matters most. */
    private final ChildJvm jvm = ChildJvm.builder()
            .jvmArguments(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))
            .timeLimit(PATIENCE)
            .build();

    private Set<Path> temporaryBefore;

    @BeforeEach
    void rememberTemporaryFiles() throws IOException {
        temporaryBefore = temporaryFiles();
    }

    @AfterEach
    void noTemporaryFilesAreLeft() throws IOException {
        assertThat(temporaryFiles()).isSubsetOf(temporaryBefore);
    }

    @Test
    void childWaitsForCommands() {
        ChildCommands commands = new ChildCommands();
        commands.send("before the start");
        List<String> answers = new ArrayList<>();

        ChildOutcome<Integer> outcome = jvm.run(
                Tasks.Obey.class,
                "yes,",
                answer -> {
                    answers.add(answer);
                    commands.send(answers.size() == 1 ? "Ä 日本 😀" : "end");
                },
                commands);

        assertThat(answers).containsExactly("yes, before the start", "yes, Ä 日本 😀");
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ChildOutcome.Completed.class,
                        completed -> assertThat(completed.value()).isEqualTo(2));
        commands.send("after the end");
        assertThatThrownBy(() -> commands.send("two\nlines"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one line");
    }

    @Test
    void childGetsCommandsAsValues() {
        ChildCommands commands = new ChildCommands();
        List<Tasks.Note> sent = List.of(
                new Tasks.Note.Text(3, "two\nlines 日本"),
                new Tasks.Note.Time(Duration.ofNanos(1), Path.of("some", "where")));
        sent.forEach(note -> commands.send(Tasks.Note.class, note));
        commands.send(Tasks.Note.class, new Tasks.Note.Text(0, ""));
        List<Tasks.Note> answers = new ArrayList<>();

        ChildOutcome<Integer> outcome = jvm.run(Tasks.EchoCommands.class, "", answers::add, commands);

        assertThat(answers).isEqualTo(sent);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ChildOutcome.Completed.class,
                        completed -> assertThat(completed.value()).isEqualTo(2));
    }

    @Test
    void eventsArriveInOrderOnCallingThreadBeforeResult() {
        List<String> words = List.of("plain", "ümlaut", "日本語", "😀 emoji", "line\nbreak\u2028", "half \uD83D pair");
        List<Tasks.Note> notes = new ArrayList<>();
        Thread caller = Thread.currentThread();

        ChildOutcome<String> outcome = jvm.run(Tasks.Echo.class, words, note -> {
            assertThat(Thread.currentThread()).isSameAs(caller);
            notes.add(note);
        });

        String replaced = "half \uFFFD pair";
        assertThat(notes)
                .containsExactly(
                        new Tasks.Note.Text(0, "plain"),
                        new Tasks.Note.Text(1, "ümlaut"),
                        new Tasks.Note.Text(2, "日本語"),
                        new Tasks.Note.Text(3, "😀 emoji"),
                        new Tasks.Note.Text(4, "line\nbreak\u2028"),
                        new Tasks.Note.Text(5, replaced),
                        new Tasks.Note.Time(Duration.ofNanos(1), Path.of("some", "where")));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ChildOutcome.Completed.class,
                        completed -> assertThat(completed.value())
                                .isEqualTo(String.join("|", words).replace("half \uD83D pair", replaced)));
        assertThat(outcome.stats().wall()).isPositive();
    }

    @Test
    void receivesLargeResult() {
        assertThat(completed(jvm.run(Tasks.LongText.class, 5_000_000))).isEqualTo("ü".repeat(5_000_000));
    }

    @ParameterizedTest
    @CsvSource({
        "throw ours, MODEL, The file x.bin is cut short.",
        "throw option, USER, Implementation 'test' does not support the option vad=true. Leave it out.",
        "throw environment, ENVIRONMENT, No device.",
        "throw checked, INTERNAL, java.io.IOException: disk on fire",
    })
    void exceptionKeepsItsKindAndMessage(String way, ErrorKind kind, String message) {
        assertThat(jvm.run(Tasks.End.class, way)).isInstanceOfSatisfying(ChildOutcome.Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(kind);
            assertThat(failed.message()).isEqualTo(message);
            assertThat(failed.details()).contains(message, Tasks.End.class.getName());
        });
    }

    @Test
    void missingNativeLibraryIsEnvironmentError() {
        assertThat(jvm.run(Tasks.End.class, "load library"))
                .isInstanceOfSatisfying(ChildOutcome.Failed.class, failed -> {
                    assertThat(failed.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
                    assertThat(failed.message()).contains("no-such-library");
                });
    }

    @Test
    void exhaustedHeapIsReportedWithRemedy() {
        ChildJvm small = ChildJvm.builder().jvmArguments(List.of("-Xmx32m")).build();

        assertThat(small.run(Tasks.End.class, "exhaust the heap"))
                .isInstanceOfSatisfying(ChildOutcome.Failed.class, failed -> {
                    assertThat(failed.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
                    assertThat(failed.message()).contains("ran out of memory", "-Xmx");
                });
    }

    @ParameterizedTest
    @CsvSource({"exit 3, 3", "exit 0, 0", "halt 4, 4"})
    void exitInTaskIsCrashWithExitCode(String way, int code) {
        assertThat(jvm.run(Tasks.End.class, way)).isInstanceOfSatisfying(ChildOutcome.Crashed.class, crashed -> {
            assertThat(crashed.exitCode()).isEqualTo(code);
            assertThat(crashed.signal()).isNull();
            assertThat(crashed.nativeMessage()).isEqualTo("about to " + way);
        });
    }

    @Test
    void hangTimesOutAndEndsProcess() {
        Duration limit = Duration.ofSeconds(2);
        ChildOutcome<Void> outcome = hang(limit);
        // On a busy machine, the child may not reach its task in time.
        while (outcome instanceof ChildOutcome.TimedOut<Void> early
                && early.nativeMessage().isEmpty()
                && limit.compareTo(PATIENCE) < 0) {
            limit = limit.multipliedBy(4);
            outcome = hang(limit);
        }

        Duration last = limit;
        assertThat(outcome).isInstanceOfSatisfying(ChildOutcome.TimedOut.class, timeout -> {
            assertThat(timeout.limit()).isEqualTo(last);
            assertThat(timeout.nativeMessage()).isEqualTo("about to hang");
            assertThat(timeout.stats().wall()).isGreaterThanOrEqualTo(last);
        });
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    private static ChildOutcome<Void> hang(Duration limit) {
        return ChildJvm.builder().timeLimit(limit).build().run(Tasks.End.class, "hang");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void segmentationFaultIsNamedWithItsFrame() {
        assertThat(jvm.run(Tasks.End.class, "segfault")).isInstanceOfSatisfying(ChildOutcome.Crashed.class, crashed -> {
            assertThat(crashed.exitCode()).isNotZero();
            assertThat(crashed.signal()).isEqualTo("SIGSEGV");
            assertThat(crashed.nativeMessage())
                    .contains("about to segfault", "SIGSEGV (0xb) at pc=", "Problematic frame:\nV  [libjvm")
                    .doesNotContain("bugreport", "JRE version");
        });
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void abortIsNamedWithWhatWasPrintedBefore() {
        assertThat(jvm.run(Tasks.End.class, "abort")).isInstanceOfSatisfying(ChildOutcome.Crashed.class, crashed -> {
            assertThat(crashed.exitCode()).isEqualTo(134);
            assertThat(crashed.signal()).isEqualTo("SIGABRT");
            assertThat(crashed.nativeMessage()).startsWith("about to abort");
        });
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void killedChildHintsAtLackOfMemory() {
        assertThat(jvm.run(Tasks.End.class, "be killed"))
                .isInstanceOfSatisfying(ChildOutcome.Crashed.class, crashed -> {
                    assertThat(crashed.exitCode()).isEqualTo(137);
                    assertThat(crashed.signal()).isEqualTo("SIGKILL");
                    assertThat(crashed.nativeMessage()).contains("out of memory");
                });
    }

    @Test
    void outputOfManyMegabytesDoesNotBlock() {
        assertThat(completed(jvm.run(Tasks.Chatter.class, 3))).isEqualTo("done");
    }

    @Test
    void returnsResultDespiteClosedStandardStreams() {
        assertThat(completed(jvm.run(Tasks.CloseStreams.class, "still here"))).isEqualTo("still here");
    }

    @Test
    void peakMemoryIncludesNativeMemory() {
        Long peak = jvm.run(Tasks.Hoard.class, 200).stats().peakMemoryBytes();

        if (MemoryMeter.ofSystem().measure().isEmpty()) {
            assertThat(peak).isNull();
        } else {
            assertThat(peak).isBetween(200L << 20, 1000L << 20);
        }
    }

    @Test
    void meterSamplesChildWhenItReports() {
        AtomicLong calls = new AtomicLong();
        List<Long> processes = new CopyOnWriteArrayList<>();
        long huge = 1L << 50;
        ChildJvm metered = ChildJvm.builder()
                .memoryMeter(new FakeMeter(true, pid -> {
                    processes.add(pid);
                    return huge + calls.getAndIncrement();
                }))
                .build()
                .toBuilder()
                .build();

        ProcessStats stats = metered.run(Tasks.Chatter.class, 3).stats();

        assertThat(stats.peakMemoryBytes())
                .as("the largest sample: one at the start, one when the result arrives")
                .isEqualTo(huge + calls.get() - 1)
                .isGreaterThan(huge);
        assertThat(processes)
                .containsOnly(processes.get(0))
                .doesNotContain(ProcessHandle.current().pid());
    }

    @Test
    void measuresAreNotMixed() {
        ChildJvm metered =
                ChildJvm.builder().memoryMeter(new FakeMeter(true, pid -> 42)).build();

        assertThat(metered.run(Tasks.Chatter.class, 3).stats().peakMemoryBytes())
                .as("without what the child knows about itself")
                .isEqualTo(42);
    }

    @Test
    void slowMeterIsNotAskedForEveryMessage() {
        AtomicLong calls = new AtomicLong();
        ChildJvm metered = ChildJvm.builder()
                .memoryMeter(new FakeMeter(false, pid -> calls.incrementAndGet()))
                .build();

        metered.run(Tasks.Chatter.class, 3);

        assertThat(calls).hasValue(1);
    }

    @Test
    void meterThatFindsNoProcessFailsNoTask() {
        ChildJvm metered = ChildJvm.builder()
                .memoryMeter(new FakeMeter(true, pid -> {
                    throw new NumberFormatException("the process has ended");
                }))
                .build();

        assertThat(completed(metered.run(Tasks.Chatter.class, 3))).isEqualTo("done");
    }

    private record FakeMeter(boolean isPeak, LongUnaryOperator source) implements MemoryMeter {
        @Override
        public String measure() {
            return "fake";
        }

        @Override
        public long bytes(long pid) {
            return source.applyAsLong(pid);
        }

        /** Longer than any task, so that only the first sample is due. */
        @Override
        public Duration interval() {
            return Duration.ofHours(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"Linux, PROC", "Mac OS X, PS", "Windows 11, NONE"})
    void systemHasMeter(String osName, SystemMemoryMeter meter) {
        assertThat(SystemMemoryMeter.of(osName)).isEqualTo(meter);
    }

    @Test
    void copiedBuilderPassesSettingsToChild(@TempDir Path directory) throws IOException {
        Path odd = Files.createDirectories(directory.resolve("a \"b\" \\ c"));
        ChildJvm configured = ChildJvm.builder()
                .environment(Map.of("CHILD_TEST", "from the parent"))
                .properties(Map.of("child.test", "replaced"))
                .addProperties(Map.of("child.test", "a \"quoted\" \\ value"))
                .workingDirectory(odd)
                .jvmArguments(List.of("-Xmx64m"))
                .build()
                .toBuilder()
                .build();
        Tasks.Surroundings found = completed(
                configured.run(Tasks.LookAround.class, Map.of("variable", "CHILD_TEST", "property", "child.test")));

        assertThat(found.variable()).isEqualTo("from the parent");
        assertThat(found.directory().toRealPath()).isEqualTo(odd.toRealPath());
        assertThat(found.property()).isEqualTo("a \"quoted\" \\ value");
        assertThat(found.maxHeap()).isLessThanOrEqualTo(64 << 20);
        assertThat(ProcessHandle.of(found.pid())).isEmpty();
    }

    @Test
    void childDoesNotInheritProperties() {
        System.setProperty("whisperspeedtest.test", "parent");
        try {
            Tasks.Surroundings found = completed(ChildJvm.builder()
                    .build()
                    .run(
                            Tasks.LookAround.class,
                            Map.of("variable", "CHILD_TEST", "property", "whisperspeedtest.test")));

            assertThat(found.property()).isNull();
        } finally {
            System.clearProperty("whisperspeedtest.test");
        }
    }

    @Test
    void incompleteClassPathIsReported() {
        ChildJvm lost =
                ChildJvm.builder().classPath(List.of(Path.of("nowhere"))).build();

        assertThat(lost.run(Tasks.LongText.class, 1)).isInstanceOfSatisfying(ChildOutcome.Crashed.class, crashed -> {
            assertThat(crashed.exitCode()).isEqualTo(1);
            assertThat(crashed.nativeMessage()).contains(ChildMain.class.getName());
        });
    }

    @Test
    void namesTaskThatChildCannotFind() {
        List<Path> withoutTests = Stream.of(
                        System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes"))
                .map(Path::of)
                .toList();
        ChildJvm lost = ChildJvm.builder().classPath(withoutTests).build();

        assertThat(lost.run(Tasks.LongText.class, 1)).isInstanceOfSatisfying(ChildOutcome.Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(ErrorKind.INTERNAL);
            assertThat(failed.message())
                    .startsWith("The task " + Tasks.LongText.class.getName() + " is not on the class path");
        });
    }

    @Test
    void reportsMissingWorkingDirectory() {
        ChildJvm lost = ChildJvm.builder()
                .workingDirectory(Path.of("no-such-directory"))
                .build();

        assertThat(lost.run(Tasks.LongText.class, 1)).isInstanceOfSatisfying(ChildOutcome.Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
            assertThat(failed.message()).startsWith("Cannot start a child JVM");
        });
    }

    @Test
    void interruptKillsChildAndKeepsInterruptStatus() throws IOException {
        try (ServerSocket server = listen()) {
            Thread caller = Thread.currentThread();

            assertThatThrownBy(
                            () -> jvm.run(Tasks.HoldConnection.class, server.getLocalPort(), pid -> caller.interrupt()))
                    .isInstanceOf(OperationCancelledException.class);

            assertThat(Thread.interrupted()).isTrue();
            awaitEndOfHolder(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 130", "be terminated"})
    @DisabledOnOs(OS.WINDOWS)
    void terminatedChildIsCancelledAndNotCrashed(String way) {
        assertThatThrownBy(() -> jvm.run(Tasks.End.class, way)).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    @DisabledOnOs(OS.WINDOWS)
    void signalEndsChildWithoutShutdownHooks(String signal, @TempDir Path directory) throws Exception {
        InheritedSignals.assumeNotIgnored(signal);
        Path marker = directory.resolve("hook-ran");
        assertThatThrownBy(() -> jvm.run(Tasks.Hooked.class, marker.toString(), pid -> {
                    try {
                        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).start();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))
                .isInstanceOf(OperationCancelledException.class);
        assertThat(marker).doesNotExist();
    }

    @Test
    void forwardsSetupNoticesOfChild() {
        List<String> told = new ArrayList<>();
        SetupNotice.setListener(told::add);
        try {
            jvm.run(Tasks.Unpacking.class, "unpacking “Torch” (once)");
        } finally {
            SetupNotice.setListener(description -> {});
        }
        assertThat(told).containsExactly("unpacking “Torch” (once)");
    }

    @Test
    void interruptedThreadStartsNoChild() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> jvm.run(Tasks.LongText.class, 1)).isInstanceOf(OperationCancelledException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void listenerExceptionKillsChildAndReachesCaller() throws IOException {
        try (ServerSocket server = listen()) {
            IllegalStateException thrown = new IllegalStateException("enough");

            assertThatThrownBy(() -> jvm.run(Tasks.HoldConnection.class, server.getLocalPort(), pid -> {
                        throw thrown;
                    }))
                    .isSameAs(thrown);

            awaitEndOfHolder(server);
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void childAndItsFilesDoNotOutliveAKilledParent(@TempDir Path temporary) throws Exception {
        assertChildEndsWithParent(temporary, true);

        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void childAndItsFilesDoNotOutliveATerminatedParent(@TempDir Path temporary) throws Exception {
        assertChildEndsWithParent(temporary, false);

        assertThat(temporary).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_YY", "C.UTF-8"})
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void passesFileNamesInEveryLocale(String locale, @TempDir Path temporary) throws Exception {
        Path files = Files.createDirectory(temporary.resolve("files"));
        Files.writeString(files.resolve("Äö 日本.txt"), "found");
        Path output = temporary.resolve("output");
        ProcessBuilder parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Tasks.ReadingParent.class.getName(),
                        files.toString())
                .redirectOutput(output.toFile());
        parent.environment().put("LC_ALL", locale);

        Process running = parent.start();
        assertThat(running.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(running.exitValue()).isZero();

        assertThat(output).hasContent("Äö 日本.txt: found");
    }

    private static void assertChildEndsWithParent(Path temporary, boolean forcibly) throws Exception {
        try (ServerSocket server = listen()) {
            Process parent = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Djava.io.tmpdir=" + temporary,
                            "-XX:-UsePerfData",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Tasks.WaitingParent.class.getName(),
                            Integer.toString(server.getLocalPort()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (Socket holder = server.accept()) {
                holder.setSoTimeout(30_000);
                assertThat(holder.getInputStream().read()).isEqualTo(1);
                if (forcibly) {
                    parent.destroyForcibly();
                } else {
                    parent.destroy();
                }
                awaitEnd(holder);
                assertThat(parent.waitFor(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                parent.destroyForcibly().waitFor();
            }
        }
    }

    /** Only the kernel closes the connection of {@link Tasks.HoldConnection}, at the end of its process. */
    private static void awaitEndOfHolder(ServerSocket server) throws IOException {
        try (Socket holder = server.accept()) {
            holder.setSoTimeout(30_000);
            assertThat(holder.getInputStream().read()).isEqualTo(1);
            awaitEnd(holder);
        }
    }

    private static void awaitEnd(Socket holder) throws IOException {
        try {
            assertThat(holder.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    private static ServerSocket listen() throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        server.setSoTimeout(30_000);
        return server;
    }

    private static <O> O completed(ChildOutcome<O> outcome) {
        assertThat(outcome).as(outcome.describe()).isInstanceOf(ChildOutcome.Completed.class);
        return ((ChildOutcome.Completed<O>) outcome).value();
    }

    /** Only those of this JVM, because other tests start children concurrently. */
    private static Set<Path> temporaryFiles() throws IOException {
        String prefix = "whisper-speedtest-child-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .collect(Collectors.toSet());
        }
    }
}
