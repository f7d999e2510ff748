package io.github.whisperspeedtest.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Word;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveTranscriptWriterTest {
    private static final Duration AT = Duration.ofMillis(9_500);

    private final StringWriter target = new StringWriter();

    @Test
    void writesWordsAsTheyAreConfirmed() {
        LiveTranscriptWriter writer = writer(LiveFormat.TXT);
        writer.onEvent(new StreamingEvent.Partial(AT, words(" Hello", " wor")));
        assertThat(target.toString()).isEmpty();
        writer.onEvent(new StreamingEvent.Confirmed(AT, words(" Hello")));
        assertThat(target.toString()).isEqualTo("Hello");
        writer.onEvent(new StreamingEvent.Confirmed(AT, words(" world.")));
        writer.onEvent(end(" Hello", " world."));
        writer.onEvent(new StreamingEvent.Confirmed(AT, words(" Next")));
        assertThat(target.toString()).isEqualTo("Hello world.\nNext");
    }

    @Test
    void numbersCuesOfTheWholeStream() {
        LiveTranscriptWriter writer = writer(LiveFormat.SRT);
        writer.onEvent(new StreamingEvent.Confirmed(AT, words(" Hello")));
        assertThat(target.toString()).isEmpty();
        writer.onEvent(end(" Hello", " world."));
        assertThat(target.toString()).isEqualTo("1\n00:00:00,000 --> 00:00:02,000\nHello world.\n\n");
        writer.onEvent(end(" Next."));
        assertThat(target.toString()).endsWith("\n\n2\n00:00:00,000 --> 00:00:01,000\nNext.\n\n");
    }

    @Test
    void dividesLongUtterancesIntoCuesOfTwoLines() {
        LiveTranscriptWriter writer = writer(LiveFormat.SRT);
        String[] words = new String[30];
        Arrays.fill(words, " something");
        writer.onEvent(end(words));
        assertThat(target.toString().lines().filter(line -> line.contains("something")))
                .allMatch(line -> line.length() <= 42)
                .hasSize(8);
        assertThat(target.toString().lines().filter(line -> line.contains("-->")))
                .hasSize(4);
    }

    @Test
    void vttIsValidBeforeTheFirstCue() {
        LiveTranscriptWriter writer = writer(LiveFormat.VTT);
        assertThat(target.toString()).isEqualTo("WEBVTT\n\n");
        writer.onEvent(end(" a<b"));
        assertThat(target.toString()).isEqualTo("WEBVTT\n\n00:00.000 --> 00:01.000\na&lt;b\n\n");
    }

    @Test
    void writesOneObjectPerEvent() throws IOException {
        LiveTranscriptWriter writer = writer(LiveFormat.JSONL);
        writer.onEvent(new StreamingEvent.Partial(AT, List.of()));
        writer.onEvent(new StreamingEvent.Confirmed(AT, words(" Hello\n")));
        writer.onEvent(end(" Hello"));
        writer.onEvent(new StreamingEvent.Slow(AT, Duration.ofSeconds(2), Duration.ofMillis(2500)));
        writer.onEvent(new StreamingEvent.Skipped(AT, Duration.ofSeconds(1), Duration.ofSeconds(4)));
        List<JsonNode> lines = new ArrayList<>();
        for (String line : target.toString().split("\n")) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines)
                .extracting(line -> line.get("event").asText())
                .containsExactly("partial", "confirmed", "utterance_end", "slow", "skipped");
        assertThat(lines).allMatch(line -> line.get("at").asDouble() == 9.5);
        assertThat(lines.get(0).get("words")).isEmpty();
        assertThat(lines.get(1).get("words").get(0).get("word").asText()).isEqualTo(" Hello\n");
        assertThat(lines.get(1).get("words").get(0).get("end").asDouble()).isEqualTo(1);
        assertThat(lines.get(1).get("words").get(0).get("probability").asDouble())
                .isEqualTo(0.667);
        assertThat(lines.get(2).get("text").asText()).isEqualTo(" Hello");
        assertThat(lines.get(3).get("step").asDouble()).isEqualTo(2.5);
        assertThat(lines.get(4).get("to").asDouble()).isEqualTo(4);
    }

    @Test
    void throwsWhatTheTargetThrows() {
        Writer full = new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        LiveTranscriptWriter writer = new LiveTranscriptWriter(LiveFormat.SRT, SubtitleOptions.none(), full);
        assertThatThrownBy(() -> writer.onEvent(end(" Hello"))).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void namesTheKnownFormats() {
        assertThat(LiveFormat.parse(" JSONL ")).isEqualTo(LiveFormat.JSONL);
        assertThatThrownBy(() -> LiveFormat.parse("json"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessage("Unknown live format 'json'. Use one of: txt, srt, vtt, jsonl.");
    }

    private LiveTranscriptWriter writer(LiveFormat format) {
        return new LiveTranscriptWriter(format, SubtitleOptions.none(), target);
    }

    private static StreamingEvent end(String... texts) {
        List<Word> words = words(texts);
        return new StreamingEvent.UtteranceEnd(
                AT,
                new Segment(
                        words.get(0).start(),
                        words.get(words.size() - 1).end(),
                        String.join("", texts),
                        List.of(),
                        null,
                        null,
                        words));
    }

    private static List<Word> words(String... texts) {
        List<Word> words = new ArrayList<>();
        for (String text : texts) {
            words.add(new Word(Duration.ofSeconds(words.size()), Duration.ofSeconds(words.size() + 1L), text, 2.0 / 3));
        }
        return words;
    }
}
