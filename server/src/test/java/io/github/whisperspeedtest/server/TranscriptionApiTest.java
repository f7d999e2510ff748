package io.github.whisperspeedtest.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranscriptionApiTest {
    @TempDir
    private Path spool;

    private final FakeService service = new FakeService();
    private TranscriptionServer server;

    @BeforeEach
    void start() {
        server = TranscriptionServer.start(service, ServerSettings.of(spool));
    }

    @AfterEach
    void stop() {
        server.close();
        service.close();
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return new ObjectMapper().readTree(response.body());
    }

    @Test
    void transcribesToJson() throws Exception {
        HttpResponse<String> response = Clients.post(server, Clients.form().field("model", "whisper-1"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body())
                .isEqualTo("{\"text\":\"Grüße aus Köln & <mehr>. Zweiter Satz.\","
                        + "\"usage\":{\"type\":\"duration\",\"seconds\":5.5}}");
        assertThat(service.last.content).asString().isEqualTo("recording");
    }

    @Test
    void sendsSegmentsAsEvents() throws Exception {
        HttpResponse<String> response = Clients.post(server, Clients.form().field("stream", "true"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body().lines().filter(line -> line.startsWith("data: ")))
                .containsExactly(
                        "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Grüße aus Köln & <mehr>.\"}",
                        "data: {\"type\":\"transcript.text.delta\",\"delta\":\" Zweiter Satz.\"}",
                        "data: {\"type\":\"transcript.text.done\",\"text\":\"Grüße aus Köln & <mehr>. Zweiter Satz.\","
                                + "\"usage\":{\"type\":\"duration\",\"seconds\":5.5}}");
    }
}
