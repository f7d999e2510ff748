package io.github.whisperspeedtest.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.github.whisperspeedtest.decoding.CompressionRatio;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

final class JsonWriter implements TranscriptWriter {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    @Override
    public void write(Transcription transcription, @Nullable RunDetails run, Writer target) throws IOException {
        boolean hasTokens =
                transcription.segments().stream().anyMatch(s -> !s.tokens().isEmpty());
        boolean hasWords =
                transcription.segments().stream().anyMatch(s -> !s.words().isEmpty());
        try (JsonGenerator json = JSON.createGenerator(target)) {
            json.writeStartObject();
            json.writeStringField(
                    "text", transcription.segments().stream().map(Segment::text).collect(Collectors.joining()));
            json.writeArrayFieldStart("segments");
            int id = 0;
            for (Segment segment : transcription.segments()) {
                writeSegment(json, id, segment, hasTokens, hasWords);
                id++;
            }
            json.writeEndArray();
            json.writeStringField("language", transcription.language());
            if (!transcription.warnings().isEmpty()) {
                json.writeArrayFieldStart("warnings");
                for (String warning : transcription.warnings()) {
                    json.writeString(warning);
                }
                json.writeEndArray();
            }
            if (run != null) {
                json.writeFieldName("run");
                RunDetailsJson.write(json, run);
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void writeSegment(JsonGenerator json, int id, Segment segment, boolean hasTokens, boolean hasWords)
            throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", id);
        writeTimes(json, segment.start(), segment.end());
        json.writeStringField("text", segment.text());
        if (hasTokens) {
            json.writeArrayFieldStart("tokens");
            for (int token : segment.tokens()) {
                json.writeNumber(token);
            }
            json.writeEndArray();
        }
        writeKnown(json, "avg_logprob", segment.averageLogProbability());
        json.writeNumberField(
                "compression_ratio", CompressionRatio.of(segment.text().strip()));
        writeKnown(json, "no_speech_prob", segment.noSpeechProbability());
        if (hasWords) {
            json.writeArrayFieldStart("words");
            for (Word word : segment.words()) {
                writeWord(json, word);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** Writes a number unless it is unknown or infinite, which JSON cannot represent. */
    private static void writeKnown(JsonGenerator json, String name, @Nullable Double value) throws IOException {
        if (value != null && Double.isFinite(value)) {
            json.writeNumberField(name, value);
        }
    }

    private static void writeWord(JsonGenerator json, Word word) throws IOException {
        json.writeStartObject();
        json.writeStringField("word", word.text());
        writeTimes(json, word.start(), word.end());
        writeKnown(json, "probability", word.probability());
        json.writeEndObject();
    }

    private static void writeTimes(JsonGenerator json, Duration start, Duration end) throws IOException {
        long startHundredths = Math.max(0, hundredths(start));
        json.writeNumberField("start", startHundredths / 100.0);
        json.writeNumberField("end", Math.max(startHundredths, hundredths(end)) / 100.0);
    }

    private static long hundredths(Duration offset) {
        return offset.plusMillis(5).toMillis() / 10;
    }
}
