package io.github.whisperspeedtest.torch;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.GreedyRules;
import io.github.whisperspeedtest.network.GreedySession;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Measures the parts of the network with random weights, for one window and for a batch: the encoder, a token whose
 * logits are copied to Java, and a token inside the engine's loop.
 *
 * <p>Arguments: size, rounds, threads, windows of a batch, and the precisions, which take turns; {@code FLOAT32:COLUMNS} is one with the
 * decoder's weights in that layout.
 */
final class TorchNetworkBenchmark {
    static {
        TorchRuntime.start(TestContexts.ofEngine());
    }

    private static final int[] PROMPT = {50258, 50259, 50359, 50363};
    private static final int TOKENS = 224;

    private TorchNetworkBenchmark() {}

    /** Runs the benchmark. */
    public static void main(String[] arguments) {
        String size = arguments[0];
        int rounds = Integer.parseInt(arguments[1]);
        int threads = Integer.parseInt(arguments[2]);
        int batch = Integer.parseInt(arguments[3]);
        Checkpoint checkpoint = RandomModel.checkpoint(size);
        Map<String, TorchNetwork> networks = new LinkedHashMap<>();
        for (String name : Arrays.asList(arguments).subList(4, arguments.length)) {
            String[] parts = name.split(":");
            WeightLayout layout = parts.length > 1 ? WeightLayout.valueOf(parts[1]) : WeightLayout.ROWS;
            TorchOptions options = new TorchOptions(TorchDevice.CPU, TorchPrecision.valueOf(parts[0]), threads, layout);
            networks.put(name, TorchNetwork.load(checkpoint, options));
        }
        float[] window = noise(checkpoint.dimensions());
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) {
            Map<String, Double> figuresOfRound = new LinkedHashMap<>();
            networks.forEach((name, network) -> {
                measure(name, network, Collections.nCopies(1, window), figuresOfRound);
                measure(name + " x " + batch, network, Collections.nCopies(batch, window), figuresOfRound);
            });
            if (round >= 0) {
                figuresOfRound.forEach((label, figure) ->
                        figures.computeIfAbsent(label, key -> new ArrayList<>()).add(figure));
            }
        }
        System.out.println(size + ", " + threads + " threads, median and least of " + rounds + " rounds");
        figures.forEach((name, values) -> {
            double[] sorted =
                    values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            System.out.printf("  %-56s %9.3f %9.3f%n", name, sorted[sorted.length / 2], sorted[0]);
        });
        networks.values().forEach(TorchNetwork::close);
    }

    private static void measure(
            String label, TorchNetwork network, List<float[]> windows, Map<String, Double> figures) {
        long start = System.nanoTime();
        try (EncoderOutput encoded = network.encode(windows)) {
            figures.put(label + ": encoder, ms a window", millisSince(start) / windows.size());
            int[][] prompts = windows.stream().map(window -> PROMPT).toArray(int[][]::new);
            if (windows.size() == 1) {
                try (DecoderSession session = encoded.startDecoding(1)) {
                    float[][] logits = new float[1][network.dimensions().nVocab()];
                    session.append(prompts, new int[] {3}, logits);
                    start = System.nanoTime();
                    for (int i = 0; i < TOKENS; i++) {
                        session.append(new int[][] {{i}}, new int[] {0}, logits);
                    }
                    figures.put(label + ": token with its logits in Java, ms", millisSince(start) / TOKENS);
                }
            }
            int[] all = IntStream.range(0, windows.size()).toArray();
            double inSlices =
                    decode(encoded.startGreedy(all, prompts, 0, rules()).orElseThrow());
            double atOnce = decode(((TorchEncoderOutput) encoded).startGreedy(all, prompts, 0, rules(), TOKENS));
            figures.put(label + ": token in the engine's loop, ms a window", inSlices / TOKENS / windows.size());
            figures.put(label + ": the same in one native call", atOnce / TOKENS / windows.size());
        }
    }

    private static double decode(GreedySession started) {
        long start = System.nanoTime();
        try (started) {
            boolean more = true;
            while (more) {
                more = started.advance();
            }
        }
        return millisSince(start);
    }

    /** Rules under which no text ends before its last token. */
    private static GreedyRules rules() {
        int[] suppressTokens = IntStream.rangeClosed(50257, 50363).toArray();
        return new GreedyRules(50257, 50362, 50364, 50414, false, suppressTokens, new int[] {220}, TOKENS);
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static float[] noise(ModelDimensions dimensions) {
        Random random = new Random(4);
        float[] window = new float[dimensions.nMels() * 2 * dimensions.nAudioCtx()];
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian() * 0.5f;
        }
        return window;
    }
}
