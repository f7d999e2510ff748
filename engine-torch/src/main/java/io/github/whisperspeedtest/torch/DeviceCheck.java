package io.github.whisperspeedtest.torch;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.InvalidLogitsException;
import io.github.whisperspeedtest.mel.LogMelSpectrogram;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.GreedyRules;
import io.github.whisperspeedtest.network.GreedySession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Runs the whole program with the demo model on a device and compares the results with those of the CPU.
 *
 * <p>Sums of two numbers are right on devices whose attention is not. The demo model has what matters of the real ones: 1500 places to
 * attend to, heads of width 64, and 51865 tokens. Every method of the program runs, with keys and values that grow, a mask behind
 * earlier tokens, several sequences for a window, and the rules of greedy search at logits that break them.
 */
final class DeviceCheck {
    private static final int END_OF_TEXT = 50257;
    private static final int NO_SPEECH = 50362;
    private static final int FIRST_TIMESTAMP = 50364;
    private static final int[] PROMPT = {50258, 50259, 50359};
    private static final int[] TEXT_PROMPT = {50258, 50259, 50359, 50363};

    /** More than the cache has room for at first. */
    private static final int STEPS = 14;

    private DeviceCheck() {}

    /**
     * What a network computed.
     *
     * @param values numbers by what they are, all of the same size in every network
     * @param tokens chosen tokens by what they are
     */
    record Results(Map<String, float[]> values, Map<String, List<Integer>> tokens) {}

    /** Loads the demo model on a device and on the CPU, and returns how the results differ, without a full stop; empty if they do not. */
    static Optional<String> problem(TorchDevice device, TorchPrecision precision, int threads) {
        Results expected;
        try (TorchNetwork cpu = load(new TorchOptions(TorchDevice.CPU, TorchPrecision.FLOAT32, threads))) {
            expected = results(cpu);
        }
        try (TorchNetwork network = load(new TorchOptions(device, precision, threads))) {
            return difference(results(network), expected, precision);
        }
    }

    private static TorchNetwork load(TorchOptions options) {
        return TorchNetwork.load(EmbeddedModel.checkpoint(), options);
    }

    /** Returns what a network with the demo model computes. */
    static Results results(TorchNetwork network) {
        Results results = new Results(new LinkedHashMap<>(), new LinkedHashMap<>());
        try (EncoderOutput encoded = network.encode(List.of(speech(), noise()))) {
            decode(encoded, results);
            results.values()
                    .put("scores", flat(encoded.crossAttention(0, prompt(20), List.of(new AttentionHead(1, 1)))));
            try {
                List<Integer> text = search(encoded);
                // With fewer bits, another token may be as probable.
                if (network.precision() == TorchPrecision.FLOAT32) {
                    results.tokens().put("text", text);
                }
            } catch (InvalidLogitsException e) {
                // A device that skips an operation leaves memory as it was, in which the search may find no numbers.
                results.tokens().put("text", List.of());
            }
        }
        choose(network, results);
        return results;
    }

    /** Returns the text that greedy search finds in the first window. */
    private static List<Integer> search(EncoderOutput encoded) {
        try (GreedySession search = encoded.startGreedy(
                        new int[] {0, 1}, new int[][] {TEXT_PROMPT, TEXT_PROMPT}, 0, rules())
                .orElseThrow()) {
            boolean more = true;
            while (more) {
                more = search.advance();
            }
            return search.sequences().get(0).tokens();
        }
    }

    /** Decodes given tokens, so that no choice of an earlier one makes later logits differ. */
    private static void decode(EncoderOutput encoded, Results results) {
        Random random = new Random(1);
        try (DecoderSession session = encoded.startDecoding(2)) {
            append(session, "prompt", new int[][] {PROMPT, PROMPT}, results);
            for (int i = 0; i < STEPS; i++) {
                append(session, "token " + i, tokens(random, 2, 1), results);
            }
            append(session, "three tokens", tokens(random, 2, 3), results);
            session.select(new int[] {0, 0, 1, 1});
            append(session, "beams", tokens(random, 4, 1), results);
            session.select(new int[] {3, 2});
            append(session, "last window", tokens(random, 2, 1), results);
        }
    }

    private static void append(DecoderSession session, String name, int[][] tokens, Results results) {
        int last = tokens[0].length - 1;
        int[] positions = last == 0 ? new int[] {0} : new int[] {0, last};
        float[][] logits = new float[tokens.length * positions.length]
                [EmbeddedModel.checkpoint().dimensions().nVocab()];
        session.append(tokens, positions, logits);
        results.values().put("logits, " + name, flat(new float[][][] {logits}));
    }

    private static int[][] tokens(Random random, int sequences, int count) {
        return IntStream.range(0, sequences)
                .mapToObj(i -> random.ints(count, 0, 300).toArray())
                .toArray(int[][]::new);
    }

    private static int[] prompt(int length) {
        return IntStream.range(0, length)
                .map(i -> i < PROMPT.length ? PROMPT[i] : i)
                .toArray();
    }

