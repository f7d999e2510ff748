package io.github.whisperspeedtest.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.audio.AudioResponseFormat;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams.TimestampGranularity;
import com.openai.models.audio.transcriptions.TranscriptionSegment;
import com.openai.models.audio.transcriptions.TranscriptionStreamEvent;
import com.openai.models.audio.transcriptions.TranscriptionVerbose;
import com.openai.models.audio.translations.TranslationCreateParams;
import com.openai.models.models.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's Java library. Only the address differs from its use with OpenAI's own service. */
@Tag("end-to-end")
class OpenAiJavaTest {
    @TempDir
    private static Path shared;

    private static DemoService service;
    private static OpenAIClient client;
    private static Path recording;

    @BeforeAll
    static void startServer() throws IOException {
        service = DemoService.start(shared);
        client = client(service.serve(), "none");
        recording = Recordings.write(Recordings.SENTENCES, shared.resolve("talk.flac"));
    }

    @AfterAll
    static void stopServer() {
        client.close();
        service.close();
    }

    @Test
    void transcribes() {
        assertThat(client.audio()
                        .transcriptions()
                        .create(request().build())
                        .asTranscription()
                        .text())
                .isEqualTo(Recordings.SENTENCES.reference());
    }

    @Test
    void transcribesWithTimesOfSegmentsAndWords() {
        TranscriptionVerbose verbose = client.audio()
                .transcriptions()
                .create(request()
                        .responseFormat(AudioResponseFormat.VERBOSE_JSON)
                        .addTimestampGranularity(TimestampGranularity.SEGMENT)
                        .addTimestampGranularity(TimestampGranularity.WORD)
                        .build())
                .asVerbose();

        assertThat(verbose.text()).isEqualTo(Recordings.SENTENCES.reference());
        assertThat(verbose.language()).isEqualTo("english");
        List<TranscriptionSegment> segments = verbose.segments().orElseThrow();
        assertThat(segments.stream()
                        .map(TranscriptionSegment::text)
                        .collect(Collectors.joining())
                        .strip())
                .isEqualTo(verbose.text());
        assertThat(segments.get(0).start()).isCloseTo(0.7, within(0.5));
        assertThat(segments).allSatisfy(segment -> {
            segment.validate();
            assertThat(segment.end()).isGreaterThan(segment.start());
        });
        assertThat(verbose.words().orElseThrow())
                .hasSize(Recordings.SENTENCES.reference().split(" ").length)
                .first()
                .satisfies(word -> assertThat(word.word()).isEqualTo("Call"));
    }

    @Test
    void transcribesAsSubtitles() {
        String srt = client.audio()
                .transcriptions()
                .create(request().responseFormat(AudioResponseFormat.SRT).build())
                .asTranscription()
                .text();

        assertThat(srt).startsWith("1\n00:00:0").contains(" --> 00:00:", "Call Anna.");
    }

    @Test
    void streams() {
        try (StreamResponse<TranscriptionStreamEvent> stream =
                client.audio().transcriptions().createStreaming(request().build())) {
            List<TranscriptionStreamEvent> events = stream.stream().toList();
            String pieces = events.stream()
                    .flatMap(event -> event.transcriptTextDelta().stream())
                    .map(delta -> delta.delta())
                    .collect(Collectors.joining());

            assertThat(pieces).isEqualTo(Recordings.SENTENCES.reference());
            assertThat(events.get(events.size() - 1).asTranscriptTextDone().text())
                    .isEqualTo(pieces);
            assertThat(events).hasSizeGreaterThan(2);
        }
    }

    @Test
    void streamsSegmentsWithTimes() {
        try (StreamResponse<TranscriptionStreamEvent> stream = client.audio()
                .transcriptions()
                .createStreaming(request()
                        .responseFormat(AudioResponseFormat.VERBOSE_JSON)
                        .build())) {
            List<TranscriptionStreamEvent> events = stream.stream().toList();

            assertThat(events.get(0).asTranscriptTextSegment().start()).isCloseTo(0.7, within(0.5));
            assertThat(events.stream()
                            .flatMap(event -> event.transcriptTextSegment().stream())
                            .map(segment -> segment.text())
                            .collect(Collectors.joining())
                            .strip())
                    .isEqualTo(Recordings.SENTENCES.reference());
            assertThat(events.get(events.size() - 1).isTranscriptTextDone()).isTrue();
        }
    }

    @Test
    @SuppressWarnings("deprecation") // OpenAI itself has no more models that translate.
    void translates() {
        assertThat(client.audio()
                        .translations()
                        .create(TranslationCreateParams.builder()
                                .file(recording)
                                .model("whisper-1")
                                .build())
                        .asTranslation()
                        .text())
                .isNotBlank();
    }

    @Test
    void listsModels() {
        assertThat(client.models().list().autoPager()).extracting(Model::id).startsWith("faster/micro");
        assertThat(client.models().retrieve("faster/micro").id()).isEqualTo("faster/micro");
    }

    @Test
    void errorsHaveTheirOwnTypes() throws IOException {
        assertThatThrownBy(() -> client.audio()
                        .transcriptions()
                        .create(request().model("faster/none").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("faster/none");
        Path text = Files.writeString(shared.resolve("notes.txt"), "These are notes.");
        assertThatThrownBy(() -> client.audio()
                        .transcriptions()
                        .create(request().file(text).build()))
                .isInstanceOf(BadRequestException.class);
        String locked = service.serve(settings -> settings.withApiKey("right"));
        OpenAIClient wrong = client(locked, "wrong");
        assertThatThrownBy(() -> wrong.models().list())
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("The API key is wrong.");
        wrong.close();
        OpenAIClient right = client(locked, "right");
        assertThat(right.models().list().data()).isNotEmpty();
        right.close();
    }

    private static OpenAIClient client(String server, String key) {
        return OpenAIOkHttpClient.builder().baseUrl(server + "v1").apiKey(key).build();
    }

    private static TranscriptionCreateParams.Builder request() {
        return TranscriptionCreateParams.builder().file(recording).model("whisper-1");
    }
}
