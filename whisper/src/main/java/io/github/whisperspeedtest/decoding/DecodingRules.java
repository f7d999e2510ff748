package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.network.GreedyRules;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** All rules for the next token, and the resulting distribution. */
final class DecodingRules {
    private final SuppressedTokens suppressed;
    private final @Nullable TimestampRules timestamps;
    private final RepetitionRules repetition;
    private final SpecialTokens specials;
    private final TokenDistribution distribution;

    /**
     * Creates the rules.
     *
     * @param timestamps null to decode without timestamps
     */
    DecodingRules(
            SpecialTokens specials,
            SuppressedTokens suppressed,
            @Nullable TimestampRules timestamps,
            RepetitionRules repetition) {
        this.specials = specials;
        this.suppressed = suppressed;
        this.timestamps = timestamps;
        this.repetition = repetition;
        this.distribution = new TokenDistribution(specials.timestampBegin());
    }

    /** Returns the token that ends a sequence. */
    int endOfText() {
        return specials.endOfText();
    }

    /** Returns whether {@link #greedy} holds all rules; engines know none against repetition. */
    boolean isForEngines() {
        return !repetition.isActive();
    }

    /**
     * Returns the rules in the form for engines, without those against repetition.
     *
     * @param maxTokens maximum number of tokens to decode
     */
    GreedyRules greedy(int maxTokens) {
        int firstTimestamp = specials.timestampBegin();
        IntStream suppressTokens = Arrays.stream(suppressed.always());
        if (timestamps != null) {
            suppressTokens = IntStream.concat(suppressTokens, IntStream.of(specials.noTimestamps()));
        }
        return new GreedyRules(
                specials.endOfText(),
                specials.noSpeech(),
                firstTimestamp,
                timestamps == null ? firstTimestamp : timestamps.lastInitialTimestamp(),
                timestamps != null,
                suppressTokens.toArray(),
                suppressed.first(),
                maxTokens);
    }

    /**
     * Returns the distribution of the next token of a sequence; valid until the next call.
     *
     * @param logits logits of the network; overwritten
     */
    TokenDistribution next(float[] logits, TokenSequence sequence) {
        distribution.start(logits);
        if (repetition.isActive()) {
            repetition.apply(sequence.toArray(), distribution);
        }
        suppressed.apply(distribution, sequence.decoded());
        if (timestamps == null) {
            distribution.forbidTimestamps();
        } else {
            distribution.forbid(specials.noTimestamps());
            timestamps.apply(distribution, sequence);
        }
        distribution.settle(timestamps != null);
        return distribution;
    }
}
