package io.github.whisperspeedtest.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.SelectedWindows;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The state of the sequences decoded so far, as caches. */
final class DecoderState implements AutoCloseable {
    private final TorchNetwork network;
    private final ModelDimensions dimensions;
    private final PtNDManager manager;
    private int windows;
    private int sequences;
    private int length;

    /** The windows that the sequences attend to: the encoder output itself, or a copy of the remaining windows. */
    private IValue cross;

    private boolean ownsCross;

    /** Keys and values of the self-attention; null before the first token. */
    private @Nullable IValue cache;

    private boolean closed;

    /**
     * Starts with one sequence for each window.
     *
     * @param cross stays open
     */
    DecoderState(TorchNetwork network, IValue cross, int windows) {
        this.network = network;
        this.cross = cross;
        this.windows = windows;
        sequences = windows;
        dimensions = network.dimensions();
        manager = network.newManager();
    }

    TorchNetwork network() {
        return network;
    }

    /** Returns the manager of arrays with the lifetime of this state. */
    PtNDManager manager() {
        return manager;
    }

    int sequences() {
        return sequences;
    }

    int length() {
        return length;
    }

    /**
     * Appends tokens and returns the logits after some of them, {@code [sequences * positions, nVocab]}, closed by the
     * caller.
     *
     * @param tokens as many for each sequence
     * @param positions indexes of the tokens after which logits are wanted
     */
    IValue append(int[][] tokens, int[] positions) {
        checkFits(tokens);
        try (PtNDArray ids = ids(tokens);
                NativeValues arguments = new NativeValues()) {
            IValue logits = call(
                    "append",
                    arguments,
                    List.of(arguments.own(IValue.from(ids)), arguments.of(positions), arguments.of(length)),
                    network.weights().packedEmbedding);
            length += tokens[0].length;
            return logits;
        }
    }

    /**
     * Continues a greedy search inside the engine.
     *
     * @param logits initial logits for the program's {@code greedy}
     * @return its result
     */
    IValue greedy(IValue logits, int start, int decoded, int steps, IValue state, IValue masks, IValue rules) {
        checkOpen();
        try (NativeValues arguments = new NativeValues()) {
            return call(
                    "greedy",
                    arguments,
                    List.of(
                            logits,
                            arguments.of(start),
                            arguments.of(decoded),
                            arguments.of(steps),
                            state,
                            masks,
                            rules),
                    network.weights().packedEmbedding);
        }
    }

    /** Returns the cross-attention scores of the first append to a single sequence: {@code [head][token][position]}. */
    float[][][] crossAttention(int[] tokens, List<AttentionHead> heads, int positions) {
        checkFits(new int[][] {tokens});
        try (PtNDArray ids = ids(new int[][] {tokens});
                PtNDArray scores =
                        manager.create(new Shape(heads.size(), 1, tokens.length, positions), DataType.FLOAT32);
                NativeValues arguments = new NativeValues()) {
            arguments.own(call(
                    "decode",
                    arguments,
                    List.of(arguments.own(IValue.from(ids)), arguments.of(length)),
                    arguments.own(IValue.from(scores)),
                    arguments.of(heads.stream().mapToInt(AttentionHead::layer).toArray()),
                    arguments.of(heads.stream().mapToInt(AttentionHead::head).toArray())));
            length += tokens.length;
            float[] elements = scores.toFloatArray();
            float[][][] result = new float[heads.size()][tokens.length][];
            for (int i = 0; i < elements.length; i += positions) {
                int row = i / positions;
                result[row / tokens.length][row % tokens.length] = Arrays.copyOfRange(elements, i, i + positions);
            }
            return result;
        }
    }

    /** Calls a method that takes the decoder between arguments of its own. */
    private IValue call(String method, NativeValues arguments, List<IValue> before, IValue... after) {
        TorchWeights weights = network.weights();
        Stream<IValue> decoder = Stream.of(
                arguments.of(dimensions.nTextHead()),
                cache(),
                cross,
                weights.decoderStem,
                weights.decoder.norms(),
                weights.decoder.linears().plain(),
                weights.decoder.linears().packed());
        return network.call(
                method,
                Stream.of(before.stream(), decoder, Arrays.stream(after))
                        .flatMap(Function.identity())
                        .toArray(IValue[]::new));
    }

    private void checkFits(int[][] tokens) {
        checkOpen();
        int count = tokens[0].length;
        if (tokens.length != sequences || count < 1 || length + count > dimensions.nTextCtx()) {
            throw new IllegalArgumentException(tokens.length + " sequences of " + count + " more tokens do not match "
                    + sequences + " sequences of " + length + "; the decoder has " + dimensions.nTextCtx()
                    + " positions");
        }
    }

    private PtNDArray ids(int[][] tokens) {
        long[] ids = Arrays.stream(tokens)
                .flatMapToInt(Arrays::stream)
                .asLongStream()
                .toArray();
        return (PtNDArray) manager.create(ids, new Shape(tokens.length, tokens[0].length));
    }

    private IValue cache() {
        if (cache == null) {
            try (NativeValues arguments = new NativeValues()) {
                cache = network.call("empty_cache", cross, arguments.of(sequences));
            }
        }
        return cache;
    }

    /**
     * Replaces the sequences by some of them.
     *
     * @param parents as {@link io.github.whisperspeedtest.network.DecoderSession#select} takes them
     */
    void select(int[] parents) {
        checkOpen();
        int[] kept = SelectedWindows.of(parents, sequences / windows);
        if (cache != null) {
            IValue selected = selectRows(cache, parents);
            cache.close();
            cache = selected;
        }
        if (kept.length != windows) {
            IValue selected = selectRows(cross, kept);
            closeCross();
            cross = selected;
            ownsCross = true;
            windows = kept.length;
        }
        sequences = parents.length;
    }

    /** Returns a list of tensors with selected rows of others, closed by the caller. */
    IValue selectRows(IValue tensors, int[] rows) {
        try (NativeValues arguments = new NativeValues()) {
            return network.call("select", tensors, arguments.of(rows));
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("This decoder session is closed; start a new one.");
        }
    }

    private void closeCross() {
        if (ownsCross) {
            cross.close();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeCross();
            if (cache != null) {
                cache.close();
            }
            manager.close();
        }
    }
}
