package io.github.whisperspeedtest.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HypothesisBufferTest {
    private static final Duration ALL = Duration.ofMinutes(1);

    private final HypothesisBuffer buffer = new HypothesisBuffer();

    @Test
    void confirmsWhatTwoHypothesesAgreeOn() {
        assertThat(confirmed("the cat sad")).isEmpty();
        assertThat(confirmed("the cat sat on")).isEqualTo("the cat");
        assertThat(buffer.partial()).hasSize(2);
        assertThat(confirmed("the cat sat on the")).isEqualTo("sat on");
    }

    @Test
    void ignoresCaseAndPunctuationAndKeepsTheNewerSpelling() {
        confirmed("well. the");
        assertThat(confirmed("Well, the cat")).isEqualTo("Well, the");
    }

    @Test
    void tellsWordsApartThatDifferOnlyInAMark() {
        confirmed("cafe\u0301");
        assertThat(confirmed("cafe")).isEmpty();
        assertThat(confirmed("caf\u00e9")).isEmpty();
        assertThat(confirmed("cafe\u0301")).isEqualTo("cafe\u0301");
    }

    @Test
    void neverTakesBackAConfirmedWord() {
        confirmed("one two three");
        assertThat(confirmed("one two three four")).isEqualTo("one two three");
        assertThat(confirmed("won too three four five")).isEqualTo("four");
        assertThat(confirmed("three four five six")).isEqualTo("five");
        assertThat(confirmed("one two extra three four five six seven")).isEqualTo("six");
    }

    @Test
    void confirmsARepeatedWordOnce() {
        confirmed("very");
        assertThat(confirmed("very very")).isEqualTo("very");
        assertThat(confirmed("very very very good")).isEqualTo("very");
    }

    @Test
    void confirmsNoWordThatEndsAfterTheLimit() {
        confirmed("one two three");
        buffer.insert(words("one two three", 0));
        assertThat(text(buffer.confirmAgreed(Duration.ofMillis(800)))).isEqualTo("one two");
        assertThat(text(buffer.confirmUntil(Duration.ofMillis(1200)))).isEqualTo("three");
    }

    @Test
    void dropsARemainderOfTheWordBeforeACut() {
        confirmed("one two three");
        confirmed("one two three");
        assertThat(text(buffer.cut(Duration.ofMillis(1200)))).isEqualTo("one two three");
        buffer.insert(List.of(
                new Word(Duration.ofMillis(1150), Duration.ofMillis(1250), " Three.", 1),
                new Word(Duration.ofMillis(1300), Duration.ofMillis(1600), " four", 1)));
        assertThat(text(buffer.confirmRest())).isEqualTo("four");
    }

    @Test
    void keepsARealRepetitionAfterACut() {
        confirmed("one two three");
        confirmed("one two three");
        buffer.cut(Duration.ofMillis(1200));
        buffer.insert(words("three four", 1200));
        assertThat(text(buffer.confirmRest())).isEqualTo("three four");
    }

    @Test
    void keepsTimesInOrder() {
        confirmed("one two");
        confirmed("one two");
        buffer.insert(List.of(
                new Word(Duration.ZERO, Duration.ofMillis(400), " one", 1),
                new Word(Duration.ofMillis(300), Duration.ofMillis(700), " two", 1),
                new Word(Duration.ofMillis(600), Duration.ofMillis(700), " three", 1)));
        Word three = buffer.confirmRest().get(0);
        assertThat(three.start()).isEqualTo(Duration.ofMillis(800));
        assertThat(three.end()).isEqualTo(Duration.ofMillis(800));
    }

    private String confirmed(String hypothesis) {
        buffer.insert(words(hypothesis, 0));
        return text(buffer.confirmAgreed(ALL));
    }

    private static List<Word> words(String text, long startMillis) {
        List<Word> words = new ArrayList<>();
        for (String word : text.split(" ")) {
            Duration start = Duration.ofMillis(startMillis + words.size() * 400L);
            words.add(new Word(start, start.plusMillis(400), " " + word, 1));
        }
        return words;
    }

    private static String text(List<Word> words) {
        return String.join("", words.stream().map(Word::text).toList()).strip();
    }
}
