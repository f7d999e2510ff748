package io.github.whisperspeedtest.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.io.ByteArrayOutputStream;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TranscriptFormatTest {
    private static final Transcription SPEECH = transcription(
            segment(0, 2480, " Grüße aus Köln."),
            segment(61_007, 62_000, " 你好 👋🏽 שלום"),
            segment(3_723_004, 36_000_000, " The end."));

    private static final Transcription HOSTILE = transcription(
            segment(-500, -100, " a --> b ---> c"),
            segment(2000, 1000, "first\r\n\r\nsecond \u2028 third\n"),
            segment(3000, 4000, " \n "),
            segment(4000, 5000, "tab\there & <i>there</i>"));

    private static final Transcription EMPTY = transcription();

    @Test
    void txtHasOneLinePerSegment() throws IOException {
        assertThat(written(TranscriptFormat.TXT, SPEECH)).isEqualTo("""
                        Grüße aus Köln.
                        你好 👋🏽 שלום
                        The end.
                        """);
    }

    @Test
    void srtHasNumbersHoursAndCommas() throws IOException {
        assertThat(written(TranscriptFormat.SRT, SPEECH)).isEqualTo("""
                        1
                        00:00:00,000 --> 00:00:02,480
                        Grüße aus Köln.

                        2
                        00:01:01,007 --> 00:01:02,000
                        你好 👋🏽 שלום

                        3
                        01:02:03,004 --> 10:00:00,000
                        The end.

                        """);
    }

    @Test
    void vttHasHoursOnlyIfNeeded() throws IOException {
        assertThat(written(TranscriptFormat.VTT, SPEECH)).isEqualTo("""
                        WEBVTT

                        00:00.000 --> 00:02.480
                        Grüße aus Köln.

                        01:01.007 --> 01:02.000
                        你好 👋🏽 שלום

                        01:02:03.004 --> 10:00:00.000
                        The end.

                        """);
    }

    @Test
    void tsvHasWholeMilliseconds() throws IOException {
        assertThat(written(TranscriptFormat.TSV, SPEECH)).isEqualTo("""
                        start\tend\ttext
                        0\t2480\tGrüße aus Köln.
                        61007\t62000\t你好 👋🏽 שלום
                        3723004\t36000000\tThe end.
                        """);
    }

    @Test
    void jsonOmitsUnknownValues() throws IOException {
        assertThat(written(TranscriptFormat.JSON, SPEECH))
                .isEqualTo("{\"text\":\" Grüße aus Köln. 你好 👋🏽 שלום The end.\",\"segments\":["
                        + "{\"id\":0,\"start\":0.0,\"end\":2.48,\"text\":\" Grüße aus Köln.\","
                        + "\"compression_ratio\":" + ratio("Grüße aus Köln.") + "},"
                        + "{\"id\":1,\"start\":61.01,\"end\":62.0,\"text\":\" 你好 👋🏽 שלום\","
                        + "\"compression_ratio\":" + ratio("你好 👋🏽 שלום") + "},"
                        + "{\"id\":2,\"start\":3723.0,\"end\":36000.0,\"text\":\" The end.\","
                        + "\"compression_ratio\":" + ratio("The end.") + "}],"
                        + "\"language\":\"de\"}\n");
    }

    @Test
    void jsonContainsAllReportedValues() throws IOException {
        Segment told = new Segment(
                Duration.ZERO,
                Duration.ofMillis(1234),
                " Hi",
                List.of(50364, 2421),
                -0.25,
                0.125,
                List.of(new Word(Duration.ofMillis(104), Duration.ofMillis(556), " Hi", 0.75)));
        Segment silent = new Segment(
                Duration.ofSeconds(2), Duration.ofSeconds(3), "", List.of(), Double.NEGATIVE_INFINITY, null, List.of());

        assertThat(written(TranscriptFormat.JSON, transcription(told, silent)))
                .isEqualTo("{\"text\":\" Hi\",\"segments\":["
                        + "{\"id\":0,\"start\":0.0,\"end\":1.23,\"text\":\" Hi\",\"tokens\":[50364,2421],"
                        + "\"avg_logprob\":-0.25,\"compression_ratio\":" + ratio("Hi") + ",\"no_speech_prob\":0.125,"
                        + "\"words\":[{\"word\":\" Hi\",\"start\":0.1,\"end\":0.56,\"probability\":0.75}]},"
                        + "{\"id\":1,\"start\":2.0,\"end\":3.0,\"text\":\"\",\"tokens\":[],"
                        + "\"compression_ratio\":0.0,\"words\":[]}],"
                        + "\"language\":\"de\"}\n");
    }

    @Test
    void jsonOmitsNonFiniteNumbers() throws IOException {
        Segment strange = new Segment(
                Duration.ZERO,
                Duration.ofSeconds(1),
                " a",
                List.of(),
                Double.NEGATIVE_INFINITY,
                Double.NaN,
                List.of(new Word(Duration.ZERO, Duration.ofSeconds(1), " a", Double.NaN)));

        assertThat(written(TranscriptFormat.JSON, transcription(strange)))
                .contains("{\"word\":\" a\",\"start\":0.0,\"end\":1.0}")
                .doesNotContain("NaN", "Infinity");
    }

    @Test
    void compressionRatioIsThatOfStrippedText() throws IOException {
        String loop = "again ".repeat(100);

        assertThat(written(TranscriptFormat.JSON, transcription(segment(0, 1000, loop))))
                .contains("\"compression_ratio\":" + ratio(loop.strip()) + "}");
        // OpenAI's program treats a window above 2.4 as a loop.
        assertThat(ratio(loop.strip())).isGreaterThan(2.4);
    }

    @Test
    void textCannotBreakSrt() throws IOException {
        assertThat(written(TranscriptFormat.SRT, HOSTILE)).isEqualTo("""
                        1
                        00:00:00,000 --> 00:00:00,000
                        a -> b -> c

                        2
                        00:00:02,000 --> 00:00:02,000
                        first second third

                        3
                        00:00:04,000 --> 00:00:05,000
                        tab\there & <i>there</i>

                        """);
    }

    @Test
    void textCannotBreakVtt() throws IOException {
        assertThat(written(TranscriptFormat.VTT, HOSTILE)).isEqualTo("""
                        WEBVTT

                        00:00.000 --> 00:00.000
                        a -> b -> c

                        00:02.000 --> 00:02.000
                        first second third

                        00:04.000 --> 00:05.000
                        tab\there &amp; &lt;i>there&lt;/i>

                        """);
    }

    @Test
    void textCannotBreakTsv() throws IOException {
        assertThat(written(TranscriptFormat.TSV, HOSTILE)).isEqualTo("""
                        start\tend\ttext
                        0\t0\ta --> b ---> c
                        2000\t2000\tfirst second third
                        4000\t5000\ttab here & <i>there</i>
                        """);
    }

    @Test
    void jsonTimesNeverDecrease() throws IOException {
        assertThat(written(TranscriptFormat.JSON, HOSTILE))
                .contains("\"start\":0.0,\"end\":0.0,")
                .contains("\"start\":2.0,\"end\":2.0,");
    }

    @Test
    void timesAreRoundedToTheNearestMillisecond() throws IOException {
        Segment fine = new Segment(
                Duration.ofNanos(1_499_999), Duration.ofNanos(59_999_500_000L), "x", List.of(), null, null, List.of());

        assertThat(written(TranscriptFormat.VTT, transcription(fine))).contains("00:00.001 --> 01:00.000");
    }

    @Test
    void emptyTranscriptHasHeadersOnly() throws IOException {
        assertThat(written(TranscriptFormat.TXT, EMPTY)).isEmpty();
        assertThat(written(TranscriptFormat.SRT, EMPTY)).isEmpty();
        assertThat(written(TranscriptFormat.VTT, EMPTY)).isEqualTo("WEBVTT\n\n");
        assertThat(written(TranscriptFormat.TSV, EMPTY)).isEqualTo("start\tend\ttext\n");
        assertThat(written(TranscriptFormat.JSON, EMPTY))
                .isEqualTo("{\"text\":\"\",\"segments\":[],\"language\":\"de\"}\n");
    }

    @ParameterizedTest
    @EnumSource
    void doesNotCloseTarget(TranscriptFormat format) throws IOException {
        boolean[] closed = new boolean[1];
        FilterWriter target = new FilterWriter(new StringWriter()) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };

        format.write(SPEECH, target);

        assertThat(closed[0]).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void findsFormatByExtension(TranscriptFormat format) {
        assertThat(TranscriptFormat.parse(format.extension())).isEqualTo(format);
        assertThat(TranscriptFormat.parse(" " + format.name())).isEqualTo(format);
    }

    @Test
    void unknownNameListsKnownFormats() {
        assertThatThrownBy(() -> TranscriptFormat.parse("docx"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessage("Unknown transcript format 'docx'. Use one of: txt, srt, vtt, tsv, json.");
    }

    @Test
    void jsonContainsWarningsIfAny() throws IOException {
        Transcription plain = transcription(segment(0, 1_000, "Eins"));

        assertThat(written(TranscriptFormat.JSON, plain)).doesNotContain("warnings");
        assertThat(written(TranscriptFormat.JSON, plain.withWarnings(List.of("It is \"cut off\"."))))
                .endsWith(",\"warnings\":[\"It is \\\"cut off\\\".\"]}\n");
    }

    private static String written(TranscriptFormat format, Transcription transcription) throws IOException {
        StringWriter target = new StringWriter();
        format.write(transcription, target);
        return target.toString();
    }

    /** Not a constant, because builds of zlib differ by a byte or two. */
    private static double ratio(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (DeflaterOutputStream zlib = new DeflaterOutputStream(compressed)) {
            zlib.write(bytes);
        }
        return (double) bytes.length / compressed.size();
    }

    private static Transcription transcription(Segment... segments) {
        return new Transcription(
                "de", null, Duration.ofHours(11), List.of(segments), Timings.ofTotal(Duration.ofSeconds(1)));
    }

    private static Segment segment(long startMillis, long endMillis, String text) {
        return new Segment(
                Duration.ofMillis(startMillis), Duration.ofMillis(endMillis), text, List.of(), null, null, List.of());
    }
}
