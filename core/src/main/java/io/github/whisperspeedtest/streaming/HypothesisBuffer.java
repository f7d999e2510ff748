package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * LocalAgreement: confirms the words that begin two successive hypotheses of the same speech (Macháček, Dabre and Bojar, 2023).
 *
 * <p>A word that was confirmed never changes. If a later hypothesis has other words in its place, the alignment with the least number of
 * edits determines where its new words begin. ufal/whisper_streaming, the source of the method, uses times alone.
 */
final class HypothesisBuffer {
    /** The longest repetition that is looked for after a cut; source: {@code HypothesisBuffer.insert} in {@code whisper_online.py}. */
    private static final int MAX_REPEATED = 5;

    /** How far the end of a word may reach into the audio after a cut. */
    private static final Duration CUT_TOLERANCE = Duration.ofMillis(200);

    /** Confirmed words whose sound is still in the buffer. */
    private final List<Word> confirmed = new ArrayList<>();

    /** The last confirmed words whose sound is not. */
    private final List<Word> before = new ArrayList<>();

    private List<Word> rest = List.of();
    private List<Word> previous = List.of();
    private Duration confirmedEnd = Duration.ZERO;

    /** Takes the words of a hypothesis for the whole buffer. */
    void insert(List<Word> hypothesis) {
        previous = rest;
        int known = confirmed.isEmpty() ? repeated(hypothesis) : aligned(hypothesis);
        rest = List.copyOf(hypothesis.subList(known, hypothesis.size()));
    }

    /** Returns how many of the first words repeat those before the cut, whose last sound is still in the buffer. */
    private int repeated(List<Word> hypothesis) {
        int most = Math.min(MAX_REPEATED, Math.min(before.size(), hypothesis.size()));
        for (int count = most; count > 0; count--) {
            boolean near = hypothesis.get(count - 1).end().compareTo(confirmedEnd.plus(CUT_TOLERANCE)) <= 0;
            if (near
                    && keys(hypothesis.subList(0, count))
                            .equals(keys(before.subList(before.size() - count, before.size())))) {
                return count;
            }
        }
        return 0;
    }

    /** Returns how many of the first words stand for the confirmed ones: the least edits, and then the nearest end. */
    private int aligned(List<Word> hypothesis) {
        List<String> old = keys(confirmed);
        List<String> words = keys(hypothesis);
        int[] edits = new int[words.size() + 1];
        for (int i = 0; i < edits.length; i++) {
            edits[i] = i;
        }
        for (int i = 1; i <= old.size(); i++) {
            int diagonal = edits[0];
            edits[0] = i;
            for (int j = 1; j < edits.length; j++) {
                int changed = diagonal + (old.get(i - 1).equals(words.get(j - 1)) ? 0 : 1);
                diagonal = edits[j];
                edits[j] = Math.min(changed, 1 + Math.min(edits[j], edits[j - 1]));
            }
        }
        int best = 0;
        for (int count = 1; count < edits.length; count++) {
            if (edits[count] < edits[best]
                    || edits[count] == edits[best]
                            && distance(hypothesis, count).compareTo(distance(hypothesis, best)) < 0) {
                best = count;
            }
        }
        return best;
    }

    private Duration distance(List<Word> hypothesis, int count) {
        Duration end = count == 0
                ? confirmed.get(0).start()
                : hypothesis.get(count - 1).end();
        return end.minus(confirmedEnd).abs();
    }

    private static List<String> keys(List<Word> words) {
        return words.stream().map(word -> WordKeys.of(word.text())).toList();
    }

    /** Confirms and returns the new words that the last two hypotheses have in common and that end by the given time. */
    List<Word> confirmAgreed(Duration latest) {
        int count = 0;
        while (count < Math.min(rest.size(), previous.size())
                && rest.get(count).end().compareTo(latest) <= 0
                && WordKeys.of(rest.get(count).text())
                        .equals(WordKeys.of(previous.get(count).text()))) {
            count++;
        }
        return confirm(count);
    }

    /** Confirms and returns the new words that end by the given time, without agreement. */
    List<Word> confirmUntil(Duration latest) {
        int count = 0;
        while (count < rest.size() && rest.get(count).end().compareTo(latest) <= 0) {
            count++;
        }
        return confirm(count);
    }

    /** Confirms and returns all new words. */
    List<Word> confirmRest() {
        return confirm(rest.size());
    }

    private List<Word> confirm(int count) {
        List<Word> words = new ArrayList<>(count);
        for (Word word : rest.subList(0, count)) {
            Duration start = later(word.start(), confirmedEnd);
            Duration end = later(word.end(), start);
            words.add(new Word(start, end, word.text(), word.probability()));
            confirmedEnd = end;
        }
        confirmed.addAll(words);
        rest = List.copyOf(rest.subList(count, rest.size()));
        return words;
    }

    private static Duration later(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** Returns the words that are not confirmed. */
    List<Word> partial() {
        return rest;
    }

    /** Returns the end of the last confirmed word. */
    Duration confirmedEnd() {
        return confirmedEnd;
    }

    /** Returns the number of words that are kept. */
    int size() {
        return confirmed.size() + before.size() + rest.size() + previous.size();
    }

    /** Returns whether a confirmed word is in the buffer. */
    boolean hasConfirmed() {
        return !confirmed.isEmpty();
    }

    /** Removes the confirmed words that end by the given time, where the buffer begins now, and returns them. */
    List<Word> cut(Duration start) {
        List<Word> removed = new ArrayList<>();
        while (!confirmed.isEmpty() && confirmed.get(0).end().compareTo(start) <= 0) {
            removed.add(confirmed.remove(0));
        }
        before.addAll(removed);
        if (before.size() > MAX_REPEATED) {
            before.subList(0, before.size() - MAX_REPEATED).clear();
        }
        return removed;
    }

    /** Empties the buffer and returns its confirmed words. */
    List<Word> clear() {
        List<Word> removed = List.copyOf(confirmed);
        confirmed.clear();
        before.clear();
        rest = List.of();
        previous = List.of();
        return removed;
    }
}
