package io.github.whisperspeedtest.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.testing.ReferenceNetwork;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomModelTest {
    private static final int TEXT_TOKENS = 50257;
    private static final int START = 50258;
    private static final int FIRST_TIMESTAMP = 50364;

    /** Narrow and short, for tests that do not depend on the size. */
    private static final Checkpoint SMALLEST =
            RandomModel.checkpoint(new ModelDimensions(80, 10, 64, 1, 2, 51865, 448, 64, 1, 2));

    /** Sizes of the published models from OpenAI's README, weights and positions together. */
    @ParameterizedTest
    @CsvSource({"tiny, 39", "base, 74", "small, 244", "medium, 769", "large-v3-turbo, 809", "large-v3, 1550"})
    void hasSizeOfPublishedModel(String size, double millions) {
        Checkpoint checkpoint = RandomModel.checkpoint(size);

        TensorShapes.check(size, checkpoint);
        double parameters = checkpoint.tensors().values().stream()
                .mapToLong(Tensor::elementCount)
                .sum();
        assertThat(parameters / 1e6).isCloseTo(millions, within(millions * 0.035));
    }

    @Test
    void isDeterministicInEveryPart() {
        Tensor embedding = tensor(RandomModel.checkpoint("tiny"), "decoder.token_embedding.weight");
        float[] whole = new float[3 * 384];
        embedding.copyTo(255 * 384, whole);

        Tensor again = tensor(RandomModel.checkpoint("tiny"), "decoder.token_embedding.weight");
        for (int start : List.of(0, 1, 383, 384, 385, 767, 769)) {
            float[] part = new float[350];
            again.copyTo(255 * 384 + start, part);
            assertThat(part).as("from %d on", start).isEqualTo(Arrays.copyOfRange(whole, start, start + 350));
        }
        assertThat(embedding.data()).isEqualTo(again.data());
    }

    @Test
    void weightsPreserveScaleOfActivations() {
        float[] up = values(tensor(SMALLEST, "encoder.blocks.1.mlp.0.weight"));
        float[] other = values(tensor(SMALLEST, "encoder.blocks.0.mlp.0.weight"));

        double squares = 0;
        double product = 0;
        for (int i = 0; i < up.length; i++) {
            squares += up[i] * up[i];
            product += up[i] * other[i];
        }
        assertThat(Math.sqrt(squares / up.length)).isCloseTo(1 / Math.sqrt(64), within(0.01));
        assertThat(product / squares).as("correlation of two layers").isCloseTo(0, within(0.05));
    }

    @Test
    void encoderPositionsAreSinusoids() {
        float[] positions = values(tensor(RandomModel.checkpoint("tiny"), "encoder.positional_embedding"));

        assertThat(positions[0]).isZero();
        assertThat(positions[192]).isEqualTo(1);
        assertThat(positions[7 * 384]).isEqualTo((float) Math.sin(7));
        assertThat(positions[7 * 384 + 383]).isEqualTo((float) Math.cos(7e-4));
    }

    @Test
    void everyTokenIsDistinctAndHasOneMerge() {
        TokenizerData tokenizer = SMALLEST.tokenizer();
        Set<String> distinct = new HashSet<>();
        tokenizer.tokens().forEach(token -> distinct.add(new String(token, StandardCharsets.ISO_8859_1)));

        assertThat(distinct).hasSize(TEXT_TOKENS).contains(" ", " a", " zzz");
        assertThat(tokenizer.merges()).hasSize(TEXT_TOKENS - 256);
        for (int i = 0; i < tokenizer.merges().size(); i++) {
            TokenizerData.Merge merge = tokenizer.merges().get(i);
            assertThat(text(256 + i)).isEqualTo(text(merge.left()) + text(merge.right()));
        }
    }

    @Tag("reference")
    @Test
    void writesTextUntilContextIsFull() {
        float[] noise = new float[80 * 20];
        Random random = new Random(1);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = random.nextFloat();
        }
        Set<Integer> written = new HashSet<>();
        try (ReferenceNetwork network = new ReferenceNetwork(SMALLEST);
                EncoderOutput windows = network.encode(List.of(noise));
                DecoderSession session = windows.startDecoding(1)) {
            float[] logits = new float[51865];
            session.append(
                    new int[][] {{START, 50259, 50359, FIRST_TIMESTAMP + 3}}, new int[] {3}, new float[][] {logits});
            while (session.length() < 448) {
                float bestOther = best(logits, TEXT_TOKENS, logits.length);
                float bestText = best(logits, 0, TEXT_TOKENS);
                assertThat(bestText - bestOther)
                        .as("lead of the text after %d tokens", session.length())
                        .isGreaterThan(20);
                int token = indexOf(logits, bestText);
                written.add(token);
                session.append(new int[][] {{token}}, new int[] {0}, new float[][] {logits});
            }
        }
        // Repetitions would be treated as a failure and decoded again.
        assertThat(written).hasSizeGreaterThan(200).allMatch(token -> token >= 256);
    }

    @Test
    void rejectsUnknownSize() {
        assertThatThrownBy(() -> RandomModel.checkpoint("huge"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no model of size 'huge', only"
                        + " [tiny, base, small, medium, large-v3-turbo, large-v3]");
    }

    private static float best(float[] logits, int from, int to) {
        float best = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            best = Math.max(best, logits[i]);
        }
        return best;
    }

    private static int indexOf(float[] values, float value) {
        int index = 0;
        while (values[index] != value) {
            index++;
        }
        return index;
    }

    private static String text(int token) {
        return new String(SMALLEST.tokenizer().tokens().get(token), StandardCharsets.ISO_8859_1);
    }

    private static Tensor tensor(Checkpoint checkpoint, String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name), name);
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.elementCount())];
        tensor.copyTo(0, values);
        return values;
    }
}
