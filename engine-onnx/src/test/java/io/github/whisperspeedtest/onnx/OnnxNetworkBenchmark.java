package io.github.whisperspeedtest.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.onnx.graph.CrossAttentionType;
import io.github.whisperspeedtest.onnx.graph.EncoderGraph;
import io.github.whisperspeedtest.onnx.graph.GraphBuilder;
import io.github.whisperspeedtest.onnx.graph.LinearLayers;
import io.github.whisperspeedtest.onnx.graph.OneScaleLayers;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.graph.WeightBuffers;
import io.github.whisperspeedtest.onnx.session.ArmKernels;
import io.github.whisperspeedtest.onnx.session.CrossAttentionCache;
import io.github.whisperspeedtest.onnx.session.GraphSession;
import io.github.whisperspeedtest.onnx.session.NativeFloats;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.testing.AffineQuantizer;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.AudioContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Measures encoder and decoder with random weights at real dimensions, in turn in one JVM, and compares them with the machine's peak.
 *
 * <p>The encoder at int8 is compared with the same graph on {@code DynamicQuantizeMatMul} with one scale for all rows: a graph written by
 * hand for speed alone. Each network also gets the start of the window that {@link AudioContext#AUTO} encodes for 5 s of audio.
 *
 * <p>Arguments: size, such as {@code tiny}, or {@code tiny:4} to quantize it to 4 bits in groups of 64 with 16-bit scales, or {@code tiny:4:F32} with 32-bit scales, which leave no remainder to add; rounds; threads; and any number of
 * {@link Precision}s. A precision that keeps the cross-attention in bytes is measured without them too.
 */
public final class OnnxNetworkBenchmark {
    static {
        OnnxRuntime.start(TestContexts.ofEngine());
    }

    private static final int TOKENS = 220;
    private static final int BATCH = 8;
    private static final int FIVE_SECONDS = 500;
    private static final int[] PROMPT = {50258, 50259, 50359, 50364};

    private OnnxNetworkBenchmark() {}

    /** Runs the benchmark. */
    public static void main(String[] arguments) {
        String size = arguments[0];
        int rounds = Integer.parseInt(arguments[1]);
        int threads = Integer.parseInt(arguments[2]);
        Checkpoint checkpoint = checkpoint(size);
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        Map<String, OnnxNetwork> networks = new LinkedHashMap<>();
        for (String name : Arrays.asList(arguments).subList(3, arguments.length)) {
            Precision precision = Precision.valueOf(name);
            for (CrossAttentionType type : crossAttention(precision)) {
                OnnxOptions options = OnnxOptions.cpu(precision, threads).withCrossAttention(type);
                networks.put(
                        precision.label() + ", cross-attention " + type.label(), OnnxNetwork.load(checkpoint, options));
            }
        }
        ModelDimensions dimensions = checkpoint.dimensions();
        float[] window = noise(dimensions, 2 * dimensions.nAudioCtx());
        float[] start = noise(dimensions, 2 * AudioContext.AUTO.positions(FIVE_SECONDS));
        try (HandWritten byHand = new HandWritten(checkpoint, threads, window);
                Products products = new Products(threads)) {
            for (int round = -1; round < rounds; round++) {
                Map<String, Double> times = new LinkedHashMap<>();
                networks.forEach((label, network) -> {
                    measure(label, network, window, times);
                    measure(label + ", 5 s of audio:", network, start, times);
                });
                times.put("int8 encoder, one scale for all rows", timed(byHand::encode));
                times.put("product of 1500 x 2048 x 512, float32 (3.15 GFLOP)", timed(() -> products.run("float")));
                times.put("product of 1500 x 2048 x 512, int8 (3.15 GOP)", timed(() -> products.run("int8")));
                times.put("sum of 256 MB, one thread", timed(products::read));
                if (round >= 0) {
                    times.forEach((name, time) -> millis.computeIfAbsent(name, key -> new ArrayList<>())
                            .add(time));
                }
            }
        }
        System.out.println(size + ", " + threads + " threads, median and least of " + rounds + " rounds, in ms");
        millis.forEach((name, times) -> {
            double[] sorted =
                    times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            System.out.printf("  %-60s %9.3f %9.3f%n", name, sorted[sorted.length / 2], sorted[0]);
        });
        networks.values().forEach(OnnxNetwork::close);
    }

    private static Set<CrossAttentionType> crossAttention(Precision precision) {
        return EnumSet.of(CrossAttentionType.FLOAT32, precision.crossAttention());
    }

    private static Checkpoint checkpoint(String size) {
        String[] parts = size.split(":");
        Checkpoint checkpoint = RandomModel.checkpoint(parts[0]);
        if (parts.length == 1) {
            return checkpoint;
        }
        DataType scales = parts.length == 2 ? DataType.F16 : DataType.valueOf(parts[2]);
        return new AffineQuantizer(Integer.parseInt(parts[1]), 64, scales, AffineQuantizer.Bias.MULTIPLE_OF_SCALE)
                .quantize(checkpoint, name -> true);
    }

    private static void measure(String label, OnnxNetwork network, float[] window, Map<String, Double> times) {
        long start = System.nanoTime();
        try (EncoderOutput encoded = network.encode(List.of(window))) {
            times.put(label + " encoder", (System.nanoTime() - start) / 1e6);
            try (DecoderSession session = encoded.startDecoding(1)) {
                float[][] logits = new float[1][network.dimensions().nVocab()];
                times.put(
                        label + " prompt of 4",
                        timed(() -> session.append(new int[][] {PROMPT}, new int[] {3}, logits)));
                times.put(label + " token", token(session, logits));
            }
        }
        try (EncoderOutput encoded = network.encode(Collections.nCopies(BATCH, window));
                DecoderSession session = encoded.startDecoding(1)) {
            float[][] logits = new float[BATCH][network.dimensions().nVocab()];
            times.put(label + " token, each of a batch of " + BATCH, token(session, logits) / BATCH);
        }
    }

    private static double token(DecoderSession session, float[][] logits) {
        double[] steps = new double[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            int[][] tokens = new int[logits.length][1];
            for (int[] row : tokens) {
                row[0] = i;
            }
            steps[i] = timed(() -> session.append(tokens, new int[] {0}, logits));
        }
        Arrays.sort(steps);
        return steps[TOKENS / 2];
    }

    private static double timed(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static float[] noise(ModelDimensions dimensions, int frames) {
        Random random = new Random(4);
        float[] window = new float[dimensions.nMels() * frames];
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian() * 0.5f;
        }
        return window;
    }

    /** The encoder with the runtime's fastest node for byte weights. */
    private static final class HandWritten implements AutoCloseable {
        private final GraphSession session;
        private final CrossAttentionCache cache;
        private final Map<String, OnnxTensor> inputs;

        HandWritten(Checkpoint checkpoint, int threads, float[] window) {
            OnnxRuntime runtime = OnnxRuntime.get();
            ModelDimensions dimensions = checkpoint.dimensions();
            session = GraphSession.load(
                    runtime,
                    EncoderGraph.fused(checkpoint, new OneScaleLayers(), CrossAttentionType.FLOAT32),
                    threads,
                    false,
                    ArmKernels.CHOSEN_BY_RUNTIME,
                    options -> {});
            cache = new CrossAttentionCache(runtime.environment(), dimensions, CrossAttentionType.FLOAT32);
            cache.clear(1, dimensions.nAudioCtx());
            NativeFloats mel = new NativeFloats(runtime.environment(), window.length);
            mel.buffer().put(0, window);
            inputs = Map.of(EncoderGraph.MEL, mel.tensor(1, dimensions.nMels(), 2L * dimensions.nAudioCtx()));
        }

        void encode() {
            session.run(inputs, cache.encoderOutputs());
        }

        @Override
        public void close() {
            cache.close();
            session.close();
        }
    }

    /** The machine's peak: matrix products and memory reads. */
    private static final class Products implements AutoCloseable {
        private static final int ROWS = 1500;
        private static final int INS = 512;
        private static final int OUTS = 2048;

        private final Map<String, GraphSession> sessions = new HashMap<>();
        private final Map<String, OnnxTensor> inputs;
        private final Map<String, OnnxTensor> outputs;
        private final long[] memory = new long[32 << 20];
        private long sum;

        Products(int threads) {
            OnnxRuntime runtime = OnnxRuntime.get();
            inputs = Map.of("x", new NativeFloats(runtime.environment(), ROWS * INS).tensor(ROWS, INS));
            outputs = Map.of("y", new NativeFloats(runtime.environment(), ROWS * OUTS).tensor(ROWS, OUTS));
            for (String type : List.of("float", "int8")) {
                GraphBuilder graph = new GraphBuilder(type);
                graph.input("x", TensorProto.DataType.FLOAT, ROWS, INS);
                ByteBuffer floats = WeightBuffers.allocate((long) INS * OUTS * Float.BYTES);
                Tensor weight = new Tensor(DataType.F32, List.of(OUTS, INS), floats);
                LinearLayers layers = type.equals("float") ? Precision.FLOAT32.encoderLayers() : new OneScaleLayers();
                layers.apply(graph, "x", new LinearLayers.Layer("y", weight, null));
                graph.output("y", TensorProto.DataType.FLOAT, ROWS, OUTS);
                sessions.put(
                        type,
                        GraphSession.load(runtime, graph, threads, false, ArmKernels.CHOSEN_BY_RUNTIME, options -> {}));
            }
        }

        void run(String type) {
            sessions.get(type).run(inputs, outputs);
        }

        void read() {
            for (long value : memory) {
                sum += value;
            }
        }

        @Override
        public void close() {
            sessions.values().forEach(GraphSession::close);
            if (sum != 0) {
                throw new AssertionError("The memory was zero");
            }
        }
    }
}
