package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.hub.testing.HubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills downloading processes, or runs them concurrently. A system property sets the number of kills. */
@Tag("processes")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class KilledDownloadTest {
    private static final String REPOSITORY = "acme/tiny-bert";
    private static final int KILLS = Integer.getInteger("huggingface.hub.test.kills", 10);
    private static final byte[] WEIGHTS = HubServer.content(1_500_000, 1);
    private static final byte[] MORE_WEIGHTS = HubServer.content(800_000, 2);
    private static final byte[] CONFIG = HubServer.content(2000, 3);

    @TempDir
    private Path temporary;

    private HubServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HubServer.start()
                .largeFile(REPOSITORY, "model.bin", WEIGHTS)
                .largeFile(REPOSITORY, "more.bin", MORE_WEIGHTS)
                .file(REPOSITORY, "config.json", CONFIG);
        server.commit(REPOSITORY);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void nextRunCompletesKilledDownloadAndLeavesNoPartialFiles() throws Exception {
        Random random = new Random(42);
        int amidst = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Path cache = temporary.resolve("cache-" + kill);
            server.bytesPerSecond(4_000_000);
            Process process = start(cache);
            boolean ended;
            if (kill % 2 == 0) {
                // At any time, from the start of the process to its end.
                ended = process.waitFor(200 + random.nextInt(900), TimeUnit.MILLISECONDS);
            } else {
                while (server.received().stream().noneMatch(HubServer.Received::atStore) && process.isAlive()) {
                    Thread.sleep(1);
                }
                ended = process.waitFor(random.nextInt(300), TimeUnit.MILLISECONDS);
            }
            process.destroyForcibly().waitFor();
            server.clearReceived();
            amidst += new HubCache(cache).incompleteFiles(REPOSITORY).isEmpty() ? 0 : 1;
            assertNoHalfFileHasTheNameOfAWholeOne(cache);

            server.bytesPerSecond(Long.MAX_VALUE);
            downloader(cache).download(new DownloadRequest(REPOSITORY, "main", List.of("*")), DownloadListener.SILENT);

            assertComplete(cache);
            assertThat(ended ? process.exitValue() : 0).isZero();
            server.clearReceived();
        }
        assertThat(amidst).as("kills that left a part behind").isGreaterThanOrEqualTo(KILLS / 5);
    }

    @Test
    void concurrentProcessesProduceOneCopy() throws Exception {
        Path cache = temporary.resolve("cache");
        server.bytesPerSecond(2_000_000);
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(start(cache));
        }

        for (Process process : processes) {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isZero();
        }

        assertComplete(cache);
    }

    private Process start(Path cache) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DownloadMain.class.getName(),
                        server.endpoint().toString(),
                        cache.toString(),
                        REPOSITORY)
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("output.txt").toFile())
                .start();
    }

    private HubDownloader downloader(Path cache) {
        HubSettings settings = HubSettings.builder()
                .endpoint(server.endpoint())
                .cacheDirectory(cache)
                .build();
        return HubDownloader.builder(settings)
                .retryPolicy(new RetryPolicy(
                        4, Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(10), Duration.ofSeconds(5)))
                .build();
    }

    private static void assertNoHalfFileHasTheNameOfAWholeOne(Path cache) throws IOException {
        Path blobs = cache.resolve("models--acme--tiny-bert/blobs");
        if (!Files.exists(blobs)) {
            return;
        }
        for (Path blob : RepositoryReader.entries(blobs)) {
            if (!blob.toString().endsWith(IncompleteFile.SUFFIX)) {
                assertThat(new ContentHash(blob.getFileName().toString()).matches(blob))
                        .isTrue();
            }
        }
    }

    private static void assertComplete(Path cache) throws IOException {
        Path repository = cache.resolve("models--acme--tiny-bert");
        Snapshot snapshot = new HubCache(cache).find(REPOSITORY, "main").orElseThrow();
        assertThat(snapshot.files().get("model.bin").file()).hasBinaryContent(WEIGHTS);
        assertThat(snapshot.files().get("more.bin").file()).hasBinaryContent(MORE_WEIGHTS);
        assertThat(snapshot.files().get("config.json").file()).hasBinaryContent(CONFIG);
        assertThat(snapshot.files().get("model.bin").blobName()).isEqualTo(CacheBuilder.sha256(WEIGHTS));
        try (Stream<Path> files = Files.walk(cache)) {
            // The tag, a ref, a listing, three blobs and three links.
            assertThat(files.filter(file -> !Files.isDirectory(file))).hasSize(9);
        }
        assertThat(new HubCache(cache).incompleteFiles(REPOSITORY)).isEmpty();
        assertThat(repository.resolve("refs").resolve("main")).hasContent(snapshot.commit());
    }
}