    /** Applies the rules of greedy search to random logits that prefer timestamps, which the rules often forbid. */
    private static void choose(TorchNetwork network, Results results) {
        int sequences = 3;
        int vocabulary = network.dimensions().nVocab();
        int steps = 6;
        Random random = new Random(2);
        try (PtNDManager manager = network.newManager();
                NativeValues values = new NativeValues()) {
            IValue[] start = values.own(network.call(
                            "start_greedy",
                            values.own(IValue.from(logits(manager, random, 2 * sequences, vocabulary))),
                            values.of(2),
                            values.of(NO_SPEECH),
                            values.of(IntStream.range(0, 20000).toArray()),
                            values.of(IntStream.range(FIRST_TIMESTAMP + 50, vocabulary)
                                    .toArray()),
                            values.of(FIRST_TIMESTAMP),
                            values.of(steps)))
                    .toIValueTuple();
            IValue first = values.own(start[0]);
            IValue state = values.own(start[1]);
            IValue masks = values.own(start[2]);
            results.values().put("probability of silence", floats(values.own(start[3]), manager));
            IValue rules = values.of(new int[] {END_OF_TEXT, FIRST_TIMESTAMP, 1});
            for (int i = 0; i < steps; i++) {
                PtNDArray logits =
                        i == 0 ? first.toTensorArray(manager)[0] : logits(manager, random, sequences, vocabulary);
                values.own(network.call("choose", values.own(IValue.from(logits)), values.of(i), state, masks, rules));
            }
            PtNDArray[] found = state.toTensorArray(manager);
            results.tokens()
                    .put(
                            "choices",
                            Arrays.stream(found[0].toLongArray())
                                    .mapToObj(Math::toIntExact)
                                    .toList());
            results.values().put("sums of logarithms", found[2].toFloatArray());
        }
    }

    private static PtNDArray logits(PtNDManager manager, Random random, int rows, int vocabulary) {
        float[] logits = new float[rows * vocabulary];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = 3 * (float) random.nextGaussian() + (i % vocabulary < FIRST_TIMESTAMP ? 0 : 4);
        }
        return (PtNDArray) manager.create(logits, new Shape(rows, vocabulary));
    }

    private static float[] floats(IValue tensor, PtNDManager manager) {
        try (PtNDArray array = tensor.toTensor(manager)) {
            return array.toFloatArray();
        }
    }

    private static GreedyRules rules() {
        int[] never = IntStream.range(END_OF_TEXT + 1, FIRST_TIMESTAMP).toArray();
        return new GreedyRules(
                END_OF_TEXT,
                NO_SPEECH,
                FIRST_TIMESTAMP,
                FIRST_TIMESTAMP + 50,
                false,
                never,
                new int[] {END_OF_TEXT},
                20);
    }

    /**
     * Compares results.
     *
     * @param precision what the results were computed with; that of those expected is 32-bit floating point
     */
    static Optional<String> difference(Results found, Results expected, TorchPrecision precision) {
        for (Map.Entry<String, float[]> entry : expected.values().entrySet()) {
            double error = RelativeError.of(found.values().get(entry.getKey()), entry.getValue());
            if (!(error <= largestError(precision))) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "it computes %s wrongly, %.1f %% from the CPU (%s)",
                        precision.label(),
                        100 * error,
                        entry.getKey()));
            }
        }
        List<String> differing = new ArrayList<>();
        found.tokens().forEach((name, tokens) -> {
            if (!tokens.equals(expected.tokens().get(name))) {
                differing.add(name);
            }
        });
        return differing.isEmpty()
                ? Optional.empty()
                : Optional.of("it chooses other tokens than the CPU (" + String.join(", ", differing) + ")");
    }

    /** Several times the relative error of a CPU with the same precision; a fault makes one of more than 10 %. */
    private static double largestError(TorchPrecision precision) {
        return switch (precision) {
            case FLOAT32 -> 0.01;
            case FLOAT16 -> 0.02;
            case BFLOAT16 -> 0.1;
            case INT8 -> throw new IllegalArgumentException("Int8Probe is for " + precision);
        };
    }

    private static float[] speech() {
        Checkpoint checkpoint = EmbeddedModel.checkpoint();
        SpeechSample sample = EmbeddedModel.demoSample();
        int mels = checkpoint.dimensions().nMels();
        float[] window = new float[mels * LogMelSpectrogram.FRAMES];
        try (InputStream in = sample.open()) {
            new LogMelSpectrogram(mels, LogMelSpectrogram.Padding.SILENCE)
                    .window(AudioFiles.read(sample.name(), in), 0, window);
        } catch (IOException e) {
            throw new UncheckedIOException(sample.name() + " cannot be read from the class path", e);
        }
        return window;
    }

    private static float[] noise() {
        Random random = new Random(3);
        float[] window = new float[EmbeddedModel.checkpoint().dimensions().nMels() * LogMelSpectrogram.FRAMES];
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian() / 2;
        }
        return window;
    }

    private static float[] flat(float[][][] values) {
        int length = Arrays.stream(values)
                .mapToInt(rows -> rows.length * rows[0].length)
                .sum();
        float[] flat = new float[length];
        int position = 0;
        for (float[][] rows : values) {
            for (float[] row : rows) {
                System.arraycopy(row, 0, flat, position, row.length);
                position += row.length;
            }
        }
        return flat;
    }
}
