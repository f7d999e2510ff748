package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Arranges words in lines and cues. Source of the rules: openai/whisper, {@code SubtitlesWriter} in {@code whisper/utils.py}. */
final class SubtitleCues {
    /** The time between the starts of two words that ends a cue that is filled across segments. */
    private static final long LONG_PAUSE_MILLIS = 3000;

    private final SubtitleOptions options;
    private final UnaryOperator<String> escape;
    private final List<Cue> cues = new ArrayList<>();

    /** The words of the current cue, each after the line break or the white space before it. */
    private final List<Placed> cue = new ArrayList<>();

    private int lineWidth;
    private int lineCount = 1;

    private SubtitleCues(SubtitleOptions options, UnaryOperator<String> escape) {
        this.options = options;
        this.escape = escape;
    }

    private record Placed(String separator, SubtitleWord word) {}

    /**
     * Returns the cues of a transcript.
     *
     * @param escape escapes the text of a word for the file format
     */
    static List<Cue> of(Transcription transcription, SubtitleOptions options, UnaryOperator<String> escape) {
        if (!options.areSet()) {
            return Cue.of(transcription).stream()
                    .map(plain -> new Cue(plain.startMillis(), plain.endMillis(), escape.apply(plain.text())))
                    .toList();
        }
        SubtitleCues subtitles = new SubtitleCues(options, escape);
        if (options.maxLineCount() == null) {
            SubtitleWords.bySegment(transcription, options).forEach(subtitles::addSegment);
        } else {
            subtitles.addAcrossSegments(SubtitleWords.ofAll(transcription, options), options.maxLineCount());
        }
        return subtitles.cues;
    }

    private void addSegment(List<SubtitleWord> words) {
        Integer maxWords = options.maxWordsPerLine();
        for (SubtitleWord word : words) {
            if (maxWords != null && cue.size() == maxWords) {
                endCue();
            }
            if (!continuesLine(word)) {
                breakLine();
            }
            place(word);
        }
        endCue();
    }

    private void addAcrossSegments(List<SubtitleWord> words, int maxLines) {
        @Nullable SubtitleWord previous = null;
        for (SubtitleWord word : words) {
            boolean pause = previous != null && word.startMillis() - previous.startMillis() > LONG_PAUSE_MILLIS;
            boolean continues = continuesLine(word);
            if (pause || !continues && lineCount >= maxLines) {
                endCue();
            } else if (!continues) {
                breakLine();
            }
            place(word);
            previous = word;
        }
        endCue();
    }

    /** Returns whether a word is the first of a cue or fits behind the current line. */
    private boolean continuesLine(SubtitleWord word) {
        Integer maxWidth = options.maxLineWidth();
        return cue.isEmpty() || maxWidth == null || lineWidth + WordBreaks.width(word.gap() + word.text()) <= maxWidth;
    }

    private void breakLine() {
        lineWidth = 0;
        lineCount++;
    }

    private void place(SubtitleWord word) {
        String separator = cue.isEmpty() ? "" : lineWidth == 0 ? "\n" : word.gap();
        lineWidth += WordBreaks.width(word.text()) + (lineWidth == 0 ? 0 : WordBreaks.width(word.gap()));
        cue.add(new Placed(separator, word));
    }

    private void endCue() {
        if (!cue.isEmpty()) {
            long start = cue.get(0).word().startMillis();
            long end = Math.max(start, cue.get(cue.size() - 1).word().endMillis());
            if (!options.highlightWords() || end == start) {
                cues.add(new Cue(start, end, text(-1)));
            } else {
                addHighlights(start, end);
            }
        }
        cue.clear();
        lineWidth = 0;
        lineCount = 1;
    }

    /** Adds a cue for each word, and one without a highlight for each pause. Words without a duration have no cue. */
    private void addHighlights(long cueStart, long cueEnd) {
        long last = cueStart;
        for (int i = 0; i < cue.size(); i++) {
            SubtitleWord word = cue.get(i).word();
            long start = Math.max(last, word.startMillis());
            long end = Math.min(cueEnd, word.endMillis());
            if (end > start) {
                if (start > last) {
                    cues.add(new Cue(last, start, text(-1)));
                }
                cues.add(new Cue(start, end, text(i)));
                last = end;
            }
        }
        if (last < cueEnd) {
            cues.add(new Cue(last, cueEnd, text(-1)));
        }
    }

    private String text(int highlighted) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < cue.size(); i++) {
            String word = escape.apply(cue.get(i).word().text());
            text.append(cue.get(i).separator()).append(i == highlighted ? "<u>" + word + "</u>" : word);
        }
        return text.toString();
    }
}
