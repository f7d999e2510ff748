package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Divides text into words with times.
 *
 * <p>The text alone decides where a word ends, because engines differ in what they take for a word. The times are those of the
 * engine's words.
 */
final class SubtitleWords {
    /** Languages whose segments are joined without a space. Source: openai/whisper, {@code split_to_word_tokens}. */
    private static final Set<String> WITHOUT_SPACES = Set.of("zh", "ja", "th", "lo", "my", "yue");

    private final StringBuilder text = new StringBuilder();
    private final List<Span> spans = new ArrayList<>();

    private SubtitleWords() {}

    /**
     * The time of a part of the text.
     *
     * @param begin index of its first character
     * @param end index after its last character
     */
    private record Span(int begin, int end, long startMillis, long endMillis) {
        long millisAt(int index) {
            return startMillis + (endMillis - startMillis) * Math.max(0, index - begin) / (end - begin);
        }
    }

    /** Returns the words of each segment; segments without text have none. */
    static List<List<SubtitleWord>> bySegment(Transcription transcription, SubtitleOptions options) {
        return transcription.segments().stream()
                .map(segment -> {
                    SubtitleWords words = new SubtitleWords();
                    words.add(segment);
                    return words.divide(options);
                })
                .toList();
    }

    /** Returns the words of all segments. */
    static List<SubtitleWord> ofAll(Transcription transcription, SubtitleOptions options) {
        boolean spaces = !WITHOUT_SPACES.contains(transcription.language());
        SubtitleWords words = new SubtitleWords();
        for (Segment segment : transcription.segments()) {
            if (spaces) {
                words.text.append(' ');
            }
            words.add(segment);
        }
        return words.divide(options);
    }

    private void add(Segment segment) {
        if (segment.words().isEmpty()) {
            add(segment.text(), Cue.millis(segment.start()), Cue.millis(segment.end()));
        }
        for (Word word : segment.words()) {
            add(word.text(), Cue.millis(word.start()), Cue.millis(word.end()));
        }
    }

    private void add(String word, long startMillis, long endMillis) {
        int offset = text.length();
        text.append(word);
        int begin = offset;
        while (begin < text.length() && WordBreaks.isSpace(text.charAt(begin))) {
            begin++;
        }
        int end = text.length();
        while (end > begin && WordBreaks.isSpace(text.charAt(end - 1))) {
            end--;
        }
        if (begin < end) {
            long start = Math.max(0, startMillis);
            spans.add(new Span(begin, end, start, Math.max(start, endMillis)));
        }
    }

    private List<SubtitleWord> divide(SubtitleOptions options) {
        List<SubtitleWord> words = new ArrayList<>();
        int at = 0;
        int span = 0;
        for (String spaced : WordBreaks.words(text.toString())) {
            int begin = 0;
            while (begin < spaced.length() && WordBreaks.isSpace(spaced.charAt(begin))) {
                begin++;
            }
            String gap = gap(spaced.substring(0, begin));
            at += begin;
            String word = spaced.substring(begin);
            List<String> parts = options.maxLineWidth() == null || word.isEmpty()
                    ? List.of(word)
                    : WordBreaks.parts(word, options.maxLineWidth());
            for (String part : parts) {
                if (!part.isBlank()) {
                    span = spanOf(at, span);
                    int last = spanOf(at + part.length() - 1, span);
                    long start = spans.get(span).millisAt(at);
                    long end = spans.get(last).millisAt(at + part.length());
                    words.add(new SubtitleWord(gap, Cue.withoutLineBreaks(part), start, Math.max(start, end)));
                    span = last;
                    gap = "";
                }
                at += part.length();
            }
        }
        return words;
    }

    /** Returns the index of the span of a character, starting the search at an earlier span. */
    private int spanOf(int index, int from) {
        int span = from;
        while (span + 1 < spans.size() && spans.get(span).end() <= index) {
            span++;
        }
        return span;
    }

    /** Returns one space for any white space but the ideographic space, which is wider on purpose. */
    private static String gap(String space) {
        return space.isEmpty() || space.equals("\u3000") ? space : space.equals("\u200B") ? "" : " ";
    }
}
