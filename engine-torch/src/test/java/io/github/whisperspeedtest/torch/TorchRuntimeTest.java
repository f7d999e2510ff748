package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.torch.RuntimeTask.Answer;
import io.github.whisperspeedtest.torch.RuntimeTask.Way;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("processes")
class TorchRuntimeTest {
    private static final String LIBRARY = System.mapLibraryName("torch_cpu");
    private static final String BRIDGE = System.mapLibraryName("djl_torch");

    /** Libraries unpacked by two concurrent processes; unpacking half a gigabyte takes seconds. */
    @TempDir
    private static Path sharedHome;

    private static final List<Answer> FIRST_ANSWERS = new ArrayList<>();

    @TempDir
    private Path directory;

    @BeforeAll
    static void unpackInTwoProcessesAtOnce() throws Exception {
        List<String> barrier = List.of("-D" + RuntimeTask.BARRIER + "=" + sharedHome.resolve("barrier"));
        CompletableFuture<Answer> other = CompletableFuture.supplyAsync(
                () -> ask(Way.OURS, child(sharedHome).addJvmArguments(barrier)));
        FIRST_ANSWERS.add(ask(Way.OURS, child(sharedHome).addJvmArguments(barrier)));
        FIRST_ANSWERS.add(other.get(5, TimeUnit.MINUTES));
    }

    @AfterEach
    void leavesDjlsOwnCacheAlone() {
        assertThat(sharedHome.resolve("user/.djl.ai")).doesNotExist();
        assertThat(directory.resolve("user/.djl.ai")).doesNotExist();
    }

    @Test
    void startsInTwoConcurrentProcesses() throws IOException {
        assertThat(FIRST_ANSWERS).hasSize(2).allSatisfy(answer -> {
            assertThat(answer.first()).isInstanceOfSatisfying(Availability.Available.class, available -> {
                assertThat(available.runtime()).isEqualTo("PyTorch 2.7.1 (DJL 0.35.1)");
                assertThat(available.fallback()).isTrue();
            });
            assertThat(answer.second()).isEqualTo(answer.first());
            assertThat(answer.sum()).isEqualTo(3);
            assertThat(answer.settings()).as("properties that stay set").isEmpty();
            assertThat(answer.requests()).isEmpty();
        });
        assertThat(names(libraries())).contains(LIBRARY, BRIDGE).noneMatch(name -> name.endsWith(".partial"));
    }

    @Test
    void unpacksOnceAndRepairsTruncatedLibrary() throws IOException {
        Path library = libraries().resolve(LIBRARY);
        long size = Files.size(library);
        Object identity = Files.getAttribute(library, "fileKey");
        assertAvailable(ask(Way.OURS, child(sharedHome)));
        assertThat(Files.getAttribute(library, "fileKey")).isEqualTo(identity);

        try (FileChannel channel = FileChannel.open(library, StandardOpenOption.WRITE)) {
            channel.truncate(size / 2);
        }
        assertAvailable(ask(Way.OURS, child(sharedHome)));
        assertThat(library).hasSize(size);
    }

    @Test
    void tellsAvailabilityFromEarlierStart() {
        Settings settings = Settings.ofProcess();
        ToolHome home = ToolHome.at(sharedHome);
        ImplementationContext context =
                new ImplementationContext(home.nativeLibraries(), home.cache(settings), home.engines(), settings);
        KnownStart known = new KnownStart(context);
        assertThat(known.version()).contains("PyTorch 2.7.1 (DJL 0.35.1)");
        known.keep("a version that only a report can name");

        Answer answer = ask(Way.OURS, child(sharedHome));
        assertThat(answer.first())
                .isEqualTo(new Availability.Available(
                        "a version that only a report can name", "CPU", true, "No GPU for PyTorch here."));
        assertThat(answer.second())
                .as("what the engine says that was started in between")
                .isEqualTo(FIRST_ANSWERS.get(0).first());
    }

    @Test
    void remembersNoStartOfUserLibraries() {
        for (String name : List.of(TorchLibraries.DIRECTORY, TorchLibraries.FLAVOR, "PYTORCH_VERSION")) {
            KnownStart known = new KnownStart(context(Map.of(name, "any")));
            known.keep("PyTorch");
            assertThat(known.version()).as(name).isEmpty();
        }
        KnownStart known = new KnownStart(context(Map.of()));
        assertThat(known.version()).isEmpty();
        known.keep("PyTorch");
        assertThat(new KnownStart(context(Map.of())).version()).contains("PyTorch");
    }

    @Test
    void namesMissingArtifacts() {
        assertMissing("pytorch-native-", "not on the class path", "ai.djl.pytorch:pytorch-native-cpu:2.7.1:");
        assertMissing("pytorch-jni-", "not on the class path", "ai.djl.pytorch:pytorch-jni:2.7.1-0.35.1");
        assertMissing("pytorch-engine-", "not on the class path", "ai.djl.pytorch:pytorch-engine");
        assertMissing("api-0.", "PyTorch cannot be started", "ai.djl:api");
    }

