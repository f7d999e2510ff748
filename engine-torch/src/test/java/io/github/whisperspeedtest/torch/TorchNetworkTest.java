package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.mel.LogMelSpectrogram;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.GreedyRules;
import io.github.whisperspeedtest.network.GreedySession;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.NetworkContract;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the TorchScript program on the real PyTorch. */
@Tag("end-to-end")
class TorchNetworkTest extends NetworkContract {
    static {
        TorchRuntime.start(TestContexts.ofEngine());
    }

    private static final int END_OF_TEXT = 50257;
    private static final int FIRST_TIMESTAMP = 50364;

    @Override
    protected WhisperNetwork load() {
        return load(MICRO, TorchPrecision.FLOAT32);
    }

    private static WhisperNetwork load(Checkpoint checkpoint, TorchPrecision precision) {
        return TorchNetwork.load(checkpoint, new TorchOptions(TorchDevice.CPU, precision, 2));
    }

    @ParameterizedTest
    @CsvSource({"INT8, 0.05", "BFLOAT16, 0.05", "FLOAT16, 0.005"})
    void staysCloseWithFewerBits(TorchPrecision precision, double tolerance) {
        double distance = distanceFromReference(load(MICRO, precision));
        assertThat(distance).isBetween(1e-5, tolerance);
    }

    /** Values must be the same whether used in place or converted. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void readsWeightsOfAnyType(DataType type) {
        Map<String, Tensor> stored = new LinkedHashMap<>();
        Map<String, Tensor> widened = new LinkedHashMap<>();
        MICRO.tensors().forEach((name, tensor) -> {
            Tensor narrow = narrow(tensor, type);
            stored.put(name, narrow);
            widened.put(name, wide(narrow));
        });
        Checkpoint narrow = new Checkpoint(MICRO.dimensions(), stored, MICRO.tokenizer(), MICRO.generation());
        Checkpoint wide = new Checkpoint(MICRO.dimensions(), widened, MICRO.tokenizer(), MICRO.generation());
        try (WhisperNetwork one = load(narrow, TorchPrecision.FLOAT32);
                WhisperNetwork other = load(wide, TorchPrecision.FLOAT32);
                EncoderOutput ofOne = one.encode(windows);
                EncoderOutput ofOther = other.encode(windows)) {
            assertThat(prompted(ofOne)).isDeepEqualTo(prompted(ofOther));
        }
    }

    private static Tensor narrow(Tensor tensor, DataType type) {
        float[] elements = new float[(int) tensor.elementCount()];
        tensor.copyTo(0, elements);
        ByteBuffer bytes = ByteBuffer.allocateDirect(elements.length * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (float element : elements) {
            // Half floats with few exponents, enough to distinguish the types without our own conversion.
            int bits = Float.floatToRawIntBits(element);
            bytes.putShort(type == DataType.BF16 ? (short) (bits >> 16) : half(element));
        }
        return new Tensor(type, tensor.shape(), bytes.flip());
    }

    private static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = ((bits >> 23) & 0xff) - 127 + 15;
        int sign = (bits >> 16) & 0x8000;
        return (short) (exponent <= 0 ? sign : sign | exponent << 10 | (bits >> 13) & 0x3ff);
    }

    private static Tensor wide(Tensor tensor) {
        float[] elements = new float[(int) tensor.elementCount()];
        tensor.copyTo(0, elements);
        ByteBuffer bytes = ByteBuffer.allocate(elements.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float element : elements) {
            bytes.putFloat(element);
        }
        return new Tensor(DataType.F32, tensor.shape(), bytes.flip());
    }

    /** Compares the engine's search with a plain implementation of the rules on logits in Java. */
    @ParameterizedTest
    @CsvSource({"true, 100", "false, 100", "true, 5"})
    void greedySearchMatchesPlainImplementation(boolean timestamps, int maxTokens) {
        GreedyRules rules = rules(timestamps, maxTokens);
        List<float[]> batch = MicroSamples.all().stream()
                .limit(7)
                .map(TorchNetworkTest::spectrogram)
                .toList();
        try (WhisperNetwork network = load();
                EncoderOutput encoded = network.encode(batch)) {
            int[] wanted = {0, 2, 3, 4, 5, 6};
            List<GreedySession.Sequence> together = greedy(encoded, wanted, rules);
            for (int i = 0; i < wanted.length; i++) {
                GreedySession.Sequence alone =
                        greedy(encoded, new int[] {wanted[i]}, rules).get(0);
                GreedySession.Sequence plain = plainly(encoded, wanted[i], rules);
                for (GreedySession.Sequence found : List.of(together.get(i), alone)) {
                    assertThat(found.tokens()).as("window %d", i).isEqualTo(plain.tokens());
                    assertThat(found.logProbability()).isCloseTo(plain.logProbability(), within(1e-2));
                    assertThat(found.noSpeechProbability()).isCloseTo(plain.noSpeechProbability(), within(1e-4));
                }
            }
            assertThat(together.stream()
                            .map(sequence -> sequence.tokens().size())
                            .distinct()
                            .count())
                    .as("different lengths")
                    .isGreaterThan(maxTokens == 5 ? 0 : 2);
        }
    }

