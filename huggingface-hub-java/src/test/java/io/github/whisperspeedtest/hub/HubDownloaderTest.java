package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.whisperspeedtest.hub.HubException.Reason;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.hub.testing.HubServer.Fault;
import io.github.whisperspeedtest.hub.testing.HubServer.Received;
import io.github.whisperspeedtest.hub.testing.HubServer.Where;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HubDownloaderTest {
    private static final String REPOSITORY = "acme/tiny-bert";
    private static final String TOKEN = "hf_aVerySecretToken";
    private static final byte[] CONFIG = HubServer.content(700, 1);
    private static final byte[] WEIGHTS = HubServer.content(300_000, 2);
    private static final RetryPolicy QUICK = new RetryPolicy(
            4, Duration.ofMillis(1), Duration.ofMillis(4), Duration.ofMillis(20), Duration.ofSeconds(20));

    /** Only for tests of stalls: on a busy machine, a response may take longer than this. */
    private static final Duration SHORT_STALL_TIMEOUT = Duration.ofMillis(300);

    private static final DownloadRequest SOURCE =
            new DownloadRequest(REPOSITORY, "main", List.of("*.json", "model.bin", "onnx/*"));

    @TempDir
    private Path temporary;

    private HubServer server;
    private String commit;

    @BeforeEach
    void startServer() throws IOException {
        server = HubServer.start()
                .file(REPOSITORY, "config.json", CONFIG)
                .file(REPOSITORY, "README.md", "not asked for".getBytes(StandardCharsets.UTF_8))
                .file(REPOSITORY, "onnx/copy.txt", CONFIG)
                .largeFile(REPOSITORY, "model.bin", WEIGHTS);
        commit = server.commit(REPOSITORY);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void storesRequestedFilesInPythonLayout() throws IOException {
        server.pageSize(2);

        DownloadPlan done = downloader().download(SOURCE, DownloadListener.SILENT);

        assertThat(done.commit()).isEqualTo(commit);
        assertThat(done.paths()).containsOnlyKeys("config.json", "model.bin", "onnx/copy.txt");
        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS).isSymbolicLink();
        assertThat(Files.readSymbolicLink(done.paths().get("onnx/copy.txt")))
                .isEqualTo(Path.of("..", "..", "..", "blobs", gitHash(CONFIG)));
        Path repository = root().resolve("models--acme--tiny-bert");
        assertThat(repository.resolve("refs/main")).hasContent(commit);
        assertThat(names(repository.resolve("blobs")))
                .containsExactlyInAnyOrder(CacheBuilder.sha256(WEIGHTS), gitHash(CONFIG));
        assertThat(root().resolve("CACHEDIR.TAG"))
                .content()
                .startsWith("Signature: 8a477f597d28d172789f06886806bc55\n");
        Snapshot snapshot = new HubCache(root()).find(REPOSITORY, "main").orElseThrow();
        assertThat(snapshot.files()).hasSize(3);
        assertThat(snapshot.brokenFiles()).isEmpty();
        assertThat(new HubCache(root()).tree(REPOSITORY, commit).orElseThrow().files())
                .hasSize(4);
        assertThat(new HubCache(root()).scan().warnings()).isEmpty();
    }

    @Test
    void formerNameLeadsToTheSameRepository() {
        server.redirect("acme/bert-tiny", REPOSITORY);

        DownloadPlan done = downloader()
                .download(new DownloadRequest("acme/bert-tiny", "main", SOURCE.files()), DownloadListener.SILENT);

        assertThat(done.commit()).isEqualTo(commit);
        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void secondRunDownloadsNothing() {
        downloader().download(SOURCE, DownloadListener.SILENT);
        server.clearReceived();

        DownloadPlan plan = downloader().plan(SOURCE);
        downloader().download(SOURCE, DownloadListener.SILENT);

        assertThat(plan.missing()).isEmpty();
        assertThat(plan.bytesToFetch()).isZero();
        assertThat(server.received()).allMatch(request -> request.target().contains("/revision/main"));
    }

    @Test
    void offlineModeMakesNoRequestAndUsesCache() {
        assertThatThrownBy(() -> offline().download(SOURCE, DownloadListener.SILENT))
                .satisfies(reason(Reason.OFFLINE))
                .hasMessageContaining("Offline mode")
                .hasMessageContaining("Offline mode is on");
        URI address = server.plainFile("small.pt", WEIGHTS);
        String sha256 = CacheBuilder.sha256(WEIGHTS);
        assertThatThrownBy(
                        () -> offline().downloadFile(address, temporary, "small.pt", sha256, DownloadListener.SILENT))
                .satisfies(reason(Reason.OFFLINE))
                .hasMessageContaining("offline mode");
        assertThat(server.received()).isEmpty();

        downloader().download(SOURCE, DownloadListener.SILENT);
        server.clearReceived();
        assertThat(offline().download(SOURCE, DownloadListener.SILENT).missing())
                .isEmpty();
        assertThat(server.received()).isEmpty();
    }

    @Test
    void sendsTokenToHubButNotToFileStore() {
        server.protect(REPOSITORY, TOKEN);

        downloader().download(SOURCE, DownloadListener.SILENT);

        assertThat(server.received())
                .filteredOn(Received::atStore)
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("authorization"));
        assertThat(server.received())
                .filteredOn(request -> !request.atStore())
                .allSatisfy(request -> assertThat(request.headers()).containsEntry("authorization", "Bearer " + TOKEN));
    }

    @Test
    void resumesBrokenConnection() {
        server.inject(new Fault.Cut(100_000), new Fault.Cut(50_000));

        DownloadPlan done = downloader().download(large(), DownloadListener.SILENT);

        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS);
        List<Received> fetches =
                server.received().stream().filter(Received::atStore).toList();
        assertThat(fetches).hasSize(3);
        assertThat(fetches.get(0).headers()).doesNotContainKey("range");
        assertThat(fetches.get(1).headers()).containsKeys("range", "if-range");
        assertThat(start(fetches.get(2))).isGreaterThanOrEqualTo(start(fetches.get(1)));
        assertNothingIsLeftBehind();
    }

    @Test
    void closesAndResumesStalledConnection() {
        server.inject(new Fault.Stall(100_000), new Fault.Silence(Where.BYTES), new Fault.Silence(Where.API));
        RetryPolicy policy = new RetryPolicy(
                8, QUICK.firstDelay(), QUICK.longestDelay(), QUICK.longestRetryAfter(), SHORT_STALL_TIMEOUT);

        DownloadPlan done = builder(settings()).retryPolicy(policy).build().download(large(), DownloadListener.SILENT);

        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void nextRunContinuesPartialFile() throws IOException {
        server.inject(new Fault.Cut(200_000), new Fault.Cut(0), new Fault.Cut(0), new Fault.Cut(0));
        assertThatThrownBy(() -> downloader().download(large(), DownloadListener.SILENT))
                .satisfies(reason(Reason.UNAVAILABLE))
                .hasMessageContaining("model.bin")
                .hasMessageContaining("4 attempts");
        assertThat(new HubCache(root()).incompleteFiles(REPOSITORY))
                .extracting(IncompleteFile::blobName)
                .containsExactly(CacheBuilder.sha256(WEIGHTS));
        assertThat(new HubCache(root()).find(REPOSITORY, "main")).isEmpty();
        server.clearFaults();
        server.clearReceived();
        long plannedBytes = downloader().plan(large()).bytesToFetch();

        DownloadPlan done = downloader().download(large(), DownloadListener.SILENT);

        assertThat(plannedBytes).isLessThan(WEIGHTS.length);
        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS);
        assertThat(server.received())
                .filteredOn(Received::atStore)
                .singleElement()
                .satisfies(request -> assertThat(start(request)).isEqualTo(WEIGHTS.length - plannedBytes));
        assertNothingIsLeftBehind();
    }

    @Test
    void doesNotContinuePartialFileOfOtherVersion() throws IOException {
        Path blobs = Files.createDirectories(root().resolve("models--acme--tiny-bert/blobs"));
        Files.write(blobs.resolve(CacheBuilder.sha256(WEIGHTS) + ".0123456789abcdef.incomplete"), new byte[100_000]);

        DownloadPlan done = downloader().download(large(), DownloadListener.SILENT);

        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS);
        assertThat(server.received())
                .filteredOn(Received::atStore)
                .last()
                .satisfies(request -> assertThat(request.headers()).doesNotContainKey("range"));
        assertNothingIsLeftBehind();
    }

    @Test
    void downloadsFromStartWithoutEtags() {
        server.withEtags(false).inject(new Fault.Cut(100_000));

        assertThat(downloader()
                        .download(large(), DownloadListener.SILENT)
                        .paths()
                        .get("model.bin"))
                .hasBinaryContent(WEIGHTS);
        assertNothingIsLeftBehind();
    }

    @Test
    void handlesServersThatMishandleRanges() {
        for (Fault fault : List.of(
                new Fault.IgnoreRange(),
                new Fault.OtherRange(),
                new Fault.OtherEtag(),
                new Fault.Status(Where.BYTES, 416, Map.of()))) {
            Path place = temporary.resolve(fault.getClass().getSimpleName());
            // The first fault leaves a partial file, so that the second affects a range request.
            server.inject(new Fault.Cut(100_000), fault);

            DownloadPlan done =
                    builder(settings().withCacheDirectory(place)).build().download(large(), DownloadListener.SILENT);

            assertThat(done.paths().get("model.bin")).as(fault.toString()).hasBinaryContent(WEIGHTS);
            server.clearFaults();
        }
    }

    @Test
    void retriesThenRejectsWrongContent() {
        server.inject(new Fault.WrongByte(1234));
        assertThat(downloader()
                        .download(large(), DownloadListener.SILENT)
                        .paths()
                        .get("model.bin"))
                .hasBinaryContent(WEIGHTS);

        server.inject(new Fault.WrongByte(1), new Fault.WrongByte(2), new Fault.WrongByte(3));
        Path other = temporary.resolve("other");
        assertThatThrownBy(() -> builder(settings().withCacheDirectory(other))
                        .build()
                        .download(large(), DownloadListener.SILENT))
                .satisfies(reason(Reason.CORRUPT))
                .hasMessageContaining("sha256")
                .hasMessageContaining(CacheBuilder.sha256(WEIGHTS));
        assertThat(new HubCache(other).incompleteFiles(REPOSITORY)).isEmpty();
        assertThat(other.resolve("models--acme--tiny-bert/blobs").resolve(CacheBuilder.sha256(WEIGHTS)))
                .doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, -1000})
    void rejectsWrongLength(int missing) {
        server.inject(new Fault.WrongLength(missing));

        assertThat(downloader()
                        .download(large(), DownloadListener.SILENT)
                        .paths()
                        .get("model.bin"))
                .hasBinaryContent(WEIGHTS);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void retriesTemporaryStatuses(int status) {
        // All of them may affect one file, which must still have an attempt left.
        server.inject(
                new Fault.Status(Where.API, status, Map.of()),
                new Fault.Status(Where.HUB, status, Map.of()),
                new Fault.Status(Where.BYTES, status, Map.of()),
                new Fault.Status(Where.API, status, Map.of()),
                new Fault.Status(Where.HUB, status, Map.of()));

        assertThat(downloader().download(SOURCE, DownloadListener.SILENT).paths())
                .hasSize(3);
    }

    @Test
    void reportsPersistentServerErrors() {
        server.inject(Collections.nCopies(20, new Fault.Status(Where.API, 503, Map.of()))
                .toArray(Fault[]::new));

        assertThatThrownBy(() -> downloader().download(SOURCE, DownloadListener.SILENT))
                .satisfies(reason(Reason.UNAVAILABLE))
                .hasMessageContaining("503");
        assertThat(server.received()).hasSize(QUICK.attempts());
    }

    @Test
    void honoursRetryAfterWithinLimits() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().plusSeconds(7200).atOffset(ZoneOffset.UTC));
        List<Duration> waits = Collections.synchronizedList(new ArrayList<>());
        server.inject(
                new Fault.Status(Where.BYTES, 429, Map.of("Retry-After", "0")),
                new Fault.Status(Where.BYTES, 429, Map.of("Retry-After", "3600")),
                new Fault.Status(Where.BYTES, 429, Map.of("Retry-After", date)));

        downloader().download(large(), new DownloadListener() {
            @Override
            public void progressed(DownloadProgress progress) {}

            @Override
            public void retrying(String file, String reason, Duration wait) {
                waits.add(wait);
            }
        });

        assertThat(waits).containsExactly(Duration.ZERO, QUICK.longestRetryAfter(), QUICK.longestRetryAfter());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void doesNotRetryRefusals(int status) {
        server.inject(new Fault.Status(Where.HUB, status, Map.of()));

        assertThatThrownBy(() -> downloader().download(large(), DownloadListener.SILENT))
                .satisfies(reason(status == 404 ? Reason.NOT_FOUND : Reason.UNAUTHORIZED));
        assertThat(server.received())
                .filteredOn(request -> request.target().contains("/resolve/"))
                .hasSize(1);
    }

    @Test
    void refusalNamesRemedy() {
        server.file("acme/gated", "a.txt", CONFIG);
        server.commit("acme/gated");
        server.gate("acme/gated");
        assertRefused(Reason.GATED, downloader(), new DownloadRequest("acme/gated", "main", List.of("*")))
                .hasMessageContaining("accept its terms at " + server.endpoint() + "/acme/gated");
        assertRefused(Reason.NOT_FOUND, downloader(), new DownloadRequest("acme/tiny-bertt", "main", List.of("*")))
                .hasMessageContaining("check the name")
                .hasMessageContaining(REPOSITORY);
        assertRefused(Reason.NOT_FOUND, downloader(), new DownloadRequest(REPOSITORY, "v9", List.of("*")))
                .hasMessageContaining("no revision 'v9'");
        assertRefused(Reason.NOT_FOUND, downloader(), new DownloadRequest(REPOSITORY, "main", List.of("modell.bin")))
                .hasMessageContaining("modell.bin")
                .hasMessageContaining("model.bin");
        server.protect(REPOSITORY, "another");
        assertRefused(Reason.UNAUTHORIZED, downloader(), SOURCE)
                .hasMessageContaining("does not accept the access token");
        assertRefused(Reason.NOT_FOUND, builder(anonymous()).build(), SOURCE).hasMessageContaining("HF_TOKEN");
    }

    @Test
    void downloadsOneCommitEvenIfBranchMoves() {
        AtomicReference<String> later = new AtomicReference<>();
        server.afterFile(() -> later.updateAndGet(known -> {
            if (known == null) {
                server.file(REPOSITORY, "config.json", HubServer.content(900, 5))
                        .largeFile(REPOSITORY, "model.bin", HubServer.content(90_000, 6));
            }
            return known == null ? server.commit(REPOSITORY) : known;
        }));

        DownloadPlan done = builder(settings()).parallelism(1).build().download(SOURCE, DownloadListener.SILENT);

        assertThat(later.get()).isNotNull().isNotEqualTo(commit);
        assertThat(done.commit()).isEqualTo(commit);
        assertThat(done.paths().get("config.json")).hasBinaryContent(CONFIG);
        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void rejectsFilesOfOtherCommit() {
        server.inject(Collections.nCopies(20, new Fault.OtherCommit()).toArray(Fault[]::new));

        assertThatThrownBy(() -> downloader().download(large(), DownloadListener.SILENT))
                .satisfies(reason(Reason.UNAVAILABLE))
                .hasMessageContaining("commit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../../evil", "/etc/evil", "a/../../evil", "C:/evil", "a\\..\\evil", "nul", "con.txt", "a//b"})
    void rejectsUnsafeFileNames(String evil) throws IOException {
        server.renameInListings(REPOSITORY, "model.bin", evil);
        DownloadRequest everything = new DownloadRequest(REPOSITORY, "main", List.of("*", evil));

        assertThatThrownBy(() -> downloader().download(everything, DownloadListener.SILENT))
                .satisfies(reason(Reason.BAD_RESPONSE))
                .hasMessageContaining("refused");
        try (Stream<Path> files = Files.walk(temporary)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void checksSpaceBeforeDownloading() {
        HubDownloader downloader =
                builder(settings()).space(directory -> WEIGHTS.length - 1).build();

        assertThatThrownBy(() -> downloader.download(large(), DownloadListener.SILENT))
                .satisfies(reason(Reason.DISK))
                .hasMessageContaining("0.3 MB");
        assertThat(server.received()).noneMatch(request -> request.target().contains("/resolve/"));
        assertThat(root()).doesNotExist();
    }

    @Test
    void snapshotsHoldFilesIfLinksAreImpossible() throws IOException {
        HubSettings settings = HubSettings.builder()
                .endpoint(server.endpoint())
                .cacheDirectory(root())
                .symbolicLinks(false)
                .build();

        DownloadPlan done = builder(settings).build().download(SOURCE, DownloadListener.SILENT);

        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS);
        assertThat(Files.isSymbolicLink(done.paths().get("model.bin"))).isFalse();
        assertThat(builder(settings).build().plan(SOURCE).missing()).isEmpty();
        // Python does the same if links are impossible: it moves the blob into the snapshot.
        Files.delete(done.directory().resolve("../../blobs").resolve(CacheBuilder.sha256(WEIGHTS)));
        assertThat(builder(settings).build().plan(SOURCE).missing()).isEmpty();
        Files.write(done.paths().get("model.bin"), HubServer.content(WEIGHTS.length, 99));
        assertThat(builder(settings).build().plan(SOURCE).missing())
                .extracting(HubFile::path)
                .containsExactly("model.bin");
    }

    @Test
    void repairsBrokenFiles() throws IOException {
        DownloadPlan done = downloader().download(SOURCE, DownloadListener.SILENT);
        Path blob = done.paths().get("model.bin").toRealPath();

        Files.delete(blob);
        assertThat(downloader().plan(SOURCE).missing()).hasSize(1);
        downloader().download(SOURCE, DownloadListener.SILENT);
        assertThat(blob).hasBinaryContent(WEIGHTS);

        Files.write(blob, new byte[10]);
        downloader().download(SOURCE, DownloadListener.SILENT);
        assertThat(blob).hasBinaryContent(WEIGHTS);

        Files.delete(done.paths().get("config.json"));
        Files.writeString(done.paths().get("config.json"), "foreign");
        downloader().download(SOURCE, DownloadListener.SILENT);
        assertThat(done.paths().get("config.json")).hasBinaryContent(CONFIG);

        Files.write(blob, HubServer.content(WEIGHTS.length, 77));
        assertThat(downloader().plan(SOURCE).missing()).isEmpty();
        builder(settings()).rehash(true).build().download(SOURCE, DownloadListener.SILENT);
        assertThat(blob).hasBinaryContent(WEIGHTS);
        assertNothingIsLeftBehind();
    }

    @Test
    void deletesPartialFilesThatCannotBeContinued() throws IOException {
        Path blobs = Files.createDirectories(root().resolve("models--acme--tiny-bert/blobs"));
        String wanted = CacheBuilder.sha256(WEIGHTS);
        Path ofOtherFile = Files.writeString(blobs.resolve(gitHash(CONFIG) + ".0123456789abcdef.incomplete"), "part");
        Path ofOldVersion = Files.writeString(blobs.resolve("f".repeat(64) + ".0123456789abcdef.incomplete"), "part");
        Path ofMetadata = Files.writeString(blobs.resolve("metadata.0123456789abcdef.incomplete"), "part");
        Path ofPythonOld = Files.writeString(blobs.resolve(wanted + ".incomplete"), "part");
        Files.setLastModifiedTime(ofPythonOld, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        Path ofPythonNow = Files.writeString(blobs.resolve(wanted + ".0123abcd.incomplete"), "part");

        downloader().download(large(), DownloadListener.SILENT);

        assertThat(ofOtherFile).exists();
        assertThat(ofPythonNow).exists();
        assertThat(ofOldVersion).doesNotExist();
        assertThat(ofMetadata).doesNotExist();
        assertThat(ofPythonOld).doesNotExist();
    }

    @Test
    void concurrentDownloadersProduceOneCopy() throws Exception {
        server.bytesPerSecond(2_000_000);
        var pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<DownloadPlan>> jobs =
                    Collections.nCopies(4, () -> downloader().download(SOURCE, DownloadListener.SILENT));
            for (var future : pool.invokeAll(jobs, 2, TimeUnit.MINUTES)) {
                assertThat(future.get().paths().get("model.bin")).hasBinaryContent(WEIGHTS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertNothingIsLeftBehind();
    }

    @Test
    void interruptStopsImmediatelyAndKeepsPartialFile() throws Exception {
        CountDownLatch under = new CountDownLatch(1);
        RetryPolicy patient = new RetryPolicy(
                4, Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(10));
        server.inject(new Fault.Stall(100_000));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                builder(settings()).retryPolicy(patient).build().download(large(), progress -> {
                    if (progress.bytes() > 0) {
                        under.countDown();
                    }
                });
            } catch (HubException e) {
                thrown.set(e);
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        thread.start();
        assertThat(under.await(30, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();
        thread.join(Duration.ofSeconds(20).toMillis());

        assertThat(thread.isAlive()).isFalse();
        assertThat(thrown.get()).hasMessageContaining("interrupted").satisfies(reason(Reason.CANCELLED));
        assertThat(flag.get()).isTrue();
        assertThat(new HubCache(root()).incompleteFiles(REPOSITORY)).hasSize(1);
        assertThat(downloader()
                        .download(large(), DownloadListener.SILENT)
                        .paths()
                        .get("model.bin"))
                .hasBinaryContent(WEIGHTS);
        assertNothingIsLeftBehind();
    }

    @Test
    void progressEndsAtTotal() {
        List<DownloadProgress> seen = Collections.synchronizedList(new ArrayList<>());

        downloader().download(SOURCE, seen::add);

        long total = WEIGHTS.length + 2L * CONFIG.length;
        assertThat(seen)
                .allSatisfy(progress -> assertThat(progress.totalBytes()).isEqualTo(total));
        assertThat(seen.get(0).bytes()).isZero();
        DownloadProgress last = seen.get(seen.size() - 1);
        assertThat(last.bytes()).isEqualTo(total);
        assertThat(last.bytesPerSecond()).isPositive();
        assertThat(last.remaining()).isEqualTo(Duration.ZERO);
        assertThat(last.files()).allMatch(file -> file.state() == DownloadProgress.State.DONE);
    }

    @Test
    void downloadsFileByUrl() throws IOException {
        URI address = server.plainFile("small.pt", WEIGHTS);
        String sha256 = CacheBuilder.sha256(WEIGHTS);
        Path models = temporary.resolve("models");
        server.inject(new Fault.Cut(100_000), new Fault.Status(Where.BYTES, 503, Map.of()));

        Path file = downloader().downloadFile(address, models, "small.pt", sha256, DownloadListener.SILENT);

        assertThat(file).isEqualTo(models.resolve("small.pt")).hasBinaryContent(WEIGHTS);
        assertThat(names(models)).containsExactly("small.pt");
        assertThat(server.received())
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("authorization"));
        server.clearReceived();
        downloader().downloadFile(address, models, "small.pt", sha256, DownloadListener.SILENT);
        assertThat(server.received()).isEmpty();
        Files.write(file, new byte[5]);
        downloader().downloadFile(address, models, "small.pt", sha256, DownloadListener.SILENT);
        assertThat(file).hasBinaryContent(WEIGHTS);
    }

    @Test
    void rejectsFileWithWrongHash() throws IOException {
        URI address = server.plainFile("small.pt", CONFIG);
        String sha256 = CacheBuilder.sha256(WEIGHTS);

        assertThatThrownBy(() ->
                        downloader().downloadFile(address, temporary, "small.pt", sha256, DownloadListener.SILENT))
                .satisfies(reason(Reason.CORRUPT))
                .hasMessageContaining("sha256");
        assertThat(names(temporary)).isEmpty();
        URI gone = address.resolve("/gone.pt");
        assertThatThrownBy(() -> downloader().downloadFile(gone, temporary, "gone.pt", sha256, DownloadListener.SILENT))
                .satisfies(reason(Reason.NOT_FOUND))
                .hasMessageContaining("404");
        assertThatThrownBy(() -> downloader()
                        .downloadFile(
                                address,
                                temporary,
                                "../small.pt",
                                CacheBuilder.sha256(CONFIG),
                                DownloadListener.SILENT))
                .satisfies(reason(Reason.BAD_RESPONSE));
    }

    @Test
    void resolvesAndListsRevisionWithoutDownload() throws IOException {
        HubTree listed = downloader().list(REPOSITORY, "main");

        assertThat(downloader().resolve(REPOSITORY, "main")).isEqualTo(commit);
        assertThat(listed.commit()).isEqualTo(commit);
        assertThat(listed.files()).containsOnlyKeys("README.md", "config.json", "model.bin", "onnx/copy.txt");
        assertThat(listed.files().get("model.bin").size()).isEqualTo(WEIGHTS.length);
        assertThat(root()).doesNotExist();
        assertThatThrownBy(() -> offline().list(REPOSITORY, "main")).satisfies(reason(Reason.OFFLINE));
        assertThatThrownBy(() -> offline().resolve(REPOSITORY, "main")).satisfies(reason(Reason.OFFLINE));

        downloader().download(large(), DownloadListener.SILENT);
        server.clearReceived();
        assertThat(offline().resolve(REPOSITORY, "main")).isEqualTo(commit);
        assertThat(offline().list(REPOSITORY, "main")).isEqualTo(listed);
        assertThat(server.received()).isEmpty();
    }

    @Test
    void downloadsTagsAndCommits() {
        server.tag(REPOSITORY, "refs/pr/1", commit);

        downloader().download(new DownloadRequest(REPOSITORY, "refs/pr/1", List.of("*.json")), DownloadListener.SILENT);
        downloader().download(new DownloadRequest(REPOSITORY, commit, List.of("*.json")), DownloadListener.SILENT);

        Path refs = root().resolve("models--acme--tiny-bert/refs");
        assertThat(refs.resolve("refs/pr/1")).hasContent(commit);
        assertThat(refs.resolve(commit)).doesNotExist();
    }

    @Test
    void downloadsOptionalFileIfPresent() {
        DownloadRequest source = new DownloadRequest(
                REPOSITORY, "main", List.of("model.bin", "README.md?", "preprocessor_config.json?"));

        DownloadPlan done = downloader().download(source, DownloadListener.SILENT);

        assertThat(done.paths()).containsOnlyKeys("model.bin", "README.md");
    }

    @Test
    void contactsUnreachableServerOncePerRun() throws IOException {
        server.refuseConnections();
        HubHosts hosts = new HubHosts();
        List<String> retries = Collections.synchronizedList(new ArrayList<>());

        HubException first = assertUnreachable(settings(), hosts, retries);
        HubException second = assertUnreachable(settings(), hosts, retries);

        assertThat(first).hasMessageContaining(server.endpoint().toString()).hasMessageContaining("HF_ENDPOINT");
        assertThat(first.host()).contains("127.0.0.1");
        assertThat(second).isSameAs(first);
        assertThat(retries).isEmpty();
    }

    @Test
    void doesNotRetryUnknownHost() {
        HubSettings settings = HubSettings.builder()
                .endpoint(URI.create("http://no-such-host.invalid"))
                .cacheDirectory(root())
                .build();
        List<String> retries = new ArrayList<>();

        assertThat(assertUnreachable(settings, new HubHosts(), retries))
                .hasMessageContaining("no-such-host.invalid cannot be resolved");
        assertThat(retries).isEmpty();
    }

    @Test
    void retriesServerThatAnsweredBefore() throws IOException {
        HubHosts hosts = new HubHosts();
        builder(settings()).hosts(hosts).build().plan(SOURCE);
        server.refuseConnections();
        List<String> retries = Collections.synchronizedList(new ArrayList<>());

        assertThatThrownBy(() -> builder(settings()).hosts(hosts).build().download(SOURCE, retriesInto(retries)))
                .satisfies(reason(Reason.UNAVAILABLE))
                .hasMessageContaining("4 attempts");
        assertThat(retries).hasSize(QUICK.attempts() - 1);
    }

    private static HubException assertUnreachable(HubSettings settings, HubHosts hosts, List<String> retries) {
        HubException failure = catchThrowableOfType(
                HubException.class,
                () -> builder(settings).hosts(hosts).build().download(SOURCE, retriesInto(retries)));
        assertThat(failure).satisfies(reason(Reason.UNREACHABLE));
        return failure;
    }

    private static DownloadListener retriesInto(List<String> retries) {
        return new DownloadListener() {
            @Override
            public void progressed(DownloadProgress progress) {}

            @Override
            public void retrying(String file, String reason, Duration wait) {
                retries.add(reason);
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Where.class)
    void reportsWebPageWithoutRetry(Where where) {
        server.inject(new Fault.Page(where));

        assertThatThrownBy(() -> downloader().download(SOURCE, DownloadListener.SILENT))
                .satisfies(reason(Reason.UNREACHABLE))
                .hasMessageContaining("a web page came instead")
                .hasMessageContaining("Log in")
                .hasMessageContaining(server.endpoint().toString());
    }

    @Test
    void reportsLoginPageWithoutRetry() {
        server.inject(new Fault.Status(Where.API, 511, Map.of()));
        assertThatThrownBy(() -> downloader().download(SOURCE, DownloadListener.SILENT))
                .satisfies(reason(Reason.UNREACHABLE))
                .hasMessageContaining("Log in");
        assertThat(server.received()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405, 501})
    void downloadsFromMirrorWithoutListings(int status) throws IOException {
        server.withoutListings(status, true);

        DownloadPlan done = downloader().download(SOURCE, DownloadListener.SILENT);

        assertThat(done.paths()).containsOnlyKeys("config.json", "model.bin", "onnx/copy.txt");
        assertThat(done.paths().get("model.bin")).hasBinaryContent(WEIGHTS);
        assertThat(names(root().resolve("models--acme--tiny-bert/blobs")))
                .containsExactlyInAnyOrder(CacheBuilder.sha256(WEIGHTS), gitHash(CONFIG));
        assertThat(new HubCache(root()).tree(REPOSITORY, commit))
                .as("what is known of some files is no listing for others")
                .isEmpty();
    }

    @Test
    void reportsMirrorWithoutListings() {
        server.withoutListings(404, false);

        assertThatThrownBy(() -> downloader().download(SOURCE, DownloadListener.SILENT))
                .satisfies(reason(Reason.BAD_RESPONSE))
                .hasMessageContaining("lists none of its files")
                .hasMessageContaining("'tree'")
                .hasMessageNotContaining("nearest");
    }

    @Test
    void doesNotSuggestRequestedName() {
        HubDownloader knowing = HubDownloader.builder(settings())
                .retryPolicy(QUICK)
                .knownRepositories(List.of("acme/gone", REPOSITORY))
                .build();
        assertRefused(Reason.NOT_FOUND, knowing, new DownloadRequest("acme/gone", "main", List.of("*")))
                .hasMessageContaining("acme/gone")
                .hasMessageNotContaining("nearest");
    }

    @Test
    void recordsMissingFilesLikePython() {
        downloader().download(SOURCE, DownloadListener.SILENT);
        DownloadRequest source = new DownloadRequest(REPOSITORY, "main", List.of("vocab.json"));

        assertThatThrownBy(() -> downloader().download(source, DownloadListener.SILENT))
                .satisfies(reason(Reason.NOT_FOUND));

        assertThat(new HubCache(root()).isKnownAbsent(REPOSITORY, commit, "vocab.json"))
                .isTrue();
        assertThat(new HubCache(root()).isKnownAbsent(REPOSITORY, commit, "config.json"))
                .isFalse();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            Reason reason, HubDownloader downloader, DownloadRequest source) {
        return assertThatThrownBy(() -> downloader.download(source, DownloadListener.SILENT))
                .satisfies(reason(reason))
                .hasMessageNotContaining(TOKEN);
    }

    private static Consumer<Throwable> reason(Reason reason) {
        return thrown -> assertThat(thrown)
                .isInstanceOfSatisfying(
                        HubException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private void assertNothingIsLeftBehind() {
        try (Stream<Path> files = Files.walk(root())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".incomplete") || name.endsWith(".tmp"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static DownloadRequest large() {
        return new DownloadRequest(REPOSITORY, "main", List.of("model.bin"));
    }

    private Path root() {
        return temporary.resolve("hub");
    }

    private HubSettings settings() {
        return HubSettings.builder()
                .endpoint(server.endpoint())
                .cacheDirectory(root())
                .token(AccessToken.of(TOKEN))
                .build();
    }

    private HubSettings anonymous() {
        return HubSettings.builder()
                .endpoint(server.endpoint())
                .cacheDirectory(root())
                .build();
    }

    private static HubDownloader.Builder builder(HubSettings settings) {
        return HubDownloader.builder(settings).retryPolicy(QUICK).knownRepositories(List.of(REPOSITORY));
    }

    private HubDownloader downloader() {
        return builder(settings()).build();
    }

    private HubDownloader offline() {
        return builder(settings().withOffline(true)).build();
    }

    private static int start(Received request) {
        return Integer.parseInt(
                request.headers().getOrDefault("range", "bytes=0-").replaceAll("\\D", ""));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static String gitHash(byte[] content) {
        var digest = Digests.gitBlob(content.length);
        return HexFormat.of().formatHex(digest.digest(content));
    }
}
