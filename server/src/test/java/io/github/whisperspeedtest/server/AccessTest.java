package io.github.whisperspeedtest.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static final String KEY = "sk-4711";

    @TempDir
    private Path spool;

    private final FakeService service = new FakeService();
    private TranscriptionServer server;

    private void start(@Nullable String key) {
        server = TranscriptionServer.start(service, ServerSettings.of(spool).withApiKey(key));
    }

    @AfterEach
    void stop() {
        server.close();
        service.close();
    }

    private String ask(String path, String... headers) throws IOException {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header.replace("PORT", String.valueOf(server.uri().getPort())))
                    .append("\r\n");
        }
        try (RawClient client = new RawClient(server)) {
            return client.send(request.append("\r\n").toString()).readAll();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:PORT", "LOCALHOST:PORT", "127.0.0.1:PORT", "[::1]:PORT", "localhost"})
    void servesItsOwnNames(String host) throws Exception {
        start(null);
        assertThat(ask("/v1/models", "Host: " + host)).startsWith("HTTP/1.1 200");
    }

    /** A name of the attacker that was pointed at this machine; the page is then of the same origin. */
    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:PORT", "localhost.evil.example:PORT", "192.168.0.7:PORT"})
    void refusesForeignNamesWithoutKey(String host) throws Exception {
        start(null);
        for (String path : new String[] {"/", "/health", "/v1/models", "/metrics"}) {
            assertThat(ask(path, "Host: " + host, "Origin: http://" + host))
                    .startsWith("HTTP/1.1 403")
                    .contains("permission_error");
        }
    }

    /** A browser looks up no address, so no page can be of the same origin. */
    @Test
    void servesItsAddressesInNetwork() {
        start(null);
        Access access = new Access(ServerSettings.of(spool).withAddress("asr.local", 0), false);
        assertThat(access.isKnown("192.168.0.7")).isTrue();
        assertThat(access.isKnown("[fe80::1]")).isTrue();
        assertThat(access.isKnown("asr.local")).isTrue();
        assertThat(access.isKnown("evil.example")).isFalse();
        assertThat(access.isKnown("192.168.0.7.evil.example")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:PORT, 200",
        "http://LOCALHOST:PORT, 200",
        "http://127.0.0.1:PORT, 403",
        "http://localhost:1, 403",
        "http://localhost, 403",
        "http://evil.example, 403",
        "null, 403",
        "chrome-extension://abc, 403",
        "%, 403",
    })
    void refusesPagesOfOtherOrigins(String origin, int status) throws Exception {
        start(null);
        assertThat(ask("/v1/models", "Host: localhost:PORT", "Origin: " + origin))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void refusesUploadOfForeignPage() throws Exception {
        start(null);
        HttpResponse<String> response =
                Clients.send(Clients.upload(server, Clients.form()).header("Origin", "https://evil.example"));
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(service.last).isNull();
    }

    @Test
    void servesBehindProxyWithKey() throws Exception {
        start(KEY);
        String[] headers = {"Host: asr.example", "Origin: https://asr.example", "Authorization: Bearer " + KEY};
        assertThat(ask("/v1/models", headers)).startsWith("HTTP/1.1 200");
        headers[1] = "Origin: https://evil.example";
        assertThat(ask("/v1/models", headers)).startsWith("HTTP/1.1 403");
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer sk-4711, 200",
        "bearer sk-4711, 200",
        "Bearer  sk-4711, 200",
        "Bearer sk-4712, 401",
        "Bearer sk-47112, 401",
        "Bearer, 401",
        "Basic c2stNDcxMQ==, 401",
        "sk-4711, 401",
    })
    void comparesKey(String authorization, int status) throws Exception {
        start(KEY);
        for (String path : new String[] {"/v1/models", "/v1/models/base", "/metrics"}) {
            String response = ask(path, "Host: localhost", "Authorization: " + authorization);
            assertThat(response).startsWith("HTTP/1.1 " + status).doesNotContain(KEY);
            if (status == 401) {
                assertThat(response).contains("authentication_error", "invalid_api_key", "WWW-Authenticate: Bearer");
            }
        }
    }

    @Test
    void requiresKeyOfUploads() throws Exception {
        start(KEY);
        assertThat(Clients.post(server, Clients.form()).statusCode()).isEqualTo(401);
        assertThat(service.last).isNull();
        HttpRequest.Builder request = Clients.upload(server, Clients.form()).header("Authorization", "Bearer " + KEY);
        assertThat(Clients.send(request).statusCode()).isEqualTo(200);
    }

    @Test
    void showsPageAndHealthWithoutKey() throws Exception {
        start(KEY);
        assertThat(ask("/", "Host: localhost")).startsWith("HTTP/1.1 200");
        assertThat(ask("/health", "Host: localhost")).startsWith("HTTP/1.1 200");
    }

    @Test
    void keepsKeyOutOfText() {
        start(KEY);
        assertThat(ServerSettings.of(spool).withApiKey(KEY)).asString().doesNotContain(KEY);
    }
}
