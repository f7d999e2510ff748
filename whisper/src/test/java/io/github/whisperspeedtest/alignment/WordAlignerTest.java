package io.github.whisperspeedtest.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WordAlignerTest {
    private static final Tokenizer TOKENIZER = ScriptedNetwork.tokenizer(ScriptedNetwork.MULTILINGUAL);
    private static final int[] START = {50258, 50259, 50359};

    /** Every letter of a window {@code n} has the probability 1/n. The special token has 0.5 and must not count. */
    private final ScriptedNetwork network = new ScriptedNetwork(
            ScriptedNetwork.MULTILINGUAL,
            (window, tokens) -> Map.of(
                    (int) 'a',
                    1.0 / window,
                    (int) ' ',
                    1.0 / window,
                    TOKENIZER.specials().noTimestamps(),
                    0.5));

    @Test
    void alignsWordsWithAttendedPositions() {
        List<WordTiming> words = align("aa aaa a", 3000);
        assertThat(words).extracting(WordTiming::text).containsExactly("aa", " aaa", " a");
        // Each token has ten positions, 0.2 s. The three tokens before the text are not aligned, so the first word also
        // covers their positions.
        assertThat(words.get(0).start()).isZero();
        assertThat(words.get(0).end()).isCloseTo(1.0, within(0.061));
        assertThat(words.get(1).start()).isEqualTo(words.get(0).end());
        assertThat(words.get(1).end()).isCloseTo(1.8, within(0.061));
        assertThat(words.get(2).end()).isCloseTo(2.2, within(0.061));
        assertThat(network.open()).isZero();
    }

    @Test
    void normalizesProbabilityOverTextTokens() {
        assertThat(align("aa a", 3000))
                .extracting(WordTiming::probability)
                .allSatisfy(probability -> assertThat(probability).isCloseTo(0.5, within(1e-3)));
    }

    @Test
    void processesLongTextsInParts() {
        List<WordTiming> words = align("a ".repeat(60).strip(), 3000);
        assertThat(words).hasSize(60);
        assertThat(words).allSatisfy(word -> assertThat(word.probability()).isCloseTo(0.5, within(1e-3)));
        assertThat(network.sequences()).hasSizeBetween(5, 10);
    }

    @Test
    void wordsEndWithTheAudio() {
        List<WordTiming> words = align("aa aaa a", 120);
        assertThat(words).allSatisfy(word -> assertThat(word.end()).isLessThanOrEqualTo(1.2));
    }

    @Test
    void returnsNoWordsWithoutTextOrAudio() {
        assertThat(align("", 3000)).isEmpty();
        assertThat(align("aa", 1)).isEmpty();
    }

    @Test
    void usesPublishedHeadsOrUpperHalfOfLayers() {
        GenerationConfig published =
                new GenerationConfig(Optional.empty(), Optional.empty(), List.of(new AttentionHead(3, 0)));
        assertThat(published.alignmentHeads(network.dimensions())).containsExactly(new AttentionHead(3, 0));
        // Four layers of two heads.
        assertThat(GenerationConfig.NONE.alignmentHeads(network.dimensions()))
                .containsExactly(
                        new AttentionHead(2, 0),
                        new AttentionHead(2, 1),
                        new AttentionHead(3, 0),
                        new AttentionHead(3, 1));
    }

    private List<WordTiming> align(String text, int frames) {
        WordAligner aligner = new WordAligner(network.dimensions(), TOKENIZER, GenerationConfig.NONE);
        List<Integer> tokens = Arrays.stream(TOKENIZER.encode(text)).boxed().toList();
        try (EncoderOutput windows = network.encode(List.of(new float[] {9}, new float[] {2}))) {
            return aligner.align(windows, 1, START, "en", tokens, frames);
        }
    }
}
