package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testing.ReferenceNetwork;
import io.github.whisperspeedtest.testing.ReferenceSpectrogram;
import io.github.whisperspeedtest.testing.RelativeDistance;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contract of every engine's network. Compares the embedded model on the real engine with a reference network in plain Java. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class NetworkContract {
    /** The embedded model. */
    protected static final Checkpoint MICRO = EmbeddedModel.checkpoint();

    /** The tokens that decoding starts with. */
    protected static final int[] PROMPT = {50258, 50259, 50359, 50364};

    private static final int[] ALL = {0, 1, 2, 3};
    private static final int VOCABULARY = MICRO.dimensions().nVocab();

    /** Spectrograms of two recordings. */
    protected final List<float[]> windows = List.of(window("en_multi_01.flac"), window("de_single_03.flac"));

    private WhisperNetwork reference;
    private EncoderOutput expected;

    @BeforeAll
    void encodeWithReference() {
        reference = new ReferenceNetwork(MICRO);
        expected = reference.encode(windows);
    }

    @AfterAll
    void close() {
        expected.close();
        reference.close();
    }

    /** Loads the embedded model with 32-bit weights. */
    protected abstract WhisperNetwork load();

    /** Returns the encoder output of the reference network for the windows. */
    protected EncoderOutput expected() {
        return expected;
    }

    @Test
    void computesSameLogitsAsReference() {
        assertThat(distanceFromReference(load())).isLessThan(1e-4);
    }

    /** Returns the relative distance of a network's logits from those of the reference, and closes the network. */
    protected double distanceFromReference(WhisperNetwork network) {
        try (network;
                EncoderOutput actual = network.encode(windows);
                DecoderSession session = actual.startDecoding(1);
                DecoderSession expectedSession = expected.startDecoding(1)) {
            int[][] prompts = {PROMPT, PROMPT};
            double first = RelativeDistance.of(logits(session, prompts, ALL), logits(expectedSession, prompts, ALL));
            int[][] step = {{33}, {72}};
            return Math.max(first, RelativeDistance.of(logits(session, step, 0), logits(expectedSession, step, 0)));
        }
    }

    @Test
    void decodingOneByOneEqualsDecodingAllAtOnce() {
        int[] tokens = new int[100];
        Arrays.setAll(tokens, i -> i < PROMPT.length ? PROMPT[i] : (i * 7) % 500);
        try (WhisperNetwork network = load();
                EncoderOutput encoded = network.encode(windows.subList(0, 1))) {
            float[] atOnce;
            try (DecoderSession session = encoded.startDecoding(1)) {
                atOnce = logits(session, new int[][] {tokens}, tokens.length - 1)[0];
            }
            try (DecoderSession session = encoded.startDecoding(1)) {
                float[] last = {};
                for (int token : tokens) {
                    last = logits(session, new int[][] {{token}}, 0)[0];
                }
                assertThat(session.length()).isEqualTo(tokens.length);
                assertClose(new float[][] {last}, new float[][] {atOnce}, 2e-3f);
            }
        }
    }

    @Test
    void continuesSelectedSequences() {
        try (WhisperNetwork network = load();
                EncoderOutput actual = network.encode(windows);
                DecoderSession session = actual.startDecoding(3);
                DecoderSession expectedSession = expected.startDecoding(3)) {
            Random random = new Random(5);
            for (DecoderSession each : List.of(session, expectedSession)) {
                logits(each, new int[][] {PROMPT, PROMPT}, 3);
                each.select(new int[] {0, 0, 0, 1, 1, 1});
            }
            // Crossed, repeated and unchanged parents, beyond the initial size of the KV cache. Then drop the first
            // window.
            int[][] selections = {{1, 0, 2, 3, 3, 5}, {2, 2, 0, 5, 4, 3}, {0, 0, 1, 4, 4, 4}};
            for (int round = 0; round < 26; round++) {
                int[][] tokens = new int[6][3];
                Arrays.stream(tokens).forEach(row -> Arrays.setAll(row, i -> random.nextInt(500)));
                assertClose(logits(session, tokens, 1, 2), logits(expectedSession, tokens, 1, 2), 2e-3f);
                session.select(selections[round % 3]);
                expectedSession.select(selections[round % 3]);
            }
            for (DecoderSession each : List.of(session, expectedSession)) {
                each.select(new int[] {5, 3});
                assertThat(each.sequences()).isEqualTo(2);
            }
            int[][] step = {{7}, {8}};
            assertClose(logits(session, step, 0), logits(expectedSession, step, 0), 2e-3f);
            assertThatThrownBy(() -> logits(session, new int[][] {new int[400], new int[400]}, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("448");
        }
    }

    @Test
    void sessionDoesNotChangeEncoderOutput() {
        try (WhisperNetwork network = load();
                EncoderOutput encoded = network.encode(windows)) {
            float[][] before = prompted(encoded);
            try (DecoderSession session = encoded.startDecoding(1)) {
                session.select(new int[] {1});
                assertClose(logits(session, new int[][] {PROMPT}, 3), new float[][] {before[1]}, 1e-4f);
            }
            assertThat(prompted(encoded)).isDeepEqualTo(before);
        }
    }

    @Test
    void rejectsClosedSessionsAndInvalidOrder() {
        WhisperNetwork network = load();
        EncoderOutput encoded = network.encode(windows);
        DecoderSession closedWithItsWindows = encoded.startDecoding(1);
        DecoderSession session = encoded.startDecoding(2);
        assertThatThrownBy(() -> session.select(new int[] {0, 0, 0, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0, 0, 0, 1]");
        assertThatThrownBy(() -> session.select(new int[] {1, 0})).isInstanceOf(IllegalArgumentException.class);
        session.close();
        assertThatThrownBy(() -> prompt(session)).isInstanceOf(IllegalStateException.class);
        encoded.close();
        assertThatThrownBy(() -> prompt(closedWithItsWindows)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encoded.startDecoding(1)).isInstanceOf(IllegalStateException.class);
        EncoderOutput left = network.encode(windows);
        DecoderSession last = left.startDecoding(1);
        network.close();
        network.close();
        assertThatThrownBy(() -> prompt(last)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> network.encode(windows)).isInstanceOf(IllegalStateException.class);
        left.close();
    }

    private static void prompt(DecoderSession session) {
        logits(session, new int[][] {PROMPT, PROMPT}, 3);
    }

    @Test
    void returnsCrossAttention() {
        List<AttentionHead> heads = List.of(new AttentionHead(2, 1), new AttentionHead(0, 0), new AttentionHead(2, 0));
        int[] tokens = {50258, 50259, 50359, 50363, 10, 20, 30};
        try (WhisperNetwork network = load();
                EncoderOutput encoded = network.encode(windows)) {
            float[][][] actual = encoded.crossAttention(1, tokens, heads);
            float[][][] wanted = expected.crossAttention(1, tokens, heads);
            for (int head = 0; head < heads.size(); head++) {
                assertClose(actual[head], wanted[head], 2e-3f);
            }
        }
    }

    @Test
    void encodesFirstPositionsOfShortWindows() {
        // An odd number of positions, which are multiples of nothing that engines work in.
        int positions = 301;
        List<float[]> starts =
                windows.stream().map(window -> start(window, 2 * positions)).toList();
        List<AttentionHead> heads = List.of(new AttentionHead(2, 1), new AttentionHead(0, 0));
        int[] tokens = {50258, 50259, 50359, 50363, 10, 20, 30};
        try (WhisperNetwork network = load();
                EncoderOutput wanted = reference.encode(starts)) {
            float[][] whole;
            try (EncoderOutput encoded = network.encode(windows)) {
                whole = prompted(encoded);
            }
            try (EncoderOutput encoded = network.encode(starts);
                    DecoderSession session = encoded.startDecoding(1);
                    DecoderSession wantedSession = wanted.startDecoding(1)) {
                assertClose(prompted(encoded), prompted(wanted), 2e-3f);
                for (int window : List.of(1, 0)) {
                    float[][][] actual = encoded.crossAttention(window, tokens, heads);
                    assertThat(actual[0][0]).hasSize(positions);
                    assertClose(actual[0], wanted.crossAttention(window, tokens, heads)[0], 2e-3f);
                    assertClose(actual[1], wanted.crossAttention(window, tokens, heads)[1], 2e-3f);
                }
                session.select(new int[] {1});
                wantedSession.select(new int[] {1});
                int[][] prompt = {PROMPT};
                assertClose(logits(session, prompt, 3), logits(wantedSession, prompt, 3), 2e-3f);
            }
            try (EncoderOutput encoded = network.encode(windows)) {
                assertThat(prompted(encoded)).isDeepEqualTo(whole);
            }
            assertThat(RelativeDistance.of(prompted(wanted), whole))
                    .as("the end of the windows matters")
                    .isGreaterThan(1e-3);
        }
    }

    @Test
    void rejectsWindowsOfOtherShapes() {
        float[] first = windows.get(0);
        try (WhisperNetwork network = load()) {
            for (List<float[]> wrong : List.of(
                    List.of(first, start(first, 100)),
                    List.of(start(first, 101)),
                    List.of(Arrays.copyOf(first, 3002 * MICRO.dimensions().nMels())),
                    List.of(new float[0]))) {
                assertThatThrownBy(() -> network.encode(wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("80 rows of 2, 4, ... or 3000 frames");
            }
        }
    }

    /** Returns the first frames of a window. */
    protected static float[] start(float[] window, int frames) {
        int bins = MICRO.dimensions().nMels();
        int length = window.length / bins;
        float[] start = new float[bins * frames];
        for (int bin = 0; bin < bins; bin++) {
            System.arraycopy(window, bin * length, start, bin * frames, frames);
        }
        return start;
    }

    /** Returns the logits after the prompt for two windows. */
    protected static float[][] prompted(EncoderOutput encoded) {
        try (DecoderSession session = encoded.startDecoding(1)) {
            return logits(session, new int[][] {PROMPT, PROMPT}, 3);
        }
    }

    private static float[][] logits(DecoderSession session, int[][] tokens, int... positions) {
        float[][] logits = new float[tokens.length * positions.length][VOCABULARY];
        session.append(tokens, positions, logits);
        return logits;
    }

    /** Asserts that no element differs by more than a tolerance. */
    protected static void assertClose(float[][] actual, float[][] expected, float tolerance) {
        assertThat(actual.length).isEqualTo(expected.length);
        for (int row = 0; row < expected.length; row++) {
            float worst = 0;
            for (int i = 0; i < expected[row].length; i++) {
                worst = Math.max(worst, Math.abs(actual[row][i] - expected[row][i]));
            }
            assertThat(worst).as("largest difference in row %d", row).isCloseTo(0, within(tolerance));
        }
    }

    /** Returns the spectrogram of a recording of the embedded model. */
    protected static float[] window(String sample) {
        try (InputStream in = MicroSamples.named(sample).open()) {
            return ReferenceSpectrogram.of(
                    AudioFiles.read(sample, in), MICRO.dimensions().nMels());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
