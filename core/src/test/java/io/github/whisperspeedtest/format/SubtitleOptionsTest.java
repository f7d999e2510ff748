package io.github.whisperspeedtest.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The expected cues of the English cases are those of OpenAI's rules, worked out by hand. */
class SubtitleOptionsTest {
    /** Each word takes 400 ms, with 100 ms before the next. */
    private static final Segment FOX = words(0, " The| quick| brown| fox| jumps.");

    private static final Segment DOG = words(2500, " Over| the| lazy| dog.");

    @Test
    void lineWidthBreaksLinesWithinASegment() throws IOException {
        assertThat(srt(width(10, null), "en", FOX, DOG)).isEqualTo("""
                        1
                        00:00:00,000 --> 00:00:02,400
                        The quick
                        brown fox
                        jumps.

                        2
                        00:00:02,500 --> 00:00:04,400
                        Over the
                        lazy dog.

                        """);
    }

    @Test
    void lineOfExactlyTheWidthFits() throws IOException {
        assertThat(cues(width(9, null), FOX)).containsExactly("0-2400 The quick/brown fox/jumps.");
        assertThat(cues(width(8, null), FOX)).containsExactly("0-2400 The/quick/brown/fox/jumps.");
    }

    @Test
    void lineCountFillsCuesAcrossSegments() throws IOException {
        assertThat(cues(width(16, 2), FOX, DOG))
                .containsExactly("0-2900 The quick brown/fox jumps. Over", "3000-4400 the lazy dog.");
        assertThat(cues(width(16, 1), FOX, DOG))
                .containsExactly("0-1400 The quick brown", "1500-2900 fox jumps. Over", "3000-4400 the lazy dog.");
    }

    /** The last word of the first segment starts at 2 s. */
    @Test
    void longPauseEndsCue() throws IOException {
        assertThat(cues(width(80, 2), FOX, words(5000, " Yes.")))
                .containsExactly("0-5400 The quick brown fox jumps. Yes.");
        assertThat(cues(width(80, 2), FOX, words(5001, " Yes.")))
                .containsExactly("0-2400 The quick brown fox jumps.", "5001-5401 Yes.");
    }

    @Test
    void wordsPerLineStartsCues() throws IOException {
        assertThat(cues(new SubtitleOptions(null, null, 2, false), FOX, DOG))
                .containsExactly(
                        "0-900 The quick",
                        "1000-1900 brown fox",
                        "2000-2400 jumps.",
                        "2500-3400 Over the",
                        "3500-4400 lazy dog.");
    }

    @Test
    void highlightsEachWordAndShowsPausesWithoutHighlight() throws IOException {
        assertThat(cues(new SubtitleOptions(null, null, null, true), words(0, " Tom| & Ann")))
                .containsExactly(
                        "0-400 <u>Tom</u> & Ann",
                        "400-500 Tom & Ann",
                        "500-580 Tom <u>&</u> Ann",
                        "580-660 Tom & Ann",
                        "660-900 Tom & <u>Ann</u>");
    }

    @Test
    void highlightsWithinLines() throws IOException {
        assertThat(cues(new SubtitleOptions(3, null, null, true), words(0, " Eins| Zwei")))
                .containsExactly("0-400 <u>Eins</u>/Zwei", "400-500 Eins/Zwei", "500-900 Eins/<u>Zwei</u>");
    }

    /** Words in two cues of the same time would cover each other. */
    @Test
    void wordsWithoutDurationHaveNoHighlight() throws IOException {
        Segment segment = segment(List.of(word(0, 400, " a"), word(400, 400, " b"), word(300, 900, " c")));
        assertThat(cues(new SubtitleOptions(null, null, null, true), segment))
                .containsExactly("0-400 <u>a</u> b c", "400-900 a b <u>c</u>");
        assertThat(cues(new SubtitleOptions(null, null, null, true), segment(List.of(word(100, 100, " a")))))
                .containsExactly("100-100 a");
    }

