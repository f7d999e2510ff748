package io.github.whisperspeedtest.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.worker.JobEnd;
import io.github.whisperspeedtest.worker.RefusedException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TranscriptionApiTest {
    private static final String TEXT = "Grüße aus Köln & <mehr>. Zweiter Satz.";

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

    private HttpResponse<String> post(String... fields) throws Exception {
        Clients.Form form = Clients.form();
        for (int i = 0; i < fields.length; i += 2) {
            form.field(fields[i], fields[i + 1]);
        }
        return Clients.post(server, form);
    }

    private TranscribeOptions optionsOf(String... fields) throws Exception {
        assertThat(post(fields).statusCode()).isEqualTo(200);
        return service.last().options;
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return new ObjectMapper().readTree(response.body());
    }

    private static String type(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("none");
    }

    @Test
    void answersWithJsonByDefault() throws Exception {
        HttpResponse<String> response = post("model", "whisper-1");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(type(response)).isEqualTo("application/json");
        assertThat(response.body())
                .isEqualTo("{\"text\":\"" + TEXT + "\",\"usage\":{\"type\":\"duration\",\"seconds\":5.5}}");
        assertThat(service.last().model).isEqualTo(FakeService.BASE);
        assertThat(service.last().content).asString().isEqualTo("recording");
        assertThat(response.headers().firstValue("Server")).isEmpty();
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    @Test
    void answersWithText() throws Exception {
        HttpResponse<String> response = post("response_format", "text");
        assertThat(type(response)).isEqualTo("text/plain; charset=utf-8");
        assertThat(response.body()).isEqualTo(TEXT + "\n");
    }

    @Test
    void answersWithSubRip() throws Exception {
        HttpResponse<String> response = post("response_format", "srt");
        assertThat(type(response)).isEqualTo("application/x-subrip; charset=utf-8");
        assertThat(cuesOfSubRip(response.body()))
                .containsExactly(
                        "00:00:00,100 00:00:02,000 Grüße aus Köln & <mehr>.",
                        "00:00:02,000 00:00:05,250 Zweiter Satz.");
    }

    @Test
    void answersWithWebVtt() throws Exception {
        HttpResponse<String> response = post("response_format", "vtt");
        assertThat(type(response)).isEqualTo("text/vtt; charset=utf-8");
        assertThat(cuesOfWebVtt(response.body()))
                .containsExactly(
                        "00:00.100 00:02.000 Grüße aus Köln &amp; &lt;mehr>.", "00:02.000 00:05.250 Zweiter Satz.");
    }

    /** Fails at anything that a strict player would not read. */
    private static List<String> cuesOfSubRip(String text) {
        return cues(text, "\\d{2,}:[0-5]\\d:[0-5]\\d,\\d{3}", true);
    }

    private static List<String> cuesOfWebVtt(String text) {
        assertThat(text).startsWith("WEBVTT\n\n");
        return cues(text.substring("WEBVTT\n\n".length()), "(?:\\d{2,}:)?[0-5]\\d:[0-5]\\d\\.\\d{3}", false);
    }

    private static List<String> cues(String text, String time, boolean numbered) {
        assertThat(text).endsWith("\n\n").doesNotContain("\r", "\n\n\n");
        List<String> cues = new ArrayList<>();
        for (String block : text.substring(0, text.length() - 2).split("\n\n", -1)) {
            List<String> lines = new ArrayList<>(List.of(block.split("\n", -1)));
            if (numbered) {
                assertThat(lines.remove(0)).isEqualTo(String.valueOf(cues.size() + 1));
            }
            String times = lines.remove(0);
            assertThat(times).matches(Pattern.compile(time + " --> " + time));
            assertThat(lines)
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).isNotBlank().doesNotContain("-->"));
            cues.add(times.replace(" --> ", " ") + " " + String.join("|", lines));
        }
        return cues;
    }

    @Test
    void answersInDetailWithNumbersEverywhere() throws Exception {
        HttpResponse<String> response = post("response_format", "verbose_json");
        assertThat(type(response)).isEqualTo("application/json");
        JsonNode json = json(response);
        assertThat(json.get("task").asText()).isEqualTo("transcribe");
        assertThat(json.get("language").asText()).isEqualTo("german");
        assertThat(json.get("duration").doubleValue()).isEqualTo(5.5);
        assertThat(json.get("text").asText()).isEqualTo(TEXT);
        assertThat(json.get("usage").toString()).isEqualTo("{\"type\":\"duration\",\"seconds\":5.5}");
        assertThat(json.has("words")).isFalse();
        assertThat(json.get("segments")).hasSize(2);
        assertThat(json.get("segments").get(0).toString())
                .startsWith("{\"id\":0,\"seek\":0,\"start\":0.1,\"end\":2.0,\"text\":\" Grüße aus Köln & <mehr>.\","
                        + "\"tokens\":[50364,7,8],\"temperature\":0.0,\"avg_logprob\":-0.25,\"compression_ratio\":")
                .endsWith(",\"no_speech_prob\":0.0}");
        assertThat(json.get("segments").get(1).toString())
                .startsWith("{\"id\":1,\"seek\":0,\"start\":2.0,\"end\":5.25,\"text\":\" Zweiter Satz.\",\"tokens\":[],"
                        + "\"temperature\":0.0,\"avg_logprob\":0.0,\"compression_ratio\":")
                .endsWith(",\"no_speech_prob\":0.125}");
        assertThat(json.get("segments").get(0).get("compression_ratio").doubleValue())
                .isBetween(0.5, 1.5);
        assertNoNulls(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "verbose_json"})
    void saysWhatIsWrongWithTheRecording(String format) throws Exception {
        String warning = "It is truncated.";
        service.behaviour = job -> job.succeed(FakeService.TRANSCRIPTION.withWarnings(List.of(warning)));
        JsonNode json = json(post("response_format", format));
        assertThat(json.get("warnings").toString()).isEqualTo("[\"" + warning + "\"]");
        assertThat(json.get("text").asText()).isEqualTo(TEXT);
    }

    private static void assertNoNulls(JsonNode json) {
        assertThat(json.isNull()).isFalse();
        for (Iterator<JsonNode> children = json.elements(); children.hasNext(); ) {
            assertNoNulls(children.next());
        }
    }

    @Test
    void replacesNumbersThatJsonCannotHave() throws Exception {
        Segment strange = new Segment(
                Duration.ofMillis(-20), Duration.ZERO, "", List.of(), Double.NEGATIVE_INFINITY, Double.NaN, List.of());
        service.behaviour = job -> job.succeed(
                new Transcription("xx", null, Duration.ZERO, List.of(strange), Timings.ofTotal(Duration.ZERO)));
        JsonNode json = json(post("response_format", "verbose_json"));
        assertThat(json.get("segments").get(0).toString())
                .isEqualTo(
                        "{\"id\":0,\"seek\":0,\"start\":0.0,\"end\":0.0,\"text\":\"\",\"tokens\":[],\"temperature\":0.0,"
                                + "\"avg_logprob\":0.0,\"compression_ratio\":0.0,\"no_speech_prob\":0.0}");
        assertThat(json.get("language").asText())
                .as("a language without a name")
                .isEqualTo("xx");
    }

    @Test
    void answersWithWordsWhereAskedFor() throws Exception {
        JsonNode json = json(post("response_format", "verbose_json", "timestamp_granularities[]", "word"));
        assertThat(json.get("words").toString())
                .isEqualTo(
                        "[{\"word\":\"Grüße\",\"start\":0.1,\"end\":0.9},{\"word\":\"aus\",\"start\":0.9,\"end\":2.0}]");
        assertThat(json.has("segments")).isFalse();
        assertThat(service.last().options.timestamps()).isEqualTo(Timestamps.WORD);

        JsonNode both = json(post(
                "timestamp_granularities[]",
                "word",
                "response_format",
                "verbose_json",
                "timestamp_granularities[]",
                "segment"));
        assertThat(both.get("words")).hasSize(2);
        assertThat(both.get("segments")).hasSize(2);
    }

    @Test
    void translates() throws Exception {
        HttpResponse<String> response = Clients.send(Clients.request(server, "/v1/audio/translations")
                .header("Content-Type", "multipart/form-data; boundary=" + Clients.BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(Clients.form()
                        .field("language", "there is no such field")
                        .field("response_format", "verbose_json")
                        .bytes())));
        JsonNode json = json(response);
        assertThat(json.get("task").asText()).isEqualTo("translate");
        assertThat(json.get("language").asText()).as("of the text").isEqualTo("english");
        assertThat(service.last().options.task()).isEqualTo(Task.TRANSLATE);
    }

    @Test
    void passesOptionsOn() throws Exception {
        TranscribeOptions defaults = TranscribeOptions.defaults();
        assertThat(optionsOf()).isEqualTo(defaults);
        assertThat(optionsOf("temperature", "0").temperatures()).isEqualTo(defaults.temperatures());
        assertThat(optionsOf("temperature", "0.0").temperatures()).isEqualTo(defaults.temperatures());
        assertThat(optionsOf("temperature", "0.3").temperatures()).containsExactly(0.3);
        assertThat(optionsOf("language", "de").language().code()).isEqualTo("de");
        assertThat(optionsOf("language", "German").language().code()).isEqualTo("de");
        assertThat(optionsOf("prompt", "Köln, Rhein").prompt()).isEqualTo("Köln, Rhein");
        assertThat(optionsOf("model", "tiny")).isEqualTo(defaults);
        assertThat(service.last().model).isEqualTo(FakeService.TINY);
    }

    @Test
    void ignoresFieldsWithoutMeaning() throws Exception {
        assertThat(optionsOf(
                        "chunking_strategy",
                        "auto",
                        "include[]",
                        "logprobs",
                        "user",
                        "me",
                        "no_such_field",
                        "1",
                        "prompt",
                        "",
                        "language",
                        ""))
                .isEqualTo(TranscribeOptions.defaults());
    }

    @Test
    void takesRecordingsWithoutNameAndAfterOtherFields() throws Exception {
        byte[] large = new byte[300_000];
        large[299_999] = 42;
        Clients.Form form = new Clients.Form().field("model", "tiny").part("name=\"file\"", large);
        assertThat(Clients.post(server, form).statusCode()).isEqualTo(200);
        assertThat(service.last().content).isEqualTo(large);
        assertThat(service.last().recording.getFileName().toString()).matches("recording-\\d+");
    }

    @ParameterizedTest
    @CsvSource({
        "response_format, diarized_json, response_format, 'json, text, srt, verbose_json, vtt'",
        "temperature, 1.5, temperature, from 0 to 1",
        "temperature, warm, temperature, from 0 to 1",
        "temperature, NaN, temperature, from 0 to 1",
        "language, klingon, language, Unknown language",
        "language, haw, , haw",
        "stream, maybe, stream, true or false",
        "timestamp_granularities[], letter, timestamp_granularities, letter",
        "timestamp_granularities[], word, timestamp_granularities, verbose_json",
    })
    void refusesWrongFields(String name, String value, String param, String message) throws Exception {
        HttpResponse<String> response = post(name, value);
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = json(response).get("error");
        assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.get("param").asText(null)).isEqualTo(param);
        assertThat(error.get("message").asText()).contains(message);
        assertThat(service.last).isNull();
    }

    @Test
    void refusesUnknownModel() throws Exception {
        HttpResponse<String> response = post("model", "gpt-4o-transcribe");
        assertThat(response.statusCode()).isEqualTo(404);
        JsonNode error = json(response).get("error");
        assertThat(error.get("code").asText()).isEqualTo("model_not_found");
        assertThat(error.get("param").asText()).isEqualTo("model");
        assertThat(error.get("message").asText()).contains("gpt-4o-transcribe", "faster/base");
    }

    @Test
    void refusesStreamOfSubtitles() throws Exception {
        assertThat(json(post("stream", "true", "response_format", "srt"))
                        .at("/error/param")
                        .asText())
                .isEqualTo("stream");
    }

    @Test
    void refusesFormWithoutRecording() throws Exception {
        HttpResponse<String> missing = Clients.post(server, new Clients.Form().field("model", "base"));
        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(json(missing).at("/error/param").asText()).isEqualTo("file");
        assertThat(json(missing).at("/error/message").asText()).contains("missing");
        HttpResponse<String> empty = Clients.post(server, new Clients.Form().file(new byte[0]));
        assertThat(empty.statusCode()).isEqualTo(400);
        assertThat(json(empty).at("/error/message").asText()).contains("empty");
    }

    @Test
    void refusesFieldThatIsTooLong() throws Exception {
        HttpResponse<String> response = post("prompt", "x".repeat(100_000));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/param").asText()).isEqualTo("prompt");
    }

    @Test
    void refusesOtherContent() throws Exception {
        HttpResponse<String> response = Clients.send(Clients.request(server, "/v1/audio/transcriptions")
                .header("Content-Type", "audio/wav")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1000])));
        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(json(response).at("/error/type").asText()).isEqualTo("invalid_request_error");
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_RECORDING, 400, invalid_request_error",
        "TOO_LONG, 413, invalid_request_error",
        "UNSUPPORTED, 400, invalid_request_error",
        "MODEL, 503, server_error",
        "ENGINE, 500, server_error",
        "TIME_LIMIT, 504, server_error",
        "CANCELLED, 499, invalid_request_error",
    })
    void reportsFailures(JobEnd.Reason reason, int status, String type) throws Exception {
        service.behaviour = job -> job.fail(reason, "What went wrong.");
        HttpResponse<String> response = post();
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).at("/error/message").asText()).isEqualTo("What went wrong.");
        assertThat(json(response).at("/error/type").asText()).isEqualTo(type);
    }

    @Test
    void tellsWhenToTryAgain() throws Exception {
        service.refusal = new RefusedException("The queue is full.", false, Duration.ofSeconds(7));
        HttpResponse<String> busy = post();
        assertThat(busy.statusCode()).isEqualTo(429);
        assertThat(busy.headers().firstValue("Retry-After")).contains("7");
        assertThat(json(busy).at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
        service.refusal = new RefusedException("Closing.", true, Duration.ofMillis(10));
        HttpResponse<String> closing = post();
        assertThat(closing.statusCode()).isEqualTo(503);
        assertThat(closing.headers().firstValue("Retry-After")).contains("1");
    }

    @Test
    void reportsDefectOfServiceWithoutDetails() throws Exception {
        service.behaviour = job -> {};
        service.defect = new IllegalStateException("/home/user/secret");
        HttpResponse<String> response = post();
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("server_error").doesNotContain("secret");
    }

    @Test
    void sendsSegmentsAsTheyAreFinished() throws Exception {
        service.hold = true;
        CompletableFuture<HttpResponse<Stream<String>>> response = Clients.http()
                .sendAsync(
                        Clients.upload(server, Clients.form().field("stream", "true"))
                                .build(),
                        HttpResponse.BodyHandlers.ofLines());
        FakeService.FakeJob job = service.take();
        job.listener.onStart();
        Iterator<String> lines = response.join().body().iterator();
        assertThat(response.join().headers().firstValue("Content-Type")).contains("text/event-stream");
        job.listener.onSegment(FakeService.TRANSCRIPTION.segments().get(0));
        assertThat(nextData(lines))
                .as("sent before the job ends")
                .isEqualTo("{\"type\":\"transcript.text.delta\",\"delta\":\"Grüße aus Köln & <mehr>.\"}");
        job.listener.onSegment(FakeService.TRANSCRIPTION.segments().get(1));
        assertThat(nextData(lines)).isEqualTo("{\"type\":\"transcript.text.delta\",\"delta\":\" Zweiter Satz.\"}");
        job.listener.onEnd(new JobEnd.Transcribed(FakeService.TRANSCRIPTION));
        assertThat(nextData(lines)).isEqualTo("{\"type\":\"transcript.text.done\",\"text\":\"" + TEXT + "\"}");
        assertThat(lines.next()).isEmpty();
        assertThat(lines.hasNext()).isFalse();
    }

    @Test
    void sendsSegmentsWithTheirTimesIfDetailsAreAskedFor() throws Exception {
        HttpResponse<String> response = post("stream", "true", "response_format", "verbose_json");
        Iterator<String> lines = response.body().lines().iterator();
        assertThat(nextData(lines))
                .isEqualTo("{\"type\":\"transcript.text.segment\",\"id\":\"0\",\"start\":0.1,\"end\":2.0,"
                        + "\"text\":\" Grüße aus Köln & <mehr>.\",\"speaker\":\"\"}");
        assertThat(nextData(lines))
                .startsWith("{\"type\":\"transcript.text.segment\",\"id\":\"1\",\"start\":2.0,\"end\":5.25,");
        assertThat(nextData(lines)).startsWith("{\"type\":\"transcript.text.done\",\"text\":\"" + TEXT);
    }

    private static String nextData(Iterator<String> lines) {
        while (true) {
            String line = lines.next();
            if (line.startsWith("data: ")) {
                return line.substring("data: ".length());
            }
            assertThat(line).matches("|:.*");
        }
    }

    @Test
    void reportsFailureAfterStartOfStreamAsEvent() throws Exception {
        service.behaviour = job -> {
            job.listener.onStart();
            job.fail(JobEnd.Reason.ENGINE, "The engine crashed.");
        };
        HttpResponse<String> response = post("stream", "true", "response_format", "text");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .endsWith("event: error\ndata: {\"error\":{\"message\":\"The engine crashed.\","
                        + "\"type\":\"server_error\",\"param\":null,\"code\":\"engine_failed\"}}\n\n");
    }

    @Test
    void reportsFailureBeforeStartOfStreamWithItsStatus() throws Exception {
        service.behaviour = job -> job.fail(JobEnd.Reason.BAD_RECORDING, "No audio.");
        HttpResponse<String> response = post("stream", "true");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/message").asText()).isEqualTo("No audio.");
    }

    @Test
    void keepsWaitingStreamsAlive(@TempDir Path other) throws Exception {
        service.hold = true;
        try (TranscriptionServer impatient =
                        TranscriptionServer.start(service, ServerSettings.of(other), Duration.ofMillis(50));
                RawClient client = new RawClient(impatient)) {
            byte[] body = Clients.form().field("stream", "true").bytes();
            client.upload("Content-Length: " + body.length).send(body);
            FakeService.FakeJob job = service.take();
            client.readUntil("\r\n\r\n");
            client.readUntil(": still running\n\n");
            client.readUntil(": still running\n\n");
            job.succeed(FakeService.TRANSCRIPTION);
            assertThat(client.readAll()).contains("transcript.text.done");
        }
    }

    @Test
    void listsModels() throws Exception {
        JsonNode json = json(Clients.get(server, "/v1/models"));
        assertThat(json.get("object").asText()).isEqualTo("list");
        assertThat(json.get("data")).hasSize(2);
        JsonNode base = json.get("data").get(0);
        assertThat(base.get("id").asText()).isEqualTo("faster/base");
        assertThat(base.get("object").asText()).isEqualTo("model");
        assertThat(base.get("owned_by").asText()).isEqualTo("faster");
        assertThat(base.get("created").isIntegralNumber()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/models/faster/tiny, faster/tiny",
        "/v1/models/faster%2Ftiny, faster/tiny",
        "/v1/models/faster%2ftiny, faster/tiny",
        "/v1/models/whisper-1, faster/base",
    })
    void describesModel(String path, String id) throws Exception {
        HttpResponse<String> response = Clients.get(server, path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).get("id").asText()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/models/none, 404, model_not_found",
        "GET, /v1/models/none%2Fsuch, 404, model_not_found",
        "GET, /v1/chat/completions, 404, not_found",
        "GET, /index.html, 404, not_found",
        "GET, /v1/audio/transcriptions, 405, ",
        "DELETE, /v1/models/base, 405, ",
        "OPTIONS, /v1/audio/transcriptions, 405, ",
        "POST, /, 405, ",
        "GET, /v1/live, 426, upgrade_required",
    })
    void refusesOtherPathsAndMethods(String method, String path, int status, String code) throws Exception {
        HttpResponse<String> response =
                Clients.send(Clients.request(server, path).method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).at("/error/type").asText()).isEqualTo("invalid_request_error");
        assertThat(json(response).at("/error/code").asText(null)).isEqualTo(code);
        assertThat(response.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    @Test
    void reportsMalformedRequestsAsTheApiDoes() throws Exception {
        try (RawClient client = new RawClient(server)) {
            String response =
                    client.send("GET /v1/models HTTP/1.1\r\nHost : :\r\n\r\n").readAll();
            assertThat(response).startsWith("HTTP/1.1 400").contains("invalid_request_error");
        }
        try (RawClient client = new RawClient(server)) {
            String response = client.send(
                            "GET /v1/%2e%2e/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .readAll();
            assertThat(response).startsWith("HTTP/1.1 400").contains("{\"error\":{\"message\"");
        }
    }

    @Test
    void reportsHealth() throws Exception {
        HttpResponse<String> response = Clients.get(server, "/health");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .isEqualTo("{\"status\":\"ok\",\"queued\":3,\"running\":2,\"live_streams\":1,"
                        + "\"workers\":[{\"model\":\"faster/base\",\"ready\":true,\"engine\":\"ONNX Runtime 1\","
                        + "\"device\":\"CPU\",\"fallback\":\"no GPU\"}],\"failed_models\":[\"faster/small\"]}");
    }

    @Test
    void countsForMonitoring() throws Exception {
        post();
        post("temperature", "9");
        // A request is counted after its response was sent.
        Await.until(() -> Clients.get(server, "/metrics").body().contains("{route=\"transcriptions\",status=\"400\"}"));
        HttpResponse<String> response = Clients.get(server, "/metrics");
        assertThat(type(response)).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body().lines())
                .contains(
                        "whisper_speedtest_requests_seconds_count{route=\"transcriptions\",status=\"200\"} 1",
                        "whisper_speedtest_requests_seconds_count{route=\"transcriptions\",status=\"400\"} 1",
                        "whisper_speedtest_audio_seconds_total 5.5",
                        "whisper_speedtest_queued 3.0",
                        "whisper_speedtest_running 2.0",
                        "whisper_speedtest_live_streams 1.0",
                        "whisper_speedtest_workers 1.0",
                        "whisper_speedtest_crashes_total 4.0",
                        "whisper_speedtest_evictions_total 5.0",
                        "whisper_speedtest_batches_total 6.0")
                .anyMatch(line -> line.startsWith("whisper_speedtest_requests_seconds_bucket{route=\"transcriptions\""))
                .anyMatch(line -> line.matches("whisper_speedtest_upload_bytes_total [1-9].*"))
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
                .anyMatch(line -> line.startsWith("jvm_threads_live_threads "));
    }

    @Test
    void servesPageThatRunsNothingElse() throws Exception {
        HttpResponse<String> response = Clients.get(server, "/");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(type(response)).isEqualTo("text/html; charset=utf-8");
        assertThat(response.body()).startsWith("<!DOCTYPE html>");
        String policy = response.headers().firstValue("Content-Security-Policy").orElseThrow();
        assertThat(policy)
                .contains("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "style-src 'sha256-")
                .doesNotContain("unsafe", "http:", "https:", "*");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    }

    @Test
    void answersHeadWithoutBody() throws Exception {
        for (String path : List.of("/", "/health", "/metrics", "/v1/models")) {
            HttpResponse<String> head =
                    Clients.send(Clients.request(server, path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0))
                    .isPositive();
        }
    }

    @Test
    void takesNamesAsUtf8() throws Exception {
        HttpResponse<String> response = Clients.get(server, "/v1/models/K%C3%B6ln");
        assertThat(json(response).at("/error/message").asText()).contains("'Köln'");
        assertThat(response.body().getBytes(StandardCharsets.UTF_8)).isNotEmpty();
    }
}
