package io.github.whisperspeedtest.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("reference")
class ReferenceNetworkTest {
    private static final int END_OF_TEXT = 50257;
    private static final int START = 50258;
    private static final int ENGLISH = 50259;
    private static final int TRANSCRIBE = 50359;
    private static final int NO_TIMESTAMPS = 50363;
    private static final int VOCABULARY = 51865;

    private static ReferenceNetwork network;
    private static EncoderOutput windows;

    @BeforeAll
    static void encode() {
        network = new ReferenceNetwork(EmbeddedModel.checkpoint());
        windows = network.encode(List.of(spectrogram("en_single_04.flac"), spectrogram("de_single_03.flac")));
    }

    @AfterAll
    static void close() {
        windows.close();
        network.close();
    }

    @ParameterizedTest
    @CsvSource({"en_single_04.flac, 0, 50259", "de_single_03.flac, 1, 50261"})
    void greedyDecodingTranscribesSample(String sample, int window, int language) {
        int[] prompt = {START, language, TRANSCRIBE, NO_TIMESTAMPS};
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (DecoderSession session = windows.startDecoding(1)) {
            float[][] logits = new float[2][VOCABULARY];
            session.append(new int[][] {prompt, prompt}, new int[] {3}, logits);
            session.select(new int[] {window});
            float[] following = logits[window];
            for (int token = best(following); token != END_OF_TEXT; token = best(following)) {
                text.writeBytes(EmbeddedModel.checkpoint().tokenizer().tokens().get(token));
                session.append(new int[][] {{token}}, new int[] {0}, new float[][] {following});
            }
        }

        assertThat(text.toString(StandardCharsets.UTF_8).strip())
                .isEqualTo(MicroSamples.named(sample).reference());
    }

    @Test
    void decodingOneByOneEqualsDecodingAllAtOnce() {
        int[][] tokens = {{START, ENGLISH, TRANSCRIBE, 7, 8}, {START, ENGLISH, TRANSCRIBE, 9, 10}};
        float[][] atOnce = new float[4][VOCABULARY];
        float[][] oneByOne = new float[2][VOCABULARY];
        try (DecoderSession whole = windows.startDecoding(1);
                DecoderSession stepwise = windows.startDecoding(1)) {
            whole.append(tokens, new int[] {2, 4}, atOnce);
            for (int i = 0; i < 5; i++) {
                stepwise.append(new int[][] {{tokens[0][i]}, {tokens[1][i]}}, new int[] {0}, oneByOne);
                if (i == 2) {
                    assertThat(oneByOne[0]).containsExactly(atOnce[0], within(1e-4f));
                    assertThat(oneByOne[1]).containsExactly(atOnce[2], within(1e-4f));
                }
            }
            assertThat(stepwise.length()).isEqualTo(5).isEqualTo(whole.length());
        }

        assertThat(oneByOne[0]).containsExactly(atOnce[1], within(1e-4f));
        assertThat(oneByOne[1]).containsExactly(atOnce[3], within(1e-4f));
        assertThat(oneByOne[0][best(oneByOne[0])] - oneByOne[1][best(oneByOne[0])])
                .as("the two windows differ")
                .isNotCloseTo(0, within(0.1f));
    }

    @Test
    void selectedSequencesContinueFromParents() {
        try (DecoderSession session = windows.startDecoding(2)) {
            session.append(new int[][] {{START}, {START}}, new int[] {0}, new float[2][VOCABULARY]);
            session.select(new int[] {0, 0, 1, 1});
            session.append(new int[][] {{1}, {2}, {3}, {4}}, new int[] {0}, new float[4][VOCABULARY]);
            session.select(new int[] {3, 2});
            assertThat(session.sequences()).isEqualTo(2);
            float[][] logits = new float[2][VOCABULARY];
            session.append(new int[][] {{5}, {6}}, new int[] {0}, logits);

            assertThat(logits[0]).containsExactly(logitsOf(1, START, 4, 5), within(1e-4f));
            assertThat(logits[1]).containsExactly(logitsOf(1, START, 3, 6), within(1e-4f));
        }
    }

