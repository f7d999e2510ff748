package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Uses windows with scripted content, identified by their first frame. */
class LongFormTranscriptionTest {
    private static final SpecialTokens SPECIALS = ScriptedSpeech.SPECIALS;
    private static final int START = SPECIALS.startOfTranscript();
    private static final int PREVIOUS = SPECIALS.startOfPrevious();
    private static final int T0 = SPECIALS.timestampBegin();

    private final ScriptedSpeech speech = new ScriptedSpeech();
    private final ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, speech::next);
    private final List<Segment> segments = new ArrayList<>();
    private final List<Double> progress = new ArrayList<>();

    /** Lengths of the windows that heard nothing of what follows them. */
    private final List<Integer> parts = new ArrayList<>();

    @Test
    void nextWindowStartsAtEndOfLastSegment() {
        speech.say(0, T0, "one", T0 + 500, T0 + 600, "two", T0 + 1400, T0 + 1420, "cut o");
        speech.say(2800, T0 + 20, "cut off", T0 + 300, T0 + 320, "four", T0 + 1300);
        speech.say(5800, T0 + 5, "end", T0 + 40);
        run(7000, english());

        assertThat(network.encoded()).containsExactly(0L, 2800L, 5800L);
        assertThat(segments).extracting(Segment::text).containsExactly("one", "two", "cut off", "four", "end");
        assertThat(segments)
                .extracting(segment -> segment.start().toMillis())
                .containsExactly(0L, 12_000L, 28_400L, 34_400L, 58_100L);
        assertThat(segments)
                .extracting(segment -> segment.end().toMillis())
                .containsExactly(10_000L, 28_000L, 34_000L, 54_000L, 58_800L);
        assertThat(progress).containsExactly(0.4, 58 / 70.0, 1.0);
        assertThat(network.open()).isZero();
        assertThat(network.mostOpenWindows()).isEqualTo(1);
    }

    @Test
    void encodesOnlyTheAudioOfAWindowIfRequested() {
        speech.say(0, T0, "one", T0 + 1400, T0 + 1420, "cut o");
        speech.say(2800, T0, "cut off", T0 + 1400);
        run(3600, english().audioContext(AudioContext.AUTO));

        assertThat(network.encoded()).containsExactly(0L, 2800L);
        assertThat(network.frames()).containsExactly(3000, 2 * AudioContext.AUTO.positions(800));
        network.frames().clear();
        run(3600, english().audioContext(AudioContext.FULL));
        run(3600, english());
        assertThat(network.frames()).containsOnly(3000);
    }

    @Test
    void segmentHasTokensAndWindowProbabilities() {
        speech.say(0, T0, "one", T0 + 500, T0 + 600, "two", T0 + 1400);
        speech.silence(0L, 0.25);
        run(3000, english());

        assertThat(segments.get(1).tokens()).containsExactly(T0 + 600, (int) 't', (int) 'w', (int) 'o', T0 + 1400);
        // Six letters and five other tokens, which have a probability of one.
        assertThat(segments.get(1).averageLogProbability()).isCloseTo(6 * Math.log(0.9) / 11, within(1e-3));
        assertThat(segments.get(1).noSpeechProbability()).isCloseTo(0.25, within(1e-4));
        assertThat(segments.get(1).words()).isEmpty();
    }

    @Test
    void usesPreviousTextAsPrompt() {
        speech.say(0, T0, "one", T0 + 1000);
        speech.say(3000, T0, "two", T0 + 1000);
        run(6000, english());

        assertThat(prompt(0)).startsWith(START);
        assertThat(prompt(1)).startsWith(PREVIOUS, T0, (int) 'o', (int) 'n', (int) 'e', T0 + 1000, START);
    }

    @Test
    void windowsAreIndependentIfRequested() {
        speech.say(0, T0, "one", T0 + 1000);
        speech.say(3000, T0, "two", T0 + 1000);
        run(6000, english().conditionOnPreviousText(false).prompt(" hi "));

        assertThat(prompt(0)).startsWith(PREVIOUS, (int) ' ', (int) 'h', (int) 'i', START);
        assertThat(prompt(1)).startsWith(START);
    }

    @Test
    void keepsGivenPromptBeforeText() {
        speech.say(0, T0, "one", T0 + 1000);
        speech.say(3000, T0, "two", T0 + 1000);
        run(6000, english().prompt("hi"));

        assertThat(prompt(1)).startsWith(PREVIOUS, (int) ' ', (int) 'h', (int) 'i', T0, (int) 'o');
    }

    @Test
    void doesNotUseHighTemperatureTextAsPrompt() {
        speech.say(0, T0, "one", T0 + 1000);
        speech.say(3000, T0, "two", T0 + 1000);
        speech.certainty(0.98);
        run(6000, english().temperatures(List.of(0.4)).bestOf(1));
        assertThat(prompt(1)).startsWith(PREVIOUS);

        network.prompts().clear();
        run(6000, english().temperatures(List.of(0.6)).bestOf(1));
        assertThat(prompt(1)).startsWith(START);
    }

    @Test
    void skipsSilentWindowAndKeepsPrompt() {
        speech.say(0, T0, "one", T0 + 1000);
        speech.say(3000, T0, "noise", T0 + 1000, T0 + 1000);
        speech.say(6000, T0, "two", T0 + 100);
        speech.silence(3000L, 0.7);
        speech.certainty(0.3);
        run(6200, english().temperatures(List.of(0.0)).logProbabilityThreshold(-0.5));

        assertThat(segments).extracting(Segment::text).containsExactly("one", "two");
        assertThat(network.encoded()).containsExactly(0L, 3000L, 6000L);
        assertThat(prompt(2)).startsWith(PREVIOUS, T0, (int) 'o');
        assertThat(progress).hasSize(3);
    }

    @Test
    void confidentTextIsNotSilence() {
        speech.say(0, T0, "one", T0 + 1000);
        speech.silence(0L, 0.7);
        run(3000, english());
        assertThat(segments).hasSize(1);

        segments.clear();
        run(3000, english().logProbabilityThreshold(null));
        assertThat(segments).as("nothing says that the text is sure").isEmpty();

        run(3000, english().logProbabilityThreshold(null).noSpeechThreshold(null));
        assertThat(segments).hasSize(1);
    }

    @Test
    void withoutTimestampsEachWindowIsOneSegment() {
        speech.say(0, "one");
        speech.say(3000, "two");
        run(4000, english().timestamps(Timestamps.NONE));

        assertThat(network.encoded()).containsExactly(0L, 3000L);
        assertThat(segments).extracting(Segment::text).containsExactly("one", "two");
        assertThat(segments).extracting(Segment::end).containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(40));
        assertThat(prompt(0)).startsWith(START).contains(SPECIALS.noTimestamps());
    }

    @Test
    void dropsBlankText() {
        speech.say(0, T0, "one", T0 + 500, T0 + 600, "  ", T0 + 700, T0 + 800, "two", T0 + 900);
        run(3000, english());
        assertThat(segments).extracting(Segment::text).containsExactly("one", "two");
    }

    @Test
    void detectsLanguageOnceFromFirstWindow() {
        speech.say(0, T0, "eins", T0 + 1000);
        speech.say(3000, T0, "zwei", T0 + 1000);
        SpokenLanguage language = run(6000, TranscribeOptions.builder());

        assertThat(language.code()).isEqualTo("de");
        assertThat(language.probability()).isCloseTo(0.8, within(1e-6));
        assertThat(network.encoded()).containsExactly(0L, 3000L);
        assertThat(prompt(0)).containsExactly(START);
        int german = SPECIALS.language("de").orElseThrow();
        assertThat(prompt(1)).containsExactly(START, german, SPECIALS.transcribe());
        assertThat(prompt(2)).endsWith(START, german, SPECIALS.transcribe());
    }

    @Test
    void emptyRecordingHasLanguageButNoText() {
        SpokenLanguage language = run(0, TranscribeOptions.builder());
        assertThat(language.code()).isEqualTo("de");
        assertThat(segments).isEmpty();

        network.encoded().clear();
        assertThat(run(0, english()).probability()).isNull();
        assertThat(network.encoded()).isEmpty();
    }

    @Test
    void nextWindowStartsAfterLastWord() {
        // The script attends ten positions later from token to token, beginning with those before the text.
        speech.say(0, T0, "a b", T0 + 500, T0 + 600, " c", T0 + 700, T0 + 700);
        run(1200, english().timestamps(Timestamps.WORD));

        assertThat(segments).extracting(Segment::text).containsExactly("a b", " c", "rest");
        assertThat(segments.get(0).words()).extracting(Word::text).containsExactly("a", " b");
        Word b = segments.get(0).words().get(1);
        Word c = segments.get(1).words().get(0);
        assertThat(b.end()).isEqualTo(c.start());
        assertThat(c.end()).isGreaterThan(c.start());
        assertThat(c.probability()).isCloseTo(0.9, within(0.02));
        assertThat(network.encoded()).hasSize(2);
        assertThat(network.encoded().get(1)).isEqualTo(c.end().toMillis() / 10).isLessThan(1400);
        assertThat(network.open()).isZero();
    }

    @Test
    void transcribesClips() {
        speech.say(500, T0, "five", T0 + 250);
        speech.say(4000, T0, "forty", T0 + 1500);
        speech.say(7000, T0, "seventy", T0 + 100);
        run(
                7500,
                english()
                        .clipTimestamps(
                                List.of(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(40))));

        assertThat(network.encoded()).containsExactly(500L, 4000L, 7000L);
        assertThat(parts).as("only what ends before the recording").containsExactly(500);
        assertThat(segments).extracting(Segment::text).containsExactly("five", "forty", "seventy");
        assertThat(segments).extracting(segment -> segment.start().toMillis()).containsExactly(5000L, 40_000L, 70_000L);
        assertThat(progress).containsExactly(0.125, 0.875, 1.0);
        assertThat(prompt(1)).startsWith(PREVIOUS, T0, (int) 'f', (int) 'i', (int) 'v', (int) 'e');
    }

    @Test
    void windowOfLongClipHearsWhatFollows() {
        speech.say(500, T0, "one", T0 + 1500);
        speech.say(3500, T0, "two", T0 + 100);
        run(9000, english().clipTimestamps(List.of(Duration.ofSeconds(5), Duration.ofSeconds(40))));

        assertThat(network.encoded()).containsExactly(500L, 3500L);
        assertThat(parts).containsExactly(500);
    }

    @Test
    void languageIsThatOfFirstClip() {
        speech.language(0, "en");
        speech.language(500, "de");
        assertThat(run(2000, TranscribeOptions.builder().clipTimestamps(List.of(Duration.ofSeconds(5))))
                        .code())
                .isEqualTo("de");
    }

    @Test
    void clipsBehindTheEndHaveLanguageButNoText() {
        TranscribeOptions.Builder options = TranscribeOptions.builder().clipTimestamps(List.of(Duration.ofSeconds(20)));
        assertThat(run(1000, options).code()).isEqualTo("de");
        assertThat(segments).isEmpty();
        assertThat(network.encoded()).containsExactly(0L);
    }

    @Test
    void hotwordsComeFirstInEveryPrompt() {
        speech.say(0, T0, "one", T0 + 1000);
        speech.say(3000, T0, "two", T0 + 1000);
        run(6000, english().hotwords(" hi ").conditionOnPreviousText(true));

        assertThat(prompt(0)).startsWith(PREVIOUS, (int) ' ', (int) 'h', (int) 'i', START);
        assertThat(prompt(1)).startsWith(PREVIOUS, (int) ' ', (int) 'h', (int) 'i', T0, (int) 'o', (int) 'n');
    }

    @Test
    void hotwordsLeaveTheRestOfHalfTheContextToPreviousText() {
        speech.say(0, T0, "one", T0 + 1000);
        speech.say(3000, T0, "two", T0 + 1000);
        run(6000, english().hotwords("h".repeat(220)));
        assertThat(prompt(1)).hasSize(1 + 223 + 3).startsWith(PREVIOUS, (int) ' ', (int) 'h');
        assertThat(prompt(1).subList(221, 225)).containsExactly((int) 'h', (int) 'e', T0 + 1000, START);

        network.prompts().clear();
        run(6000, english().hotwords("h".repeat(500)));
        assertThat(prompt(1)).hasSize(1 + 223 + 3).doesNotContain((int) 'e');
    }

    @Test
    void prefixStartsFirstWindow() {
        speech.say(0, T0, " hello you", T0 + 1000);
        speech.say(3000, T0, "two", T0 + 1000);
        run(6000, english().prefix("hel ").hotwords("x"));

        assertThat(prompt(0)).startsWith(START).endsWith(T0, (int) ' ', (int) 'h', (int) 'e', (int) 'l');
        assertThat(segments).extracting(Segment::text).containsExactly(" hello you", "two");
        assertThat(segments.get(0).tokens()).startsWith(T0, (int) ' ', (int) 'h');
        assertThat(prompt(1))
                .startsWith(PREVIOUS, (int) ' ', (int) 'x', T0, (int) ' ', (int) 'h')
                .endsWith(SPECIALS.transcribe());
    }

    @Test
    void prefixWithoutTimestampsFollowsTheirAbsence() {
        speech.say(0, " hello");
        run(1000, english().prefix("hel").timestamps(Timestamps.NONE));
        assertThat(prompt(0)).endsWith(SPECIALS.noTimestamps(), (int) ' ', (int) 'h', (int) 'e', (int) 'l');
        assertThat(segments).extracting(Segment::text).containsExactly(" hello");
    }

    @Test
    void prefixIsCertainAndFitsIntoContextWithPrompt() {
        speech.say(0, T0, " hello", T0 + 1000);
        run(3000, english().prefix("hello").prompt("p".repeat(300)));

        assertThat(prompt(0)).hasSize(1 + 223 - 7 + 3 + 7);
        assertThat(segments.get(0).averageLogProbability())
                .as("only the given letters would be uncertain")
                .isCloseTo(0, within(1e-3));
    }

    @Test
    void prefixCountsAsDecodedText() {
        speech.say(0, T0, " " + "h".repeat(600));
        run(1000, english().prefix("h".repeat(600)).temperatures(List.of(0.0)));
        assertThat(segments.get(0).tokens()).as("the prefix and one more token").hasSize(1 + 223 + 1);
    }

    @Test
    void beamsAndSamplesContinuePrefix() {
        speech.say(0, T0, " hello", T0 + 1000);
        speech.certainty(0.98);
        for (TranscribeOptions.Builder options : List.of(
                english().beamSize(3), english().temperatures(List.of(0.3)).bestOf(3))) {
            segments.clear();
            run(3000, options.prefix("hel"));
            assertThat(segments).extracting(Segment::text).containsExactly(" hello");
        }
    }

    @Test
    void dropsInventedTextAndSkipsSilence() {
        speech.say(0, T0, "a b", T0 + 500);
        TranscribeOptions.Builder options =
                english().timestamps(Timestamps.WORD).temperatures(List.of(0.0)).logProbabilityThreshold(null);
        speech.certainty(0.14);
        run(600, options);
        assertThat(segments).isNotEmpty();

        segments.clear();
        network.encoded().clear();
        run(600, options.hallucinationSilenceThreshold(Duration.ofMillis(500)));
        assertThat(segments).isEmpty();
        assertThat(network.encoded()).containsExactly(0L, 100L, 200L, 300L, 400L, 500L);

        speech.certainty(0.9);
        run(600, options);
        assertThat(segments).extracting(Segment::text).contains("a b");
    }

    private TranscribeOptions.Builder english() {
        return TranscribeOptions.builder().language(Language.of("en"));
    }

    private SpokenLanguage run(long frames, TranscribeOptions.Builder options) {
        Spectrogram spectrogram = new Spectrogram() {
            @Override
            public long frames() {
                return frames;
            }

            @Override
            public void window(long firstFrame, float[] target) {
                target[0] = firstFrame;
            }

            @Override
            public void window(long firstFrame, int part, float[] target) {
                target[0] = firstFrame;
                parts.add(part);
            }
        };
        TranscriptionSteps steps =
                new TranscriptionSteps(network, ScriptedSpeech.TOKENIZER, GenerationConfig.NONE, options.build());
        return new LongFormTranscription(steps, spectrogram).run(segments::add, progress::add);
    }

    private List<Integer> prompt(int index) {
        return network.prompts().get(index);
    }
}
