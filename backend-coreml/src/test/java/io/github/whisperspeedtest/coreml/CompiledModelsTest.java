package io.github.whisperspeedtest.coreml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import io.github.whisperspeedtest.process.ChildCommands;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompiledModelsTest {
    @TempDir
    private Path directory;

    private Path cache;
    private Path temporary;
    private final List<String> compiled = new ArrayList<>();

    @BeforeEach
    void makeDirectories() throws IOException {
        cache = directory.resolve("Caches/coreml");
        temporary = Files.createDirectory(directory.resolve("T"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Application Support", "Müller", "100%25", "a#b", "a?b", "a;b", "a[b]", "a|b", "a\"b", "日本"})
    void keepsModelsInTheTemporaryDirectoryIfThePathMakesNoUrl(String name) {
        CompiledModels models = CompiledModels.in(directory.resolve(name), temporary);

        CompiledModels.Loaded<Path> loaded = models.load("key", root -> compile(root, "key"));

        assertThat(loaded.value()).isEqualTo(temporary.resolve("whisper-speedtest-coreml"));
        assertThat(loaded.note()).contains("temporary files", "path contains '");
        assertThat(directory.resolve(name)).doesNotExist();
        assertThat(models.load("key", root -> compile(root, "key")).compiled()).isFalse();
    }

    @Test
    void namesTheCharacter() {
        CompiledModels models = CompiledModels.in(directory.resolve("Jürgen 2"), temporary);
        assertThat(models.load("key", root -> compile(root, "key")).note()).contains("'ü'");
    }

    @Test
    void keepsNothingIfTheTemporaryDirectoryIsNotUsableEither() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other temporary"));
        CompiledModels models = CompiledModels.in(directory.resolve("a b"), other);

        CompiledModels.Loaded<String> loaded = models.load("key", String::valueOf);

        assertThat(loaded.value()).isEqualTo("null");
        assertThat(loaded.note()).contains("not kept", "' '");
    }

    /** Another user could have made it, and put a model of his own there. */
    @Test
    void mistrustsATemporaryDirectoryThatOthersMayWrite() throws IOException {
        Path open = Files.createDirectory(temporary.resolve("whisper-speedtest-coreml"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        CompiledModels models = CompiledModels.in(directory.resolve("a b"), temporary);

        assertThat(models.load("key", String::valueOf).value()).isEqualTo("null");
    }

    @Test
    void keepsNothingIfTheDirectoryCannotBeCreated() throws IOException {
        Files.createFile(directory.resolve("Caches"));
        Files.createFile(temporary.resolve("whisper-speedtest-coreml"));
        CompiledModels.Loaded<String> loaded =
                CompiledModels.in(cache, temporary).load("key", String::valueOf);
        assertThat(loaded.value()).isEqualTo("null");
        assertThat(loaded.note()).contains("cannot be created");
    }

    @Test
    void usesWhatWasCompiledBefore() {
        CompiledModels models = CompiledModels.in(cache, temporary);
        CompiledModels.Loaded<Path> first = models.load("key", root -> compile(root, "key"));
        CompiledModels.Loaded<Path> second =
                CompiledModels.in(cache, temporary).load("key", root -> compile(root, "key"));

        assertThat(first).isEqualTo(new CompiledModels.Loaded<>(cache, true, null));
        assertThat(second).isEqualTo(new CompiledModels.Loaded<>(cache, false, null));
        assertThat(compiled).containsExactly("key");
    }

    @Test
    void deletesWhatAKilledProcessLeftHalfWritten() {
        compile(create(cache), "key");
        compiled.clear();

        CompiledModels.Loaded<Path> loaded =
                CompiledModels.in(cache, temporary).load("key", root -> compile(root, "key"));

        assertThat(loaded.compiled()).isTrue();
        assertThat(compiled).containsExactly("key");
    }

    @Test
    void compilesAgainWhatDoesNotLoad() {
        complete("key", Instant.now(), 10);
        List<String> attempts = new ArrayList<>();

        CompiledModels.Loaded<Path> loaded = CompiledModels.in(cache, temporary).load("key", root -> {
            attempts.add(Files.exists(root.resolve("key/content")) ? "found" : "missing");
            if (attempts.size() == 1) {
                throw new EngineException("broken");
            }
            return compile(root, "key");
        });

        assertThat(attempts).containsExactly("found", "missing");
        assertThat(loaded.compiled()).isTrue();
    }

    @Test
    void compilesOnlyOnceMore() {
        complete("key", Instant.now(), 10);
        List<Integer> attempts = new ArrayList<>();

        assertThatThrownBy(() -> CompiledModels.in(cache, temporary).load("key", root -> fail(root, attempts)))
                .hasMessage("attempt 2")
                .hasSuppressedException(new EngineException("attempt 1"));

        assertThat(attempts).hasSize(2);
        assertThat(cache.resolve("key")).doesNotExist();
    }

    @Test
    void leavesNothingOfANewModelThatFails() {
        List<Integer> attempts = new ArrayList<>();
        assertThatThrownBy(() -> CompiledModels.in(cache, temporary).load("key", root -> fail(root, attempts)))
                .hasMessage("attempt 1");
        assertThat(attempts).hasSize(1);
        assertThat(cache.resolve("key")).doesNotExist();
    }

    @Test
    void deletesModelsThatWereNotUsedForAMonth() {
        complete("old", Instant.now().minus(Duration.ofDays(31)), 10);
        complete("recent", Instant.now().minus(Duration.ofDays(29)), 10);

        CompiledModels.in(cache, temporary).load("key", root -> compile(root, "key"));

        assertThat(names()).containsExactlyInAnyOrder("recent", "key");
        assertThat(cache.resolve("old.lock")).doesNotExist();
    }

    @Test
    void deletesTheLeastRecentlyUsedModelsIfAllAreTooLarge() {
        complete("first", Instant.now().minusSeconds(300), 400);
        complete("second", Instant.now().minusSeconds(200), 400);
        complete("third", Instant.now().minusSeconds(100), 400);

        CompiledModels.in(cache, temporary, 900).load("key", root -> compile(root, "key"));

        assertThat(names()).containsExactlyInAnyOrder("second", "third", "key");
    }

    @Test
    void keepsModelsThatThisProcessHasLoaded() throws IOException {
        CompiledModels models = CompiledModels.in(cache, temporary, 0);
        models.load("loaded", root -> compile(root, "loaded"));
        Files.setLastModifiedTime(cache.resolve("loaded/complete"), FileTime.from(Instant.EPOCH));

        models.load("key", root -> compile(root, "key"));

        assertThat(names()).containsExactlyInAnyOrder("loaded", "key");
    }

    @Test
    void keepsModelsThatAnotherProcessHasLoaded() {
        List<String> meanwhile = new ArrayList<>();
        ChildCommands commands = new ChildCommands();
        ChildOutcome<String> outcome = ChildJvm.builder()
                .build()
                .run(
                        HoldTask.class,
                        cache.toString(),
                        event -> {
                            complete("unused", Instant.now(), 10);
                            CompiledModels.in(cache, temporary, 0).load("key", root -> compile(root, "key"));
                            meanwhile.addAll(names());
                            commands.send("end");
                        },
                        commands);

        assertThat(outcome).isInstanceOf(ChildOutcome.Completed.class);
        assertThat(meanwhile).containsExactlyInAnyOrder(HoldTask.KEY, "key");
        CompiledModels.in(cache, temporary, 0).load("key", root -> compile(root, "key"));
        assertThat(names()).containsExactly("key");
    }

    @Test
    void aUseMakesAModelYoung() {
        complete("key", Instant.now().minus(Duration.ofDays(60)), 10);
        CompiledModels models = CompiledModels.in(cache, temporary);
        assertThat(models.load("key", root -> compile(root, "key")).compiled()).isFalse();
        assertThat(cache.resolve("key/complete").toFile().lastModified())
                .isGreaterThan(Instant.now().minus(Duration.ofHours(1)).toEpochMilli());
    }

    @Test
    void tellsThatItCompilesIfThatTakesLong() throws InterruptedException {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        SetupNotice.setListener(told::add);
        try {
            CompiledModels.in(cache, temporary).load("key", root -> {
                String notice = take(told);
                assertThat(notice).contains("compiling the model for CoreML");
                return compile(root, "key");
            });
        } finally {
            SetupNotice.setListener(description -> {});
        }
    }

    private static String take(BlockingQueue<String> told) {
        try {
            String notice = told.poll(1, TimeUnit.MINUTES);
            return notice == null ? "" : notice;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Does what ONNX Runtime does: uses a directory that exists, whatever it contains. */
    private Path compile(@Nullable Path root, String key) {
        try {
            if (root != null && !Files.exists(root.resolve(key))) {
                Files.createDirectories(root.resolve(key));
                Files.write(root.resolve(key).resolve("content"), new byte[10]);
                compiled.add(key);
            }
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path fail(@Nullable Path root, List<Integer> attempts) {
        compile(root, "key");
        attempts.add(attempts.size());
        throw new EngineException("attempt " + attempts.size());
    }

    private void complete(String key, Instant used, int bytes) {
        try {
            Path entry = Files.createDirectories(cache.resolve(key));
            Files.write(entry.resolve("content"), new byte[bytes]);
            Path mark = Files.createFile(entry.resolve("complete"));
            Files.setLastModifiedTime(mark, FileTime.from(used));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path create(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> names() {
        try (var children = Files.list(cache)) {
            return children.filter(Files::isDirectory)
                    .map(child -> child.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