    private void assertMissing(String jar, String reason, String remedy) {
        Answer answer = ask(Way.OURS, child(directory).classPath(classPathWithout(jar)));
        assertThat(answer.first()).isInstanceOfSatisfying(Availability.Unavailable.class, missing -> {
            assertThat(missing.reason()).contains(reason);
            assertThat(missing.remedy()).contains(remedy);
        });
        assertThat(answer.second()).as("the answer is kept").isEqualTo(answer.first());
        assertThat(answer.requests()).isEmpty();
    }

    @Test
    void sendsNoTelemetry() {
        assertThat(FIRST_ANSWERS)
                .allSatisfy(answer -> assertThat(answer.requests()).isEmpty());
        ChildJvm.Builder child = child(directory).classPath(classPathWithout("pytorch-native-"));
        assertThat(ask(Way.DJL, child).requests())
                .anyMatch(url -> url.startsWith("http://169.254.169.254/"))
                .anyMatch(url -> url.startsWith("https://publish.djl.ai/"));
    }

    @Test
    void namesHomeIfUnpackingFails() throws IOException {
        Path home = Files.writeString(directory.resolve("home"), "a file where a directory should be");
        Answer answer = ask(Way.OURS, child(home));
        assertThat(answer.first()).isInstanceOfSatisfying(Availability.Unavailable.class, missing -> {
            assertThat(missing.reason()).contains(home.toString());
            assertThat(missing.remedy()).contains(ToolHome.HOME_VARIABLE);
        });
    }

    @Test
    void usesUserLibraries() throws IOException {
        Path own = Files.createDirectory(directory.resolve("own"));
        for (String name : names(libraries())) {
            if (!name.equals(BRIDGE)) {
                Files.createLink(own.resolve(name), libraries().resolve(name));
            }
        }
        Path home = directory.resolve("home");
        ChildJvm.Builder child = child(home).addJvmArguments(List.of("-D" + TorchLibraries.DIRECTORY + "=" + own));
        assertAvailable(ask(Way.OURS, child));
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .as("the bridge alone is unpacked")
                    .containsExactly("0.35.1-" + BRIDGE);
        }
    }

    @Test
    void listsUserLibrariesForVerdictCache() {
        assertThat(TorchRuntime.ownLibraries(context(Map.of()))).isEmpty();
        assertThat(TorchRuntime.ownLibraries(context(Map.of(TorchLibraries.DIRECTORY, directory.toString()))))
                .contains(directory.resolve(System.mapLibraryName("torch")), directory.resolve(LIBRARY));
    }

    private ImplementationContext context(Map<String, String> properties) {
        return new ImplementationContext(directory, directory, directory, new Settings(Map.of(), properties));
    }

    @Test
    void explainsUnusableUserLibraries() throws IOException {
        ChildJvm.Builder child =
                child(directory).addJvmArguments(List.of("-D" + TorchLibraries.DIRECTORY + "=" + directory));
        assertThat(ask(Way.OURS, child).first())
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        missing -> assertThat(missing.reason())
                                .contains(directory.toString(), System.mapLibraryName("torch")));

        Path library = Files.writeString(directory.resolve(System.mapLibraryName("torch")), "not a library");
        Answer answer = ask(Way.OURS, child);
        assertThat(answer.first()).isInstanceOfSatisfying(Availability.Unavailable.class, missing -> {
            assertThat(missing.reason()).contains("UnsatisfiedLinkError", library.toString());
            assertThat(missing.remedy()).contains("2.7.1", TorchLibraries.DIRECTORY);
        });
        assertThat(answer.second()).as("the cause is kept").isEqualTo(answer.first());
    }

    @Test
    void setsNumberOfThreadsPerThread() throws InterruptedException {
        TorchRuntime runtime = TorchRuntime.start(TestContexts.ofEngine());
        runtime.setThreads(3);
        int[] seen = new int[2];
        Thread other = new Thread(() -> {
            seen[0] = JniUtils.getNumThreads();
            runtime.setThreads(2);
            seen[1] = JniUtils.getNumThreads();
        });
        other.start();
        other.join(TimeUnit.MINUTES.toMillis(1));
        assertThat(other.isAlive()).isFalse();
        assertThat(seen).containsExactly(3, 2);
        assertThat(JniUtils.getNumThreads()).isEqualTo(3);
    }

    private static Path libraries() throws IOException {
        try (Stream<Path> directories = Files.list(sharedHome.resolve("native"))) {
            return directories.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static List<Path> classPathWithout(String jar) {
        return ChildJvm.builder().build().classPath().stream()
                .filter(path -> !path.getFileName().toString().startsWith(jar))
                .toList();
    }

    /** Returns a child with its own tool home and user home. */
    private static ChildJvm.Builder child(Path home) {
        return ChildJvm.builder()
                .timeLimit(Duration.ofMinutes(4))
                .jvmArguments(
                        List.of("-D" + ToolHome.HOME_PROPERTY + "=" + home, "-Duser.home=" + home.resolve("user")));
    }

    private static void assertAvailable(Answer answer) {
        assertThat(answer.first()).isInstanceOf(Availability.Available.class);
        assertThat(answer.sum()).isEqualTo(3);
    }

    private static Answer ask(Way way, ChildJvm.Builder child) {
        ChildOutcome<Answer> outcome = child.build().run(RuntimeTask.class, way);
        assertThat(outcome).as(outcome.describe()).isInstanceOf(ChildOutcome.Completed.class);
        return ((ChildOutcome.Completed<Answer>) outcome).value();
    }
}
