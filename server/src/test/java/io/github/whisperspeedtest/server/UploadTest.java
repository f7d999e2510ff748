package io.github.whisperspeedtest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.worker.JobEnd;
import io.github.whisperspeedtest.worker.RefusedException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class UploadTest {
    private static final int LIMIT = 200_000;

    @TempDir
    private Path spool;

    private final FakeService service = new FakeService();
    private TranscriptionServer server;

    private void start(ServerSettings settings) {
        server = TranscriptionServer.start(service, settings);
    }

    private ServerSettings settings() {
        return ServerSettings.of(spool).withMaxUpload(LIMIT);
    }

    @AfterEach
    void stop() {
        server.close();
        service.close();
    }

    private List<Path> recordings() throws IOException {
        try (Stream<Path> files = Files.walk(spool)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".lock"))
                    .toList();
        }
    }

    private void awaitEmptySpool() throws Exception {
        Await.until(() -> recordings().isEmpty());
    }

    private double inUse(String gauge) throws Exception {
        return Clients.get(server, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(gauge + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(gauge.length() + 1)))
                .sum();
    }

    @Test
    void takesBodyInChunks() throws Exception {
        start(settings());
        byte[] body = Clients.form().field("model", "tiny").bytes();
        try (RawClient client = new RawClient(server)) {
            client.upload("Transfer-Encoding: chunked");
            client.chunk(Arrays.copyOf(body, 20));
            client.chunk(Arrays.copyOfRange(body, 20, body.length));
            assertThat(client.send("0\r\n\r\n").readAll())
                    .startsWith("HTTP/1.1 200")
                    .contains("Connection: close")
                    .contains("Zweiter Satz.");
        }
        assertThat(service.last().model).isEqualTo(FakeService.TINY);
        awaitEmptySpool();
    }

    @Test
    void allowsClientThatAsksFirst() throws Exception {
        start(settings());
        byte[] body = Clients.form().bytes();
        try (RawClient client = new RawClient(server)) {
            client.upload("Content-Length: " + body.length, "Expect: 100-continue");
            assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
            assertThat(client.send(body).readAll()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void answersClientThatAskedAndSendsTooMuch() throws Exception {
        start(settings());
        byte[] body = new Clients.Form().file(new byte[3 * LIMIT]).bytes();
        try (RawClient client = new RawClient(server)) {
            client.upload("Content-Length: " + body.length, "Expect: 100-continue");
            assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
            assertThat(client.send(body).readAll()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void refusesLargeUploadBeforeItIsSent() throws Exception {
        start(settings());
        try (RawClient client = new RawClient(server)) {
            client.upload("Content-Length: 999999999999", "Expect: 100-continue");
            assertThat(client.readAll()).startsWith("HTTP/1.1 413").contains("upload_too_large", "200000 bytes");
        }
        try (RawClient client = new RawClient(server)) {
            client.upload("Content-Length: 999999999999");
            assertThat(client.readUntil("}}")).startsWith("HTTP/1.1 413");
        }
    }

    /** The client reads the response only after it has sent everything, as most do. */
    @Test
    void answersClientThatSendsLargeUploadWithoutAsking() throws Exception {
        start(settings());
        byte[] body = new Clients.Form().file(new byte[100 * LIMIT]).bytes();
        try (RawClient client = new RawClient(server)) {
            client.upload("Content-Length: " + body.length);
            assertThat(client.send(body).readAll()).startsWith("HTTP/1.1 413").contains("invalid_request_error");
        }
        try (RawClient client = new RawClient(server)) {
            client.upload("Transfer-Encoding: chunked");
            client.chunk(body).send("0\r\n\r\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 413").contains("upload_too_large");
        }
        assertThat(Clients.post(server, new Clients.Form().file(new byte[100 * LIMIT]))
                        .statusCode())
                .isEqualTo(413);
        awaitEmptySpool();
        assertThat(service.last).isNull();
    }

    @Test
    void refusesLargeUploadOfUnknownLengthBeforeItEnds() throws Exception {
        start(settings());
        try (RawClient client = new RawClient(server)) {
            client.upload("Transfer-Encoding: chunked");
            client.chunk(
                    Arrays.copyOf(new Clients.Form().file(new byte[2 * LIMIT]).bytes(), 2 * LIMIT));
            assertThat(client.readUntil("}}")).startsWith("HTTP/1.1 413");
        }
        awaitEmptySpool();
    }

    @Test
    void takesRecordingOfExactlyTheLimit() throws Exception {
        start(settings());
        assertThat(Clients.post(server, new Clients.Form().file(new byte[LIMIT]))
                        .statusCode())
                .isEqualTo(200);
        assertThat(Clients.post(server, new Clients.Form().file(new byte[LIMIT + 1]))
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void endsSlowUpload() throws Exception {
        start(settings().withTimeouts(Duration.ofMillis(500), Duration.ofSeconds(30)));
        byte[] body = Clients.form().bytes();
        try (RawClient client = new RawClient(server)) {
            client.upload("Content-Length: " + body.length);
            Thread sender = new Thread(() -> {
                try {
                    for (byte next : body) {
                        client.send(new byte[] {next});
                        Thread.sleep(20);
                    }
                } catch (IOException | InterruptedException e) {
                    // The server has closed the connection, as it should.
                }
            });
            sender.start();
            assertThat(client.readUntil("}}")).startsWith("HTTP/1.1 408").contains("upload_timeout");
            sender.interrupt();
            sender.join();
        }
        assertThat(service.last).isNull();
        awaitEmptySpool();
    }

    @Test
    void endsUploadThatStops() throws Exception {
        start(settings().withTimeouts(Duration.ofMinutes(10), Duration.ofMillis(300)));
        try (RawClient client = new RawClient(server)) {
            client.upload("Content-Length: 1000");
            assertThat(client.send("--" + Clients.BOUNDARY).readAll()).startsWith("HTTP/1.1 408");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closesConnectionWithoutRequest(boolean afterAnother) throws Exception {
        start(settings().withTimeouts(Duration.ofMinutes(10), Duration.ofMillis(300)));
        try (RawClient client = new RawClient(server)) {
            if (afterAnother) {
                client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").readUntil("]}");
            }
            client.send("GET /health HTTP/1.1\r\n");
            Thread sender = new Thread(() -> {
                try {
                    while (true) {
                        // Too little for the limit of the headers' length within the time that the test waits.
                        client.send("x");
                        Thread.sleep(50);
                    }
                } catch (IOException | InterruptedException e) {
                    // The server has closed the connection, as it should.
                }
            });
            sender.start();
            sender.join(TimeUnit.MINUTES.toMillis(1));
            assertThat(sender.isAlive()).isFalse();
        }
    }

    @Test
    void boundsUploadsAtTheSameTime() throws Exception {
        start(settings().withLimits(256, 2));
        try (RawClient first = new RawClient(server);
                RawClient second = new RawClient(server)) {
            byte[] body = Clients.form().bytes();
            for (RawClient client : List.of(first, second)) {
                client.upload("Content-Length: " + body.length, "Expect: 100-continue");
                client.readUntil("\r\n\r\n");
            }
            HttpResponse<String> third = Clients.post(server, Clients.form());
            assertThat(third.statusCode()).isEqualTo(429);
            assertThat(third.headers().firstValue("Retry-After")).contains("1");
            assertThat(first.send(body).readAll()).startsWith("HTTP/1.1 200");
            assertThat(Clients.post(server, Clients.form()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void cancelsJobWhoseClientIsGone() throws Exception {
        start(settings());
        service.hold = true;
        byte[] body = Clients.form().bytes();
        byte[] streamed = Clients.form().field("stream", "true").bytes();
        for (byte[] form : List.of(body, streamed)) {
            RawClient closes = new RawClient(server)
                    .upload("Content-Length: " + form.length)
                    .send(form);
            FakeService.FakeJob job = service.take();
            if (form == streamed) {
                job.listener.onStart();
                closes.readUntil(": still running\n\n");
            }
            assertThat(job.recording).exists();
            closes.close();
            job.cancelled.get(60, TimeUnit.SECONDS);
        }
        RawClient resets =
                new RawClient(server).upload("Content-Length: " + body.length).send(body);
        FakeService.FakeJob job = service.take();
        resets.reset();
        job.cancelled.get(60, TimeUnit.SECONDS);
        awaitEmptySpool();
    }

    @Test
    void waitsForClientThatSaysNothing() throws Exception {
        start(settings().withTimeouts(Duration.ofMinutes(10), Duration.ofMillis(500)));
        service.hold = true;
        try (RawClient client = new RawClient(server)) {
            client.upload(Clients.form().bytes());
            FakeService.FakeJob job = service.take();
            awaitIdleTimeout();
            // Ignored, as the response closes the connection.
            client.send("\r\n");
            awaitIdleTimeout();
            awaitIdleTimeout();
            assertThat(job.cancelled).isNotDone();
            job.succeed(FakeService.TRANSCRIPTION);
            assertThat(client.readAll()).startsWith("HTTP/1.1 200").contains("Zweiter Satz.");
        }
    }

    /** Waits as long as the server keeps a connection on which nothing happens. */
    private void awaitIdleTimeout() throws IOException {
        try (RawClient idle = new RawClient(server)) {
            assertThat(idle.readAll()).isEmpty();
        }
    }

    @Test
    void endsStreamOfClientThatDoesNotRead() throws Exception {
        start(settings().withTimeouts(Duration.ofMinutes(10), Duration.ofMillis(500)));
        service.hold = true;
        byte[] body = Clients.form().field("stream", "true").bytes();
        try (RawClient client = new RawClient(server)) {
            client.upload(body);
            FakeService.FakeJob job = service.take();
            job.listener.onStart();
            String text = " x".repeat(1 << 20);
            for (int i = 0; i < 10; i++) {
                job.listener.onSegment(
                        new Segment(Duration.ZERO, Duration.ofSeconds(1), text, List.of(), null, null, List.of()));
            }
            job.cancelled.get(60, TimeUnit.SECONDS);
        }
        awaitEmptySpool();
    }

    @Test
    void keepsRecordingUntilJobHasEnded() throws Exception {
        start(settings());
        service.hold = true;
        CompletableFuture<HttpResponse<String>> response = Clients.http()
                .sendAsync(
                        Clients.upload(server, new Clients.Form().file(new byte[LIMIT]))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        FakeService.FakeJob job = service.take();
        assertThat(Files.size(job.recording)).isEqualTo(LIMIT);
        assertThat(recordings()).containsExactly(job.recording);
        job.succeed(FakeService.TRANSCRIPTION);
        assertThat(response.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(job.recording).doesNotExist();
    }

    @Test
    void leavesNothingBehindAfterManyRequests() throws Exception {
        start(settings().withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(2)));
        service.behaviour = job -> {
            switch (Math.floorMod(job.recording.hashCode(), 4)) {
                case 0 -> job.fail(JobEnd.Reason.BAD_RECORDING, "No audio.");
                case 1 -> job.fail(JobEnd.Reason.ENGINE, "Crashed.");
                default -> job.succeed(FakeService.TRANSCRIPTION);
            }
        };
        ExecutorService clients = Executors.newFixedThreadPool(8);
        List<Future<?>> requests = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                int kind = i % 10;
                requests.add(clients.submit(() -> {
                    request(kind);
                    return null;
                }));
            }
            for (Future<?> request : requests) {
                request.get(120, TimeUnit.SECONDS);
            }
        } finally {
            clients.shutdownNow();
        }
        awaitEmptySpool();
        assertThat(Clients.post(server, Clients.form()).statusCode())
                .as("all places for uploads are free again")
                .isIn(200, 400, 500);
        assertThat(inUse("jvm_threads_live_threads")).as("threads").isLessThan(120);
    }

    /** Sends a request, most of them broken in some way. */
    private void request(int kind) throws Exception {
        byte[] large = new Clients.Form().file(new byte[150_000]).bytes();
        switch (kind) {
            case 0 -> Clients.post(server, Clients.form());
            case 1 ->
                Clients.post(server, new Clients.Form().file(new byte[150_000]).field("stream", "true"));
            case 2 ->
                Clients.post(server, new Clients.Form().file(new byte[150_000]).field("model", "none"));
            case 3 -> Clients.post(server, new Clients.Form().file(new byte[2 * LIMIT]));
            case 4 ->
                Clients.send(Clients.request(server, "/v1/audio/transcriptions")
                        .header("Content-Type", "multipart/form-data; boundary=" + Clients.BOUNDARY)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(Arrays.copyOf(large, 100_000))));
            case 5 -> {
                try (RawClient client = new RawClient(server)) {
                    client.upload("Content-Length: " + large.length).send(Arrays.copyOf(large, 120_000));
                }
            }
            case 6 -> {
                RawClient client = new RawClient(server);
                client.upload("Content-Length: " + large.length).send(Arrays.copyOf(large, 120_000));
                client.reset();
            }
            case 7 -> {
                RawClient client = new RawClient(server);
                client.upload("Content-Length: " + large.length).send(large);
                client.reset();
            }
            case 8 -> Clients.post(server, new Clients.Form().part("name=\"other\"", new byte[150_000]));
            default -> {
                try (RawClient client = new RawClient(server)) {
                    client.upload("Transfer-Encoding: chunked").send("zz\r\n").readAll();
                }
            }
        }
    }

    @Test
    void deletesRecordingOfRefusedJob() throws Exception {
        start(settings());
        service.refusal = new RefusedException("The queue is full.", false, Duration.ofSeconds(1));
        assertThat(Clients.post(server, Clients.form()).statusCode()).isEqualTo(429);
        service.refusal = null;
        service.defect = new IllegalStateException("a defect");
        assertThat(Clients.post(server, Clients.form()).statusCode()).isEqualTo(500);
        awaitEmptySpool();
    }

    @Test
    void reportsBrokenForm() throws Exception {
        start(settings());
        byte[] body = "no form".getBytes(StandardCharsets.UTF_8);
        try (RawClient client = new RawClient(server)) {
            client.upload("Content-Length: " + body.length).send(body);
            assertThat(client.readAll()).startsWith("HTTP/1.1 400").contains("malformed or incomplete");
        }
        Clients.Form many = Clients.form();
        for (int i = 0; i < 40; i++) {
            many.field("field" + i, "1");
        }
        assertThat(Clients.post(server, many).statusCode()).isEqualTo(400);
        assertThat(Clients.post(server, Clients.form().part("name=\"a\"\r\nX: " + "x".repeat(9000), new byte[1]))
                        .statusCode())
                .isEqualTo(400);
        awaitEmptySpool();
    }
}
