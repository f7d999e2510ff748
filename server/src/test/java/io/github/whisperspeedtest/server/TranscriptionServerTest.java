package io.github.whisperspeedtest.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TranscriptionServerTest {
    @TempDir
    private Path spool;

    private final FakeService service = new FakeService();

    @AfterEach
    void close() {
        service.close();
    }

    private CompletableFuture<HttpResponse<String>> post(TranscriptionServer server, Clients.Form form) {
        return Clients.http().sendAsync(Clients.upload(server, form).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static CompletableFuture<Boolean> drain(TranscriptionServer server, Duration limit) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return server.drain(limit);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    @Test
    void explainsThatPortIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerSettings settings = ServerSettings.of(spool).withAddress("127.0.0.1", other.getLocalPort());
            assertThatThrownBy(() -> TranscriptionServer.start(service, settings))
                    .isInstanceOfSatisfying(
                            WhisperSpeedtestException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.ENVIRONMENT))
                    .hasMessageStartingWith("Port " + other.getLocalPort() + " of 127.0.0.1 is in use")
                    .hasMessageContaining("port 0");
        }
        assertThat(uploadDirectories()).isZero();
    }

    @Test
    void explainsThatAddressIsNotOfThisMachine() {
        assertThatThrownBy(() -> TranscriptionServer.start(
                        service, ServerSettings.of(spool).withAddress("192.0.2.1", 0)))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageStartingWith("Cannot listen on 192.0.2.1: ");
    }

    private long uploadDirectories() throws Exception {
        try (Stream<Path> files = Files.list(spool)) {
            return files.filter(file -> file.getFileName().toString().startsWith("upload-"))
                    .count();
        }
    }

    @Test
    void finishesAcceptedRequestsToDrain() throws Exception {
        try (TranscriptionServer server = TranscriptionServer.start(service, ServerSettings.of(spool))) {
            service.hold = true;
            CompletableFuture<HttpResponse<String>> accepted = post(server, Clients.form());
            FakeService.FakeJob job = service.take();
            CompletableFuture<Boolean> drained = drain(server, Duration.ofSeconds(60));
            Await.until(() -> Clients.get(server, "/health").statusCode() == 503);
            HttpResponse<String> late = Clients.post(server, Clients.form());
            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.headers().firstValue("Retry-After")).isPresent();
            assertThat(late.body()).contains("server_closing");
            assertThat(drained).isNotDone();
            assertThat(accepted).isNotDone();
            job.succeed(FakeService.TRANSCRIPTION);
            assertThat(drained.get(60, TimeUnit.SECONDS)).isTrue();
            assertThat(accepted.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void finishesUploadsToDrain() throws Exception {
        try (TranscriptionServer server = TranscriptionServer.start(service, ServerSettings.of(spool));
                RawClient client = new RawClient(server)) {
            byte[] body = Clients.form().bytes();
            client.upload("Content-Length: " + body.length, "Expect: 100-continue");
            client.readUntil("\r\n\r\n");
            CompletableFuture<Boolean> drained = drain(server, Duration.ofSeconds(60));
            Await.until(() -> Clients.get(server, "/health").statusCode() == 503);
            assertThat(client.send(body).readAll()).startsWith("HTTP/1.1 200");
            assertThat(drained.get(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void stopsWaitingToDrain() throws Exception {
        try (TranscriptionServer server = TranscriptionServer.start(service, ServerSettings.of(spool))) {
            service.hold = true;
            post(server, Clients.form());
            service.take();
            assertThat(server.drain(Duration.ofMillis(100))).isFalse();
        }
    }

    @Test
    void answersCancelledRequestsBeforeItCloses() throws Exception {
        service.hold = true;
        TranscriptionServer server = TranscriptionServer.start(service, ServerSettings.of(spool));
        CompletableFuture<HttpResponse<String>> waiting = post(server, Clients.form());
        service.take();
        try (RawClient events = new RawClient(server)) {
            events.upload(Clients.form().field("stream", "true").bytes());
            service.take().listener.onStart();
            server.close();
            assertThat(events.readAll()).contains("event: error", "server_closing");
        }
        HttpResponse<String> response = waiting.get(60, TimeUnit.SECONDS);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(uploadDirectories()).isZero();
    }

    @Test
    void limitsConnections() throws Exception {
        ServerSettings settings = ServerSettings.of(spool).withLimits(2, 2);
        try (TranscriptionServer server = TranscriptionServer.start(service, settings)) {
            RawClient first = new RawClient(server);
            RawClient second = new RawClient(server);
            for (RawClient client : new RawClient[] {first, second}) {
                client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").readUntil("]}");
            }
            CompletableFuture<String> third = CompletableFuture.supplyAsync(() -> {
                try (RawClient client = new RawClient(server)) {
                    return client.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .readAll();
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            assertThatThrownBy(() -> third.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            first.close();
            second.close();
            assertThat(third.get(60, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void startsOnlyDaemonThreads() {
        try (TranscriptionServer server = TranscriptionServer.start(service, ServerSettings.of(spool))) {
            assertThat(server.uri().getPort()).isPositive();
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("whisper-speedtest-http"))
                    .isNotEmpty()
                    .allMatch(Thread::isDaemon);
        }
    }

    @Test
    void closesTwice() {
        TranscriptionServer server = TranscriptionServer.start(service, ServerSettings.of(spool));
        server.close();
        server.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("whisper-speedtest-http"));
    }
}