    @Test
    void returnsAttentionOfRequestedHeads() {
        int[] tokens = {START, ENGLISH, TRANSCRIBE};
        float[][][] scores =
                windows.crossAttention(0, tokens, List.of(new AttentionHead(2, 1), new AttentionHead(0, 0)));

        assertThat(scores).hasDimensions(2, 3);
        assertThat(scores[0][2]).hasSize(1500);
        assertThat(scores[1]).isDeepEqualTo(windows.crossAttention(0, tokens, List.of(new AttentionHead(0, 0)))[0]);
        assertThat(scores[0][2]).isNotEqualTo(scores[1][2]);
    }

    @Test
    void errorFunctionIsExact() {
        // Values of Abramowitz and Stegun, table 7.1.
        assertThat(ReferenceLayers.erf(0.5)).isCloseTo(0.5204998778, within(1e-10));
        assertThat(ReferenceLayers.erf(-1)).isCloseTo(-0.8427007929, within(1e-10));
        assertThat(ReferenceLayers.erf(2)).isCloseTo(0.9953222650, within(1e-10));
        assertThat(ReferenceLayers.erf(0)).isZero();
        assertThat(ReferenceLayers.erf(5.9)).isCloseTo(1, within(1e-11));
        assertThat(ReferenceLayers.erf(7)).isEqualTo(1);
    }

    @Test
    void rejectsContractViolations() {
        ReferenceNetwork other = new ReferenceNetwork(EmbeddedModel.checkpoint());
        assertThatThrownBy(() -> other.encode(List.of(new float[80 * 3000 - 1])))
                .hasMessage(
                        "Windows must be equally long and have 80 rows of 2, 4, ... or 3000 frames, but have [239999] values");
        try (DecoderSession session = windows.startDecoding(2)) {
            float[][] logits = new float[2][VOCABULARY];
            assertThatThrownBy(() -> session.append(new int[][] {{1}, {1, 2}}, new int[] {0}, logits))
                    .hasMessage("Sequences get different numbers of tokens");
            assertThatThrownBy(() -> session.append(new int[2][449], new int[] {0}, logits))
                    .hasMessage("449 tokens after 0 are more than 448");
            assertThatThrownBy(() -> session.append(new int[2][3], new int[] {2, 1}, new float[4][VOCABULARY]))
                    .hasMessage("Positions [2, 1]");
            assertThatThrownBy(() -> session.append(new int[2][1], new int[] {0}, new float[2][10]))
                    .hasMessage("A row of logits must have 51865 values");
            assertThatThrownBy(() -> session.select(new int[] {0, 0, 1}))
                    .hasMessage("Parents [0, 0, 1] are not ordered by window, as many for each");
            assertThatThrownBy(() -> session.select(new int[] {1, 0}))
                    .hasMessage("Parents [1, 0] are not ordered by window, as many for each");
            assertThatThrownBy(() -> session.select(new int[] {0, 0, 0, 1, 1, 1}))
                    .hasMessage("3 sequences for a window");
            assertThatThrownBy(windows::close).hasMessage("The batch of windows is closed before what came from it");
        }
        other.close();
        other.close();
        assertThatThrownBy(() -> other.encode(List.of())).hasMessage("The network is closed");
    }

    private static float[] logitsOf(int window, int... tokens) {
        float[][] logits = new float[1][VOCABULARY];
        try (DecoderSession session = windows.startDecoding(1)) {
            session.select(new int[] {window});
            session.append(new int[][] {tokens}, new int[] {tokens.length - 1}, logits);
        }
        return logits[0];
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 0; i <= END_OF_TEXT; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    private static float[] spectrogram(String name) {
        SpeechSample sample = MicroSamples.named(name);
        try (InputStream in = sample.open()) {
            Audio audio = AudioFiles.read(name, in);
            return ReferenceSpectrogram.of(audio, 80);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
