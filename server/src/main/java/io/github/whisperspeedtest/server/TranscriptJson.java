package io.github.whisperspeedtest.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.decoding.CompressionRatio;
import io.github.whisperspeedtest.format.TranscriptFormat;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Transcripts in the forms of OpenAI's API. */
final class TranscriptJson {
    private TranscriptJson() {}

    /** Returns the body of a response. */
    static String body(TranscriptionForm form, Transcription transcription) {
        return switch (form.format()) {
            case JSON -> Replies.text(brief(transcription));
            case VERBOSE_JSON -> Replies.text(verbose(form, transcription));
            case TEXT -> transcription.text() + "\n";
            case SRT -> written(TranscriptFormat.SRT, transcription);
            case VTT -> written(TranscriptFormat.VTT, transcription);
        };
    }

    private static String written(TranscriptFormat format, Transcription transcription) {
        StringWriter text = new StringWriter();
        try {
            format.write(transcription, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static ObjectNode brief(Transcription transcription) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("text", transcription.text());
        addUsage(json, transcription);
        return json;
    }

    /** Returns the data of the event for a finished segment. */
    static String delta(String text) {
        return Replies.text(JsonNodeFactory.instance
                .objectNode()
                .put("type", "transcript.text.delta")
                .put("delta", text));
    }

    /** Returns the data of the event for a finished segment with its times. */
    static String segment(int id, Segment segment) {
        return Replies.text(JsonNodeFactory.instance
                .objectNode()
                .put("type", "transcript.text.segment")
                .put("id", Integer.toString(id))
                .put("start", seconds(segment.start()))
                .put("end", seconds(segment.end()))
                .put("text", segment.text())
                // Clients with static types require one.
                .put("speaker", ""));
    }

    /** Returns the data of the last event. */
    static String done(Transcription transcription) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("type", "transcript.text.done")
                .put("text", transcription.text());
        // OpenAI's event has a usage of tokens only, which clients with static types require.
        addWarnings(json, transcription);
        return Replies.text(json);
    }

    private static void addUsage(ObjectNode json, Transcription transcription) {
        json.putObject("usage").put("type", "duration").put("seconds", seconds(transcription.duration()));
        addWarnings(json, transcription);
    }

    /** Adds what is wrong with the recording, if anything is. OpenAI's clients ignore it. */
    private static void addWarnings(ObjectNode json, Transcription transcription) {
        if (!transcription.warnings().isEmpty()) {
            ArrayNode warnings = json.putArray("warnings");
            transcription.warnings().forEach(warnings::add);
        }
    }

    /** Every number is present, because clients with static types fail where one is null; 0 stands for an unknown one. */
    private static ObjectNode verbose(TranscriptionForm form, Transcription transcription) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        boolean translated = form.options().task() == Task.TRANSLATE;
        json.put("task", translated ? "translate" : "transcribe");
        json.put("language", name(translated ? "en" : transcription.language()));
        json.put("duration", seconds(transcription.duration()));
        json.put("text", transcription.text());
        if (form.words()) {
            ArrayNode words = json.putArray("words");
            for (Segment segment : transcription.segments()) {
                for (Word word : segment.words()) {
                    words.addObject()
                            .put("word", word.text().strip())
                            .put("start", seconds(word.start()))
                            .put("end", seconds(word.end()));
                }
            }
        }
        if (form.segments()) {
            ArrayNode segments = json.putArray("segments");
            double temperature = form.options().temperatures().get(0);
            for (Segment segment : transcription.segments()) {
                add(segments, segment, temperature);
            }
        }
        addUsage(json, transcription);
        return json;
    }

    private static void add(ArrayNode segments, Segment segment, double temperature) {
        ObjectNode json = segments.addObject();
        json.put("id", segments.size() - 1);
        json.put("seek", 0);
        json.put("start", seconds(segment.start()));
        json.put("end", seconds(segment.end()));
        json.put("text", segment.text());
        ArrayNode tokens = json.putArray("tokens");
        segment.tokens().forEach(tokens::add);
        json.put("temperature", temperature);
        json.put("avg_logprob", orZero(segment.averageLogProbability()));
        json.put("compression_ratio", CompressionRatio.of(segment.text().strip()));
        json.put("no_speech_prob", orZero(segment.noSpeechProbability()));
    }

    private static String name(String code) {
        return Language.codes().contains(code) ? new Language.Fixed(code).englishName() : code;
    }

    private static double orZero(@Nullable Double value) {
        return value == null || !Double.isFinite(value) ? 0 : value;
    }

    /** Returns a time in seconds, to milliseconds; a time before the recording as its start. */
    static double seconds(Duration time) {
        return Math.max(0, Math.round(time.toNanos() / 1e6)) / 1000.0;
    }
}
