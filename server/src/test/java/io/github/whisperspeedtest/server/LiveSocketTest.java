package io.github.whisperspeedtest.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.worker.JobEnd;
import io.github.whisperspeedtest.worker.RefusedException;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LiveSocketTest {
    private static final Word WORD = new Word(Duration.ofMillis(100), Duration.ofMillis(400), " Hallo", 0.9);

    private static final StreamingSummary SUMMARY = new StreamingSummary(
            Duration.ofSeconds(2), 1, 1, 4, Duration.ofMillis(500), Duration.ofMillis(700), null, Duration.ZERO, "de");

    @TempDir
    private Path spool;

    private final FakeService service = new FakeService();
    private TranscriptionServer server;

    private void start(ServerSettings settings) {
        server = TranscriptionServer.start(service, settings);
    }

    private void start() {
        start(ServerSettings.of(spool));
    }

    @AfterEach
    void stop() {
        server.close();
        service.close();
    }

    /** Collects what the server sends. */
    private static final class Client implements WebSocket.Listener {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder partial = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                messages.add(partial.toString());
                partial.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(status);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }

        String next() throws InterruptedException {
            return String.valueOf(messages.poll(60, TimeUnit.SECONDS));
        }

        int status() throws Exception {
            return closed.get(60, TimeUnit.SECONDS);
        }
    }

    private WebSocket connect(String query, Client client, String... protocols) {
        WebSocket.Builder builder = Clients.http().newWebSocketBuilder();
        if (protocols.length > 0) {
            builder.subprotocols(
                    protocols[0],
                    List.of(protocols).subList(1, protocols.length).toArray(String[]::new));
        }
        URI uri = URI.create(server.uri().toString().replaceFirst("^http", "ws") + "v1/live" + query);
        return builder.buildAsync(uri, client).join();
    }

    private static void sendAudio(WebSocket socket, byte[] audio) {
        socket.sendBinary(ByteBuffer.wrap(audio), true).join();
    }

    @Test
    void transcribesLiveAudio() throws Exception {
        start();
        Client client = new Client();
        WebSocket socket = connect("?model=tiny&language=de&task=translate&latency=1.5", client);
        FakeService.FakeStream stream = service.takeStream();
        assertThat(stream.model).isEqualTo(FakeService.TINY);
        assertThat(stream.options.latency()).isEqualTo(Duration.ofMillis(1500));
        assertThat(stream.options.transcribe().language().code()).isEqualTo("de");
        assertThat(stream.options.transcribe().task()).isEqualTo(Task.TRANSLATE);

        stream.listener.onReady();
        assertThat(client.next()).isEqualTo("{\"type\":\"ready\"}");
        byte[] first = new byte[64 << 10];
        first[0] = 1;
        byte[] second = {2, 3};
        sendAudio(socket, first);
        sendAudio(socket, second);
        stream.listener.onEvent(new StreamingEvent.Partial(Duration.ofSeconds(1), List.of(WORD)));
        assertThat(client.next())
                .isEqualTo("{\"event\":\"partial\",\"at\":1.0,\"words\":"
                        + "[{\"word\":\" Hallo\",\"start\":0.1,\"end\":0.4,\"probability\":0.9}]}");
        stream.listener.onEvent(new StreamingEvent.UtteranceEnd(
                Duration.ofSeconds(2),
                new Segment(WORD.start(), WORD.end(), WORD.text(), List.of(), null, null, List.of(WORD))));
        assertThat(client.next())
                .isEqualTo("{\"event\":\"utterance_end\",\"at\":2.0,\"start\":0.1,\"end\":0.4,\"text\":\" Hallo\"}");

        socket.sendText("{\"type\":\"finish\"}", true).join();
        stream.finished.get(60, TimeUnit.SECONDS);
        assertThat(stream.audio.size()).isEqualTo(first.length + second.length);
        sendAudio(socket, first);
        stream.listener.onEnd(SUMMARY);
        assertThat(client.next())
                .isEqualTo("{\"type\":\"end\",\"audio\":2.0,\"words\":1,\"utterances\":1,\"decodes\":4,"
                        + "\"decode_time\":0.5,\"real_time_factor\":0.25,\"median_latency\":0.7,\"latency_95\":null,"
                        + "\"skipped\":0.0,\"language\":\"de\"}");
        assertThat(client.status()).isEqualTo(1000);
        assertThat(stream.audio.size()).as("nothing after the end").isEqualTo(first.length + second.length);
    }

    @Test
    void usesDefaults() throws Exception {
        start();
        connect("", new Client());
        FakeService.FakeStream stream = service.takeStream();
        assertThat(stream.model).isEqualTo(FakeService.BASE);
        assertThat(stream.options).isEqualTo(StreamingOptions.defaults());
    }

    @ParameterizedTest
    @CsvSource({
        "?model=none, model_not_found",
        "?language=klingon, Unknown language",
        "?language=haw, haw",
        "?latency=0.1, latency must be",
        "?latency=soon, latency must be",
        "?latency=NaN, latency must be",
        "?latency=1e999999999, latency must be",
        "?task=sing, task must be",
    })
    void reportsWrongParametersToBrowsersToo(String query, String message) throws Exception {
        start();
        Client client = new Client();
        connect(query, client);
        assertThat(client.next()).startsWith("{\"type\":\"error\",\"error\":{").contains(message);
        assertThat(client.status()).isEqualTo(1008);
        assertThat(service.streams).isEmpty();
    }

    @Test
    void reportsThatTooManyStreamsAreOpen() throws Exception {
        start();
        service.refusal = new RefusedException("4 streams are open.", false, Duration.ofSeconds(5));
        Client client = new Client();
        connect("", client);
        assertThat(client.next()).contains("\"type\":\"rate_limit_error\"", "4 streams are open.");
        assertThat(client.status()).isEqualTo(1008);
    }

    @Test
    void reportsFailureOfEngine() throws Exception {
        start();
        Client client = new Client();
        connect("", client);
        FakeService.FakeStream stream = service.takeStream();
        stream.listener.onFailure(new JobEnd.Failed(JobEnd.Reason.ENGINE, "The engine crashed."));
        assertThat(client.next()).contains("\"message\":\"The engine crashed.\"", "server_error");
        assertThat(client.status()).isEqualTo(1011);
    }

    @Test
    void refusesHalfSamples() throws Exception {
        start();
        Client client = new Client();
        WebSocket socket = connect("", client);
        FakeService.FakeStream stream = service.takeStream();
        sendAudio(socket, new byte[3]);
        assertThat(client.next()).contains("half a sample");
        assertThat(client.status()).isEqualTo(1008);
        stream.closed.get(60, TimeUnit.SECONDS);
    }

    @Test
    void refusesMessagesThatAreTooLong() throws Exception {
        start();
        Client client = new Client();
        WebSocket socket = connect("", client);
        FakeService.FakeStream stream = service.takeStream();
        sendAudio(socket, new byte[(64 << 10) + 2]);
        assertThat(client.status()).isEqualTo(1009);
        stream.closed.get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"hello", "'{\"type\":\"dance\"}'", "[]", "''"})
    void refusesUnknownMessages(String message) throws Exception {
        start();
        Client client = new Client();
        WebSocket socket = connect("", client);
        socket.sendText(message, true).join();
        assertThat(client.next()).contains("Unknown message");
        assertThat(client.status()).isEqualTo(1008);
        service.takeStream().closed.get(60, TimeUnit.SECONDS);
    }

    @Test
    void endsStreamThatIsSentTooMuch() throws Exception {
        start();
        Client client = new Client();
        WebSocket socket = connect("", client);
        FakeService.FakeStream stream = service.takeStream();
        stream.full = true;
        sendAudio(socket, new byte[2]);
        assertThat(client.next()).contains("faster than it can be transcribed");
        assertThat(client.status()).isEqualTo(1008);
        stream.closed.get(60, TimeUnit.SECONDS);
    }

    @Test
    void cancelsStreamOfClientThatIsGone() {
        start();
        WebSocket polite = connect("", new Client());
        FakeService.FakeStream first = service.takeStream();
        polite.sendClose(1000, "");
        assertThat(first.closed).succeedsWithin(Duration.ofSeconds(60));
        WebSocket rude = connect("", new Client());
        FakeService.FakeStream second = service.takeStream();
        rude.abort();
        assertThat(second.closed).succeedsWithin(Duration.ofSeconds(60));
    }

    @Test
    void finishesStreamWithoutAudio() throws Exception {
        start(ServerSettings.of(spool).withTimeouts(Duration.ofMinutes(10), Duration.ofMillis(300)));
        Client client = new Client();
        connect("", client);
        FakeService.FakeStream stream = service.takeStream();
        awaitIdleTime();
        assertThat(stream.finished).as("while the model is loaded").isNotDone();
        stream.listener.onReady();
        assertThat(client.next()).contains("ready");
        stream.finished.get(60, TimeUnit.SECONDS);
        // The connection outlasts the idle time while the engine confirms the rest.
        awaitIdleTime();
        assertThat(client.closed).isNotDone();
        stream.listener.onEnd(SUMMARY);
        assertThat(client.next()).contains("\"type\":\"end\"");
        assertThat(client.status()).isEqualTo(1000);
    }

    private void awaitIdleTime() throws Exception {
        try (RawClient idle = new RawClient(server)) {
            assertThat(idle.readAll()).isEmpty();
        }
    }

    @Test
    void takesKeyAsProtocol() throws Exception {
        start(ServerSettings.of(spool).withApiKey("sk-4711"));
        WebSocket socket = connect("", new Client(), "realtime", "openai-insecure-api-key.sk-4711");
        assertThat(socket.getSubprotocol()).isEqualTo("realtime");
        service.takeStream();
        WebSocket alone = connect("", new Client(), "openai-insecure-api-key.sk-4711");
        assertThat(alone.getSubprotocol()).isEqualTo("openai-insecure-api-key.sk-4711");
        service.takeStream();
        WebSocket header = Clients.http()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer sk-4711")
                .buildAsync(URI.create(server.uri().toString().replaceFirst("^http", "ws") + "v1/live"), new Client())
                .join();
        assertThat(header.isInputClosed()).isFalse();
        service.takeStream();
    }

    @Test
    void refusesWrongKey() {
        start(ServerSettings.of(spool).withApiKey("sk-4711"));
        assertRefused(401, "openai-insecure-api-key.sk-4712");
        assertRefused(401);
        assertRefused(401, "realtime");
        assertThat(service.streams).isEmpty();
    }

    private void assertRefused(int status, String... protocols) {
        assertThatThrownBy(() -> connect("", new Client(), protocols))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(status));
    }

    @Test
    void refusesForeignPages() throws Exception {
        for (String key : new String[] {"", "sk-4711"}) {
            ServerSettings settings = ServerSettings.of(spool);
            start(key.isEmpty() ? settings : settings.withApiKey(key));
            try (RawClient client = new RawClient(server)) {
                String response = client.send("GET /v1/live HTTP/1.1\r\nHost: localhost:"
                                + server.uri().getPort() + "\r\nOrigin: https://evil.example\r\n"
                                + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " + key
                                + "\r\n\r\n")
                        .readUntil("}}");
                assertThat(response).startsWith("HTTP/1.1 403");
            }
            server.close();
        }
        assertThat(service.streams).isEmpty();
    }

    @Test
    void refusesMalformedHandshake() throws Exception {
        start();
        try (RawClient client = new RawClient(server)) {
            String response = client.send("GET /v1/live HTTP/1.1\r\nHost: localhost\r\n"
                            + "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n")
                    .readAll();
            assertThat(response).startsWith("HTTP/1.1 4").contains("invalid_request_error");
        }
    }

    @Test
    void tellsClientsThatServerCloses() throws Exception {
        start();
        Client client = new Client();
        connect("", client);
        service.takeStream();
        server.close();
        assertThat(client.next()).contains("server_closing");
        assertThat(client.status()).isEqualTo(1011);
    }

    @Test
    void doesNotCompress() throws Exception {
        start();
        try (RawClient client = new RawClient(server)) {
            String response = client.send("GET /v1/live HTTP/1.1\r\nHost: localhost\r\n"
                            + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                    .readUntil("\r\n\r\n");
            assertThat(response).startsWith("HTTP/1.1 101").doesNotContain("deflate");
        }
    }

    @Test
    void finishesStreamsToDrain() throws Exception {
        start();
        Client client = new Client();
        connect("", client);
        FakeService.FakeStream stream = service.takeStream();
        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> {
            try {
                return server.drain(Duration.ofSeconds(60));
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        stream.finished.get(60, TimeUnit.SECONDS);
        assertThat(drained).isNotDone();
        stream.listener.onEnd(SUMMARY);
        assertThat(client.next()).contains("\"type\":\"end\"");
        assertThat(drained.get(60, TimeUnit.SECONDS)).isTrue();
        assertRefused(503);
    }
}