    @Test
    void highlightIsMarkupInVttButTextIsEscaped() throws IOException {
        StringWriter target = new StringWriter();
        TranscriptFormat.VTT.write(
                transcription("en", words(0, " <i>| --|->")), new SubtitleOptions(null, null, null, true), target);
        assertThat(target.toString()).isEqualTo("""
                        WEBVTT

                        00:00.000 --> 00:00.400
                        <u>&lt;i></u> ->

                        00:00.400 --> 00:00.500
                        &lt;i> ->

                        00:00.500 --> 00:01.400
                        &lt;i> <u>-></u>

                        """);
    }

    /** Engines differ in what they take for a word: one has each character, another the whole sentence. */
    @ParameterizedTest
    @CsvSource({"今|天|天|气|很|好，|我|们|去|公|园。", "今天|天气|很|好，|我们|去|公园。", "今天天气很好，我们去公园。"})
    void scriptsWithoutSpacesBreakBetweenCharacters(String words) throws IOException {
        Segment segment = words(0, words);
        assertThat(texts(cues("zh", width(6, null), segment))).containsExactly("今天天气很/好，我们去公/园。");
        assertThat(texts(cues("zh", width(6, 2), segment))).containsExactly("今天天气很/好，我们去公", "园。");
        assertThat(texts(cues("zh", new SubtitleOptions(null, null, 4, false), segment)))
                .containsExactly("今天天气", "很好，我们", "去公园。");
    }

    @Test
    void timeOfALongWordIsSharedOutByCharacters() throws IOException {
        assertThat(cues("zh", new SubtitleOptions(null, null, 2, false), segment(List.of(word(1000, 2000, "你好世界")))))
                .containsExactly("1000-1500 你好", "1500-2000 世界");
    }

    /** Tokens of the tokenizer end inside words and even inside what a reader sees as one character. */
    @Test
    void neverDividesCharacters() throws IOException {
        Segment thai = words(0, "วั|น|นี|้|อา|กา|ศ|ดี|มา|ก");
        assertThat(texts(cues("th", width(7, null), thai))).containsExactly("วันนี้/อากาศดี/มาก");
        Segment emoji = words(0, "好|👩|\u200d|💻|好|e|\u0301|好|🇩|🇪");
        assertThat(texts(cues("zh", width(1, null), emoji))).containsExactly("好/👩\u200d💻/好/e\u0301/好/🇩🇪");
    }

    @Test
    void segmentWithoutWordsIsDividedByItsText() throws IOException {
        Segment plain = new Segment(
                Duration.ZERO, Duration.ofMillis(1000), " one two\nthree ", List.of(), null, null, List.of());
        assertThat(cues(width(7, null), plain)).containsExactly("0-1000 one two/three");
        assertThat(cues(new SubtitleOptions(null, null, 2, false), plain))
                .containsExactly("0-538 one two", "615-1000 three");
    }

    @Test
    void segmentsAreJoinedWithASpaceOnlyInLanguagesThatHaveThem() throws IOException {
        assertThat(texts(cues("en", width(80, 1), words(0, "One."), words(500, "Two."))))
                .containsExactly("One. Two.");
        assertThat(texts(cues("ja", width(80, 1), words(0, "はい。"), words(500, "そう。"))))
                .containsExactly("はい。そう。");
    }

    @Test
    void blankTextHasNoCue() throws IOException {
        Segment blank = new Segment(Duration.ZERO, Duration.ofSeconds(1), " \n ", List.of(), null, null, List.of());
        assertThat(cues(width(5, null), blank, words(0, " | a| "))).containsExactly("500-900 a");
        assertThat(cues(width(5, 1), blank)).isEmpty();
        assertThat(cues(width(5, 1))).isEmpty();
    }

    @Test
    void timesNeverRunBackwards() throws IOException {
        Segment strange = segment(List.of(word(-300, -100, " a"), word(500, 200, " b")));
        assertThat(cues(new SubtitleOptions(null, null, 1, false), strange)).containsExactly("0-0 a", "500-500 b");
    }

