package io.github.whisperspeedtest.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.process.testing.ProcessBarrier;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictCacheTest {
    private static final Finding GOOD = Finding.complete("Loaded by \"engine\" ü 1.0.", "engine ü 1.0");
    private static final Finding BAD = Finding.incomplete(Problem.CRASHED, "line\nbreak");

    @TempDir
    private Path temporary;

    private Path file;
    private Path model;

    @BeforeEach
    void nameFiles() throws IOException {
        file = temporary.resolve("home/verdicts.json");
        model = Files.createFile(temporary.resolve("model.bin"));
    }

    @Test
    void findingSurvivesRestart() {
        VerdictCache cache = new VerdictCache(file);
        cache.put(new Fingerprint("a", "1"), GOOD, List.of(model));
        cache.put(new Fingerprint("b", "1"), BAD, List.of(model));

        assertThat(new VerdictCache(file).get(new Fingerprint("a", "1"))).isEqualTo(GOOD);
        assertThat(new VerdictCache(file).get(new Fingerprint("b", "1"))).isEqualTo(BAD);
        assertThat(new VerdictCache(file).get(new Fingerprint("b", "2"))).isNull();
        assertThat(new VerdictCache(file).get(new Fingerprint("c", "1"))).isNull();
    }

    @Test
    void removesFindingsOfDeletedFiles() throws IOException {
        VerdictCache cache = new VerdictCache(file);
        Path gone = Files.createFile(temporary.resolve("gone.bin"));
        cache.put(new Fingerprint("gone", "1"), GOOD, List.of(model, gone));
        Files.delete(gone);
        cache.put(new Fingerprint("a", "1"), GOOD, List.of(model));

        assertThat(file).content().contains("\"a\"").doesNotContain("gone");
    }

    @Test
    void newFindingReplacesOldOne() {
        VerdictCache cache = new VerdictCache(file);
        cache.put(new Fingerprint("a", "1"), GOOD, List.of(model));
        cache.put(new Fingerprint("a", "2"), BAD, List.of(model));

        assertThat(new VerdictCache(file).get(new Fingerprint("a", "1"))).isNull();
        assertThat(new VerdictCache(file).get(new Fingerprint("a", "2"))).isEqualTo(BAD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{\"version\": 1, \"verdicts\": {\"a\": {\"state\": \"1\", \"status\": \"COMPLETE\", \"reason\": \"r\"",
                "{\"version\": 1, \"verdicts\": {\"a\": {\"state\": \"1\", \"status\": \"SUPERB\", \"reason\": \"r\"}}}",
                "{\"version\": 1, \"verdicts\": {\"a\": {\"status\": \"COMPLETE\", \"reason\": \"r\"}}}",
                "{\"version\": 1, \"verdicts\": []}",
                "{\"version\": 1, \"verdicts\": {\"a\": {\"state\": \"1\", \"status\": \"COMPLETE\", \"reason\": \"r\","
                        + " \"files\": [\"\\u0000\"]}}}",
                "[1]",
            })
    void dropsCorruptFileWithOneWarning(String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        VerdictCache cache = new VerdictCache(file);

        String log = standardErrorOf(() -> {
            assertThat(cache.get(new Fingerprint("a", "1"))).isNull();
            assertThat(cache.get(new Fingerprint("a", "1"))).isNull();
            cache.put(new Fingerprint("a", "1"), GOOD, List.of(model));
        });

        assertThat(log.lines().filter(line -> line.contains("WARN")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(file.toString(), "damaged and was reset"));
        assertThat(new VerdictCache(file).get(new Fingerprint("a", "1"))).isEqualTo(GOOD);
    }

    @Test
    void ignoresFileOfOtherVersion() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"version\": 2, \"anything\": 7}");

        assertThat(standardErrorOf(() -> assertThat(new VerdictCache(file).get(new Fingerprint("a", "1")))
                        .isNull()))
                .isEmpty();
    }

    @Test
    void unwritableCacheIsNotAnError() throws IOException {
        Path notADirectory = Files.createFile(temporary.resolve("occupied"));
        VerdictCache cache = new VerdictCache(notADirectory.resolve("verdicts.json"));

        assertThatCode(() -> cache.put(new Fingerprint("a", "1"), GOOD, List.of(model)))
                .doesNotThrowAnyException();
        assertThat(cache.get(new Fingerprint("a", "1"))).isEqualTo(GOOD);
    }

    @Tag("processes")
    @Test
    void concurrentProcessesLoseNoFindings() throws Exception {
        ChildJvm jvm = ChildJvm.builder()
                .jvmArguments(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))
                .timeLimit(Duration.ofMinutes(2))
                .build();
        List<Callable<ChildOutcome<Void>>> writers = IntStream.range(0, Writer.WRITERS)
                .<Callable<ChildOutcome<Void>>>mapToObj(number -> () -> jvm.run(
                        Writer.class, new Writer.Input(file, model, "writer-" + number, temporary.resolve("barrier"))))
                .toList();

        ExecutorService threads = Executors.newFixedThreadPool(Writer.WRITERS);
        try {
            for (Future<ChildOutcome<Void>> outcome : threads.invokeAll(writers)) {
                assertThat(outcome.get()).isInstanceOf(ChildOutcome.Completed.class);
            }
        } finally {
            threads.shutdownNow();
        }
        VerdictCache cache = new VerdictCache(file);
        for (int writer = 0; writer < Writer.WRITERS; writer++) {
            for (int i = 0; i < Writer.FINDINGS; i++) {
                assertThat(cache.get(new Fingerprint("writer-" + writer + "-" + i, "1")))
                        .isEqualTo(GOOD);
            }
        }
    }

    /** Writes many findings, one after the other, while other processes do the same. */
    public static final class Writer implements ChildTask<Writer.Input, Void, Void> {
        private static final int WRITERS = 3;
        private static final int FINDINGS = 50;

        /** Where to write them, about which file, under which name, and where the writers wait for each other. */
        public record Input(Path file, Path model, String name, Path barrier) {}

        @Override
        public Void run(Input input, ChildReporter<Void> reporter) throws Exception {
            ProcessBarrier.await(input.barrier(), WRITERS);
            for (int i = 0; i < FINDINGS; i++) {
                new VerdictCache(input.file())
                        .put(new Fingerprint(input.name() + "-" + i, "1"), GOOD, List.of(input.model()));
            }
            return null;
        }
    }

    /** The simple logger writes to whatever is the standard error at the time. */
    private static String standardErrorOf(Runnable work) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
