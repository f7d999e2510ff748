package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.hub.testing.HubServer.Fault;
import io.github.whisperspeedtest.hub.testing.HubServer.Received;
import io.github.whisperspeedtest.hub.testing.HubServer.Where;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A process that runs seeded fault scripts against its own hub. Any violated guarantee ends it with an error. */
final class FaultScripts {
    private static final String REPOSITORY = "acme/tiny-bert";
    static final String TOKEN = "hf_aVerySecretToken";
    private static final byte[] WEIGHTS = HubServer.content(200_000, 1);
    private static final byte[] CONFIG = HubServer.content(3000, 2);
    private static final RetryPolicy QUICK = new RetryPolicy(
            5, Duration.ofMillis(1), Duration.ofMillis(4), Duration.ofMillis(10), Duration.ofMillis(250));

    private final Path temporary;

    private FaultScripts(Path temporary) {
        this.temporary = temporary;
    }

    public static void main(String[] args) throws IOException {
        FaultScripts scripts = new FaultScripts(Path.of(args[0]));
        int good = 0;
        for (int seed = 0; seed < Integer.parseInt(args[1]); seed++) {
            good += scripts.runs(seed) ? 1 : 0;
        }
        System.out.println("good at once: " + good);
    }

    private boolean runs(int seed) throws IOException {
        Random random = new Random(seed);
        Path cache = temporary.resolve("cache-" + seed);
        try (HubServer server = HubServer.start()) {
            server.largeFile(REPOSITORY, "model.bin", WEIGHTS).file(REPOSITORY, "config.json", CONFIG);
            server.commit(REPOSITORY);
            server.protect(REPOSITORY, TOKEN);
            int faults = 1 + random.nextInt(12);
            for (int i = 0; i < faults; i++) {
                server.inject(fault(random));
            }
            HubSettings settings = HubSettings.builder()
                    .endpoint(server.endpoint())
                    .cacheDirectory(cache)
                    .token(AccessToken.of(TOKEN))
                    .build();
            HubDownloader downloader =
                    HubDownloader.builder(settings).retryPolicy(QUICK).build();
            DownloadRequest source = new DownloadRequest(REPOSITORY, "main", List.of("*"));
            boolean good = true;
            try {
                assertGood(downloader.download(source, DownloadListener.SILENT), seed);
            } catch (HubException e) {
                good = false;
                assertClear(e, seed);
                assertNothingHalfIsTakenForWhole(cache, seed);
                // The same cache, now with a hub without faults.
                server.clearFaults();
                assertGood(downloader.download(source, DownloadListener.SILENT), seed);
            }
            assertThat(new HubCache(cache).incompleteFiles(REPOSITORY))
                    .as("seed " + seed)
                    .isEmpty();
            assertThat(server.received())
                    .filteredOn(Received::atStore)
                    .as("seed " + seed)
                    .isNotEmpty()
                    .allSatisfy(
                            request -> assertThat(request.headers().toString()).doesNotContain(TOKEN));
            return good;
        }
    }

    private static Fault fault(Random random) {
        int position = random.nextInt(WEIGHTS.length);
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> new Fault.Cut(position);
            case 3 -> new Fault.Stall(position);
            case 4 -> new Fault.WrongByte(position);
            case 5 -> new Fault.WrongLength(random.nextInt(2000) - 1000);
            case 6 -> new Fault.IgnoreRange();
            case 7 -> new Fault.OtherRange();
            case 8 -> new Fault.OtherEtag();
            case 9 -> new Fault.OtherCommit();
            case 10 -> new Fault.Hangup(where(random));
            case 11 -> new Fault.Status(where(random), 429, Map.of("Retry-After", "1"));
            case 12 -> new Fault.Status(where(random), 500 + random.nextInt(5), Map.of());
            default ->
                new Fault.Status(
                        where(random),
                        List.of(401, 403, 404, 416).get(random.nextInt(4)),
                        Map.of("X-Error-Message", "no: Bearer " + TOKEN));
        };
    }

    private static Where where(Random random) {
        return Where.values()[random.nextInt(Where.values().length)];
    }

    private static void assertGood(DownloadPlan done, int seed) {
        assertThat(done.paths().get("model.bin")).as("seed " + seed).hasBinaryContent(WEIGHTS);
        assertThat(done.paths().get("config.json")).as("seed " + seed).hasBinaryContent(CONFIG);
    }

    private static void assertClear(HubException failure, int seed) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).as("seed " + seed).doesNotContain(TOKEN).doesNotContain("sig=secret");
        assertThat(failure.getMessage()).as("seed " + seed).contains("127.0.0.1", ". ");
    }

    private static void assertNothingHalfIsTakenForWhole(Path cache, int seed) throws IOException {
        Path blobs = cache.resolve("models--acme--tiny-bert").resolve("blobs");
        if (Files.isDirectory(blobs)) {
            for (Path blob : RepositoryReader.entries(blobs)) {
                assertThat(blob.toString().endsWith(IncompleteFile.SUFFIX)
                                || new ContentHash(blob.getFileName().toString()).matches(blob))
                        .as("seed " + seed + ": " + blob)
                        .isTrue();
            }
        }
    }
}