    @ParameterizedTest
    @EnumSource
    void withoutOptionsNothingChanges(TranscriptFormat format) throws IOException {
        Transcription transcription = transcription("en", FOX, DOG);
        StringWriter plain = new StringWriter();
        format.write(transcription, plain);
        StringWriter optional = new StringWriter();
        format.write(transcription, SubtitleOptions.none(), optional);
        assertThat(optional).hasToString(plain.toString());
    }

    @ParameterizedTest
    @EnumSource
    void optionsChangeSubtitlesOnly(TranscriptFormat format) throws IOException {
        Transcription transcription = transcription("en", FOX);
        StringWriter plain = new StringWriter();
        format.write(transcription, plain);
        StringWriter changed = new StringWriter();
        format.write(transcription, width(5, null), changed);
        assertThat(changed.toString().equals(plain.toString())).isEqualTo(!format.isSubtitles());
    }

    @Test
    void refusesValuesWithoutEffect() {
        assertThatThrownBy(() -> width(0, null)).hasMessage("maxLineWidth must be at least 1, but was 0");
        assertThatThrownBy(() -> width(40, -1)).hasMessage("maxLineCount must be at least 1, but was -1");
        assertThatThrownBy(() -> new SubtitleOptions(null, null, 0, false))
                .hasMessage("maxWordsPerLine must be at least 1, but was 0");
        assertThatThrownBy(() -> width(null, 2)).hasMessage("maxLineCount has no effect without maxLineWidth");
        assertThatThrownBy(() -> new SubtitleOptions(40, null, 3, false))
                .hasMessage("maxWordsPerLine and maxLineWidth exclude each other");
    }

    private static SubtitleOptions width(@Nullable Integer width, @Nullable Integer count) {
        return new SubtitleOptions(width, count, null, false);
    }

    private static List<String> cues(SubtitleOptions options, Segment... segments) throws IOException {
        return cues("en", options, segments);
    }

    /** Returns times in milliseconds and text of each cue, with a slash for each line break. */
    private static List<String> cues(String language, SubtitleOptions options, Segment... segments) throws IOException {
        String srt = srt(options, language, segments);
        return srt.isEmpty()
                ? List.of()
                : Arrays.stream(srt.split("\n\n"))
                        .map(SubtitleOptionsTest::describe)
                        .toList();
    }

    private static String describe(String cue) {
        String[] lines = cue.split("\n");
        String[] times = lines[1].split(" --> ");
        return millis(times[0]) + "-" + millis(times[1]) + " "
                + Arrays.stream(lines).skip(2).collect(Collectors.joining("/"));
    }

    private static long millis(String time) {
        String[] parts = time.split("[:,]");
        return ((Long.parseLong(parts[0]) * 60 + Long.parseLong(parts[1])) * 60 + Long.parseLong(parts[2])) * 1000
                + Long.parseLong(parts[3]);
    }

    private static List<String> texts(List<String> cues) {
        return cues.stream().map(cue -> cue.substring(cue.indexOf(' ') + 1)).toList();
    }

    private static String srt(SubtitleOptions options, String language, Segment... segments) throws IOException {
        StringWriter target = new StringWriter();
        TranscriptFormat.SRT.write(transcription(language, segments), options, target);
        return target.toString();
    }

    private static Transcription transcription(String language, Segment... segments) {
        return new Transcription(
                language, null, Duration.ofHours(1), List.of(segments), Timings.ofTotal(Duration.ofSeconds(1)));
    }

    /** Returns a segment of words between bars, each 400 ms long, with 100 ms between them. */
    private static Segment words(long startMillis, String text) {
        List<Word> words = new ArrayList<>();
        for (String word : text.split("\\|")) {
            long start = startMillis + 500L * words.size();
            words.add(word(start, start + 400, word));
        }
        return segment(words);
    }

    private static Segment segment(List<Word> words) {
        String text = words.stream().map(Word::text).collect(Collectors.joining());
        return new Segment(words.get(0).start(), words.get(words.size() - 1).end(), text, List.of(), null, null, words);
    }

    private static Word word(long startMillis, long endMillis, String text) {
        return new Word(Duration.ofMillis(startMillis), Duration.ofMillis(endMillis), text, 1);
    }
}
