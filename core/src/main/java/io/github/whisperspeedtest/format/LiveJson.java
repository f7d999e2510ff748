package io.github.whisperspeedtest.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.transcription.Word;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** Writes events of a stream as JSON, one line each. */
public final class LiveJson {
    private static final JsonFactory JSON = new JsonFactory();

    private LiveJson() {}

    /** Returns the event as one line, with the line feed at its end. Times are in seconds. */
    public static String line(StreamingEvent event) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            if (event instanceof StreamingEvent.Partial partial) {
                begin(json, "partial", event);
                writeWords(json, partial.words());
            } else if (event instanceof StreamingEvent.Confirmed confirmed) {
                begin(json, "confirmed", event);
                writeWords(json, confirmed.words());
            } else if (event instanceof StreamingEvent.UtteranceEnd end) {
                begin(json, "utterance_end", event);
                writeTime(json, "start", end.segment().start());
                writeTime(json, "end", end.segment().end());
                json.writeStringField("text", end.segment().text());
            } else if (event instanceof StreamingEvent.Slow slow) {
                begin(json, "slow", event);
                writeTime(json, "decode_time", slow.decodeTime());
                writeTime(json, "step", slow.step());
            } else if (event instanceof StreamingEvent.Skipped skipped) {
                begin(json, "skipped", event);
                writeTime(json, "from", skipped.from());
                writeTime(json, "to", skipped.to());
            }
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    private static void begin(JsonGenerator json, String name, StreamingEvent event) throws IOException {
        json.writeStringField("event", name);
        writeTime(json, "at", event.at());
    }

    private static void writeWords(JsonGenerator json, List<Word> words) throws IOException {
        json.writeArrayFieldStart("words");
        for (Word word : words) {
            json.writeStartObject();
            json.writeStringField("word", word.text());
            writeTime(json, "start", word.start());
            writeTime(json, "end", word.end());
            json.writeNumberField("probability", Math.round(word.probability() * 1000) / 1000.0);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeTime(JsonGenerator json, String name, Duration time) throws IOException {
        json.writeNumberField(name, Cue.millis(time) / 1000.0);
    }
}