    private static float[] spectrogram(SpeechSample sample) {
        float[] window = new float[MICRO.dimensions().nMels() * LogMelSpectrogram.FRAMES];
        try (InputStream in = sample.open()) {
            new LogMelSpectrogram(MICRO.dimensions().nMels(), LogMelSpectrogram.Padding.SILENCE)
                    .window(AudioFiles.read(sample.name(), in), 0, window);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return window;
    }

    private static GreedyRules rules(boolean timestamps, int maxTokens) {
        int[] suppressTokens =
                IntStream.rangeClosed(END_OF_TEXT + 1, FIRST_TIMESTAMP - 1).toArray();
        return new GreedyRules(
                END_OF_TEXT,
                50362,
                FIRST_TIMESTAMP,
                FIRST_TIMESTAMP + 50,
                timestamps,
                suppressTokens,
                new int[] {220, END_OF_TEXT},
                maxTokens);
    }

    private static int[] prompt(boolean timestamps) {
        return timestamps ? new int[] {50361, 10, 50258, 50259, 50359} : new int[] {50258, 50259, 50359, 50363};
    }

    private static List<GreedySession.Sequence> greedy(EncoderOutput encoded, int[] wanted, GreedyRules rules) {
        int[] prompt = prompt(rules.timestamps());
        int[][] prompts = IntStream.of(wanted).mapToObj(window -> prompt).toArray(int[][]::new);
        try (GreedySession session = encoded.startGreedy(wanted, prompts, rules.timestamps() ? 2 : 0, rules)
                .orElseThrow()) {
            while (session.advance()) {
                assertThatThrownBy(session::sequences).isInstanceOf(IllegalStateException.class);
            }
            return session.sequences();
        }
    }

    private static GreedySession.Sequence plainly(EncoderOutput encoded, int window, GreedyRules rules) {
        int vocabulary = MICRO.dimensions().nVocab();
        List<Integer> tokens = new ArrayList<>();
        double sum = 0;
        try (DecoderSession session = encoded.startDecoding(1)) {
            session.select(new int[] {window});
            int[] prompt = prompt(rules.timestamps());
            float[][] logits = new float[2][vocabulary];
            session.append(new int[][] {prompt}, new int[] {rules.timestamps() ? 2 : 0, prompt.length - 1}, logits);
            double noSpeech = Math.exp(logits[0][rules.noSpeech()] - logSum(logits[0], 0, vocabulary));
            float[] next = logits[1];
            while (tokens.size() < rules.maxTokens()) {
                mask(next, tokens, rules);
                int first = rules.firstTimestamp();
                if (logSum(next, first, vocabulary) > largest(next, 0, first)) {
                    forbid(next, 0, first);
                }
                int token = IntStream.range(0, vocabulary)
                        .reduce((a, b) -> next[b] > next[a] ? b : a)
                        .orElseThrow();
                sum += next[token] - logSum(next, 0, vocabulary);
                if (token == rules.endOfText()) {
                    break;
                }
                tokens.add(token);
                session.append(new int[][] {{token}}, new int[] {0}, new float[][] {next});
            }
            return new GreedySession.Sequence(tokens, sum, noSpeech);
        }
    }

    private static void mask(float[] logits, List<Integer> tokens, GreedyRules rules) {
        int first = rules.firstTimestamp();
        IntStream.of(rules.suppressTokens()).forEach(token -> forbid(logits, token, token + 1));
        if (tokens.isEmpty()) {
            IntStream.of(rules.beginSuppressTokens()).forEach(token -> forbid(logits, token, token + 1));
        }
        if (!rules.timestamps()) {
            forbid(logits, first, logits.length);
            return;
        }
        if (tokens.isEmpty()) {
            forbid(logits, 0, first);
            forbid(logits, rules.lastInitialTimestamp() + 1, logits.length);
            return;
        }
        boolean last = tokens.get(tokens.size() - 1) >= first;
        boolean before = tokens.size() < 2 || tokens.get(tokens.size() - 2) >= first;
        int latest = tokens.stream()
                .filter(token -> token >= first)
                .reduce((a, b) -> b)
                .orElse(first - 1);
        if (last && before) {
            forbid(logits, first, logits.length);
        } else if (last) {
            forbid(logits, 0, rules.endOfText());
            forbid(logits, first, latest);
        } else {
            forbid(logits, first, latest + 1);
        }
    }

    private static void forbid(float[] logits, int from, int to) {
        Arrays.fill(logits, from, to, Float.NEGATIVE_INFINITY);
    }

    private static float largest(float[] logits, int from, int to) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, logits[i]);
        }
        return largest;
    }

    private static double logSum(float[] logits, int from, int to) {
        float largest = largest(logits, from, to);
        if (largest == Float.NEGATIVE_INFINITY) {
            return largest;
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Math.exp(logits[i] - largest);
        }
        return largest + Math.log(sum);
    }

    /** On Apple's GPUs the attention scores of large-v3 exceed 4 GiB with 24 windows. */
    @ParameterizedTest
    @CsvSource({"CPU, 12, 1", "CUDA, 100, 100", "MPS, 12, 12", "MPS, 23, 23", "MPS, 24, 23", "MPS, 100, 23"})
    void encodesAsManyWindowsAsDeviceCan(TorchDevice device, int windows, int expected) {
        ModelDimensions large = RandomModel.checkpoint("large-v3").dimensions();
        assertThat(TorchNetwork.windowsAtOnce(device, large, windows)).isEqualTo(expected);
    }

    @Test
    void reportsUnsupportedPrecision() {
        assertThatThrownBy(() -> new TorchOptions(TorchDevice.MPS, TorchPrecision.INT8, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INT8");
    }
}
