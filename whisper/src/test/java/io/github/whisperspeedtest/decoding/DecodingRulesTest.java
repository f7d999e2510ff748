package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecodingRulesTest {
    private static final RepetitionRules NO_RULES = new RepetitionRules(1, 0);
    private static final Tokenizer TOKENIZER = ScriptedNetwork.tokenizer(ScriptedNetwork.MULTILINGUAL);
    private static final SpecialTokens SPECIALS = TOKENIZER.specials();
    private static final int END = SPECIALS.endOfText();
    private static final int T0 = SPECIALS.timestampBegin();

    private final DecodingRules rules = rules(GenerationConfig.NONE, true);

    @Test
    void firstTokenIsTimestampWithinFirstSecond() {
        assertThat(permits(T0)).isTrue();
        assertThat(permits(T0 + 50)).isTrue();
        assertThat(permits(T0 + 51)).isFalse();
        assertThat(permits('a')).isFalse();
        assertThat(permits(END)).isFalse();
    }

    @Test
    void textFollowsTheFirstTimestamp() {
        assertThat(permits('a', T0 + 10)).isTrue();
        assertThat(permits(END, T0 + 10)).isTrue();
        assertThat(permits(T0 + 10, T0 + 10)).isFalse();
        assertThat(permits(T0 + 20, T0 + 10)).isFalse();
    }

    @Test
    void timestampsIncreaseWithinSegment() {
        assertThat(permits('b', T0 + 10, 'a')).isTrue();
        assertThat(permits(T0 + 9, T0 + 10, 'a')).isFalse();
        assertThat(permits(T0 + 10, T0 + 10, 'a')).isFalse();
        assertThat(permits(T0 + 11, T0 + 10, 'a')).isTrue();
    }

    @Test
    void segmentEndIsFollowedByNextSegmentOrEndOfText() {
        assertThat(permits('b', T0 + 10, 'a', T0 + 20)).isFalse();
        assertThat(permits(END, T0 + 10, 'a', T0 + 20)).isTrue();
        assertThat(permits(T0 + 19, T0 + 10, 'a', T0 + 20)).isFalse();
        assertThat(permits(T0 + 20, T0 + 10, 'a', T0 + 20)).isTrue();
    }

    @Test
    void timestampPairIsFollowedByText() {
        assertThat(permits('b', T0 + 10, 'a', T0 + 20, T0 + 20)).isTrue();
        assertThat(permits(T0 + 30, T0 + 10, 'a', T0 + 20, T0 + 20)).isFalse();
        assertThat(permits(T0 + 20, T0 + 10, 'a', T0 + 20, T0 + 20, 'b')).isFalse();
        assertThat(permits(T0 + 21, T0 + 10, 'a', T0 + 20, T0 + 20, 'b')).isTrue();
    }

    @Test
    void prefersTimestampsIfTogetherMoreProbableThanText() {
        float[] logits = new float[ScriptedNetwork.MULTILINGUAL];
        logits['b'] = 6;
        assertThat(rules.next(logits, sequence(T0 + 10, 'a')).mostProbable())
                .as("1490 timestamps of weight 1 are more than e^6")
                .isEqualTo(T0 + 11);
        logits['b'] = 8;
        assertThat(rules.next(logits, sequence(T0 + 10, 'a')).mostProbable()).isEqualTo('b');
    }

    @Test
    void suppressesPromptTokens() {
        for (int token : List.of(
                SPECIALS.startOfTranscript(),
                SPECIALS.translate(),
                SPECIALS.transcribe(),
                SPECIALS.startOfLm(),
                SPECIALS.startOfPrevious(),
                SPECIALS.noSpeech(),
                SPECIALS.noTimestamps())) {
            assertThat(permits(token, T0, 'a')).as("token %d", token).isFalse();
        }
    }

    @Test
    void suppressesNonSpeechTokens() {
        assertThat(permits('(', T0, 'a')).isFalse();
        assertThat(permits(',', T0, 'a')).isTrue();
    }

    @Test
    void modelListsReplaceReferenceLists() {
        DecodingRules own = rules(
                new GenerationConfig(Optional.of(List.of((int) 'x')), Optional.of(List.of((int) 'y')), List.of()),
                false);
        assertThat(permits(own, '(')).isTrue();
        assertThat(permits(own, ' ')).isTrue();
        assertThat(permits(own, 'x')).isFalse();
        assertThat(permits(own, 'y')).isFalse();
        assertThat(permits(own, END)).isFalse();
        assertThat(permits(own, 'x', 'a')).isFalse();
        assertThat(permits(own, 'y', 'a')).isTrue();
        assertThat(permits(own, SPECIALS.noSpeech(), 'a')).isFalse();
    }

    @Test
    void withoutTimestampsTextStartsImmediatelyAndNotWithBlank() {
        DecodingRules plain = rules(GenerationConfig.NONE, false);
        assertThat(permits(plain, 'a')).isTrue();
        assertThat(permits(plain, ' ')).isFalse();
        assertThat(permits(plain, END)).isFalse();
        assertThat(permits(plain, ' ', 'a')).isTrue();
        assertThat(permits(plain, END, 'a')).isTrue();
        assertThat(permits(plain, T0 + 3, 'a')).isFalse();
    }

    @Test
    void suppressedTokensAreTheGivenOnesWithOrWithoutTheDefaultOnes() {
        DecodingRules both = suppressing(-1, (int) 'x');
        assertThat(permits(both, '(', 'a')).isFalse();
        assertThat(permits(both, 'x', 'a')).isFalse();
        DecodingRules own = suppressing((int) 'x');
        assertThat(permits(own, '(', 'a')).isTrue();
        assertThat(permits(own, 'x', 'a')).isFalse();
        DecodingRules none = suppressing();
        assertThat(permits(none, '(', 'a')).isTrue();
        assertThat(permits(none, SPECIALS.startOfTranscript(), 'a')).isFalse();
    }

    @Test
    void firstTimestampIsLimitedByOption() {
        assertThat(permits(limitedTo(0), T0)).isTrue();
        assertThat(permits(limitedTo(0), T0 + 1)).isFalse();
        assertThat(permits(limitedTo(2.5), T0 + 125)).isTrue();
        assertThat(permits(limitedTo(2.5), T0 + 126)).isFalse();
        assertThat(permits(limitedTo(30), T0 + 1500)).isTrue();
        assertThat(limitedTo(2.5).greedy(9).lastInitialTimestamp()).isEqualTo(T0 + 125);
    }

    @Test
    void repeatedTokensAreLessProbable() {
        DecodingRules penalized = new DecodingRules(
                SPECIALS,
                new SuppressedTokens(TOKENIZER, GenerationConfig.NONE, List.of()),
                null,
                new RepetitionRules(1.5, 0));
        float[] logits = new float[ScriptedNetwork.MULTILINGUAL];
        logits['a'] = 9;
        logits['b'] = 8;
        assertThat(penalized.next(logits.clone(), sequence('c')).mostProbable()).isEqualTo('a');
        assertThat(penalized.next(logits.clone(), sequence('a')).mostProbable()).isEqualTo('b');
        assertThat(penalized.isForEngines()).isFalse();
        assertThat(rules.isForEngines()).isTrue();
    }

    @Test
    void textContinuesGivenTokens() {
        TokenSequence given = new TokenSequence(8);
        given.appendGiven(T0);
        given.appendGiven('a');
        assertThat(permits(rules, END, given)).as("nothing was decoded").isFalse();
        assertThat(permits(rules, ' ', given)).isFalse();
        assertThat(permits(rules, 'b', given)).isTrue();
        assertThat(permits(rules, T0, given)).isFalse();
        assertThat(permits(rules, T0 + 7, given)).isTrue();
        given.append('b', -1);
        assertThat(permits(rules, END, given)).isTrue();
    }

    private static DecodingRules suppressing(Integer... tokens) {
        return new DecodingRules(
                SPECIALS, new SuppressedTokens(TOKENIZER, GenerationConfig.NONE, List.of(tokens)), null, NO_RULES);
    }

    private static DecodingRules limitedTo(double seconds) {
        return new DecodingRules(
                SPECIALS,
                new SuppressedTokens(TOKENIZER, GenerationConfig.NONE, List.of()),
                new TimestampRules(SPECIALS, 0.02, seconds),
                NO_RULES);
    }

    private static DecodingRules rules(GenerationConfig generation, boolean timestamps) {
        return new DecodingRules(
                SPECIALS,
                new SuppressedTokens(
                        TOKENIZER, generation, TranscribeOptions.defaults().suppressTokens()),
                timestamps ? new TimestampRules(SPECIALS, 0.02, 1.0) : null,
                NO_RULES);
    }

    private boolean permits(int token, int... before) {
        return permits(rules, token, before);
    }

    /** Returns whether the rules allow a highly probable token after others. */
    private static boolean permits(DecodingRules rules, int token, int... before) {
        return permits(rules, token, sequence(before));
    }

    private static boolean permits(DecodingRules rules, int token, TokenSequence before) {
        float[] logits = new float[ScriptedNetwork.MULTILINGUAL];
        logits[token] = 30;
        return rules.next(logits, before).mostProbable() == token;
    }

    private static TokenSequence sequence(int... tokens) {
        TokenSequence sequence = new TokenSequence(1);
        for (int token : tokens) {
            sequence.append(token, -1);
        }
        return sequence;
    }
}
