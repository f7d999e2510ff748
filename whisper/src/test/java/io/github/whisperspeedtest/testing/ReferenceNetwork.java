package io.github.whisperspeedtest.testing;

import static io.github.whisperspeedtest.testing.ReferenceLayers.add;
import static io.github.whisperspeedtest.testing.ReferenceLayers.concatenate;
import static io.github.whisperspeedtest.testing.ReferenceLayers.gelu;
import static io.github.whisperspeedtest.testing.ReferenceLayers.neighbours;
import static io.github.whisperspeedtest.testing.ReferenceLayers.transpose;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.network.WindowFrames;
import io.github.whisperspeedtest.testing.ReferenceLayers.Attention;
import io.github.whisperspeedtest.testing.ReferenceLayers.FeedForward;
import io.github.whisperspeedtest.testing.ReferenceLayers.Linear;
import io.github.whisperspeedtest.testing.ReferenceLayers.Norm;
import io.github.whisperspeedtest.testing.ReferenceLayers.Weights;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Whisper network in plain Java and 32-bit floats: the reference for all engines.
 *
 * <p>The structure follows OpenAI's {@code model.py} for comparison. The network rejects violations of the contract of
 * {@link WhisperNetwork} (invalid arguments, calls after closing, closing too early), so it also checks decoding loops.
 */
public final class ReferenceNetwork implements WhisperNetwork {
    private final ModelDimensions dimensions;
    private final Linear conv1;
    private final Linear conv2;
    private final float[] audioPositions;
    private final List<EncoderBlock> encoder;
    private final Norm audioNorm;
    /** Turns the decoder's output into logits; its columns are the embeddings of the tokens. */
    private final Linear tokenEmbedding;

    private final float[] textPositions;
    private final List<DecoderBlock> decoder;
    private final Norm textNorm;
    private final Lifetime lifetime = new Lifetime("network", null);

    /** Encoding a window takes seconds, and several tests start with the same windows. */
    private final Map<FloatBuffer, Window> encoded = new HashMap<>();

    /** Creates the network with a copy of the checkpoint's weights. */
    public ReferenceNetwork(Checkpoint checkpoint) {
        Weights weights = new Weights(checkpoint);
        dimensions = checkpoint.dimensions();
        conv1 = weights.linear("encoder.conv1");
        conv2 = weights.linear("encoder.conv2");
        audioPositions = weights.values("encoder.positional_embedding");
        encoder = blocks(
                "encoder.blocks.",
                dimensions.nAudioLayer(),
                block -> new EncoderBlock(
                        weights.attention(block + ".attn", dimensions.nAudioHead()), weights.feedForward(block)));
        audioNorm = weights.norm("encoder.ln_post");
        tokenEmbedding = weights.linear("decoder.token_embedding");
        textPositions = weights.values("decoder.positional_embedding");
        decoder = blocks(
                "decoder.blocks.",
                dimensions.nTextLayer(),
                block -> new DecoderBlock(
                        weights.attention(block + ".attn", dimensions.nTextHead()),
                        weights.attention(block + ".cross_attn", dimensions.nTextHead()),
                        weights.feedForward(block)));
        textNorm = weights.norm("decoder.ln");
    }

    private static <T> List<T> blocks(String prefix, int count, Function<String, T> block) {
        return IntStream.range(0, count)
                .mapToObj(layer -> block.apply(prefix + layer))
                .toList();
    }

    @Override
    public ModelDimensions dimensions() {
        return dimensions;
    }

    @Override
    public EncoderOutput encode(List<float[]> windows) {
        lifetime.check();
        return new Encoded(windows.stream().map(this::encodeOnce).toList());
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private Window encodeOnce(float[] mel) {
        Window known = encoded.get(FloatBuffer.wrap(mel));
        if (known == null) {
            known = encode(mel);
            encoded.put(FloatBuffer.wrap(mel.clone()), known);
        }
        return known.copy();
    }

    private Window encode(float[] mel) {
        int frames = WindowFrames.of(List.of(mel), dimensions);
        float[] x = transpose(mel, frames);
        x = gelu(conv1.apply(neighbours(x, dimensions.nMels(), 1)));
        x = gelu(conv2.apply(neighbours(x, dimensions.nAudioState(), 2)));
        x = add(x, Arrays.copyOf(audioPositions, x.length));
        for (EncoderBlock block : encoder) {
            x = add(x, block.self.applyToItself(x));
            x = add(x, block.feedForward.apply(x));
        }
        float[] audio = audioNorm.apply(x);
        return new Window(
                decoder.stream().map(block -> block.cross.key().apply(audio)).toList(),
                decoder.stream().map(block -> block.cross.value().apply(audio)).toList());
    }

    /** Appends tokens to a sequence and returns the decoder's output after each of them. */
    private float[] decode(Sequence sequence, int[] tokens, CrossAttentionObserver observer) {
        float[] x = embed(tokens, sequence.length);
        for (int layer = 0; layer < decoder.size(); layer++) {
            Attention self = decoder.get(layer).self;
            Attention cross = decoder.get(layer).cross;
            float[] normed = self.norm().apply(x);
            sequence.keys[layer] = concatenate(sequence.keys[layer], self.key().apply(normed));
            sequence.values[layer] =
                    concatenate(sequence.values[layer], self.value().apply(normed));
            x = add(x, self.apply(normed, sequence.keys[layer], sequence.values[layer], true));
            normed = cross.norm().apply(x);
            observer.onQueries(layer, normed);
            x = add(x, cross.apply(normed, sequence.window.keys.get(layer), sequence.window.values.get(layer), false));
            x = add(x, decoder.get(layer).feedForward.apply(x));
        }
        sequence.length += tokens.length;
        return textNorm.apply(x);
    }

    private float[] embed(int[] tokens, int start) {
        int width = dimensions.nTextState();
        float[] x = new float[tokens.length * width];
        for (int i = 0; i < tokens.length; i++) {
            require(tokens[i] >= 0 && tokens[i] < dimensions.nVocab(), "There is no token %d", tokens[i]);
            for (int j = 0; j < width; j++) {
                x[i * width + j] = tokenEmbedding.weight()[j * dimensions.nVocab() + tokens[i]]
                        + textPositions[(start + i) * width + j];
            }
        }
        return x;
    }

    private static void require(boolean condition, String format, Object... values) {
        if (!condition) {
            throw new IllegalArgumentException(String.format(format, values));
        }
    }

    private record EncoderBlock(Attention self, FeedForward feedForward) {}

    private record DecoderBlock(Attention self, Attention cross, FeedForward feedForward) {}

    /** Keys and values of the audio for the cross-attention of each decoder layer. */
    private record Window(List<float[]> keys, List<float[]> values) {
        /** Returns another window with the same content, because windows of one batch are distinguished by their arrays. */
        Window copy() {
            return new Window(
                    keys.stream().map(float[]::clone).toList(),
                    values.stream().map(float[]::clone).toList());
        }
    }

    /** Receives the cross-attention. */
    private interface CrossAttentionObserver {
        void onQueries(int layer, float[] normed);
    }

    /** Keys and values of the tokens so far; the arrays are never changed, so copies share them. */
    private static final class Sequence {
        private final Window window;
        private final float[][] keys;
        private final float[][] values;
        private int length;

        private Sequence(Window window, float[][] keys, float[][] values, int length) {
            this.window = window;
            this.keys = keys;
            this.values = values;
            this.length = length;
        }

        static Sequence empty(Window window) {
            int layers = window.keys.size();
            return new Sequence(window, new float[layers][0], new float[layers][0], 0);
        }

        Sequence copy() {
            return new Sequence(window, keys.clone(), values.clone(), length);
        }
    }

    private final class Encoded implements EncoderOutput {
        private final List<Window> windows;
        private final Lifetime own = new Lifetime("batch of windows", lifetime);

        Encoded(List<Window> windows) {
            this.windows = windows;
        }

        @Override
        public int count() {
            return windows.size();
        }

        @Override
        public DecoderSession startDecoding(int maxSequencesPerWindow) {
            own.check();
            require(maxSequencesPerWindow >= 1, "A window cannot have at most %d sequences", maxSequencesPerWindow);
            return new Session(windows, maxSequencesPerWindow, own);
        }

        @Override
        public float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads) {
            own.check();
            require(tokens.length >= 1 && tokens.length <= dimensions.nTextCtx(), "%d tokens", tokens.length);
            float[][][] scores = new float[heads.size()][][];
            decode(Sequence.empty(windows.get(window)), tokens, (layer, normed) -> {
                for (int i = 0; i < scores.length; i++) {
                    AttentionHead head = heads.get(i);
                    if (head.layer() == layer) {
                        Attention cross = decoder.get(layer).cross;
                        float[] keys = windows.get(window).keys.get(layer);
                        scores[i] = cross.scores(cross.query().apply(normed), keys, head.head());
                    }
                }
            });
            return scores;
        }

        @Override
        public void close() {
            own.close();
        }
    }

    private final class Session implements DecoderSession {
        private final int maxSequencesPerWindow;
        private final Lifetime own;
        private List<Sequence> sequences;

        Session(List<Window> windows, int maxSequencesPerWindow, Lifetime parent) {
            this.sequences = windows.stream().map(Sequence::empty).toList();
            this.maxSequencesPerWindow = maxSequencesPerWindow;
            this.own = new Lifetime("session", parent);
        }

        @Override
        public int sequences() {
            return sequences.size();
        }

        @Override
        public int length() {
            return sequences.get(0).length;
        }

        @Override
        public void append(int[][] tokens, int[] positions, float[][] logits) {
            own.check();
            check(tokens, positions, logits);
            int width = dimensions.nTextState();
            for (int i = 0; i < tokens.length; i++) {
                float[] output = decode(sequences.get(i), tokens[i], (layer, normed) -> {});
                for (int j = 0; j < positions.length; j++) {
                    float[] last = Arrays.copyOfRange(output, positions[j] * width, (positions[j] + 1) * width);
                    float[] target = logits[i * positions.length + j];
                    System.arraycopy(tokenEmbedding.apply(last), 0, target, 0, target.length);
                }
            }
        }

        private void check(int[][] tokens, int[] positions, float[][] logits) {
            require(tokens.length == sequences(), "Tokens for %d of %d sequences", tokens.length, sequences());
            int count = tokens[0].length;
            require(count >= 1, "No tokens");
            require(
                    Stream.of(tokens).allMatch(row -> row.length == count),
                    "Sequences get different numbers of tokens");
            require(
                    length() + count <= dimensions.nTextCtx(),
                    "%d tokens after %d are more than %d",
                    count,
                    length(),
                    dimensions.nTextCtx());
            require(positions.length >= 1, "No positions");
            for (int i = 0; i < positions.length; i++) {
                int least = i == 0 ? 0 : positions[i - 1] + 1;
                require(positions[i] >= least && positions[i] < count, "Positions %s", Arrays.toString(positions));
            }
            require(logits.length == tokens.length * positions.length, "%d rows of logits", logits.length);
            require(
                    Stream.of(logits).allMatch(row -> row.length == dimensions.nVocab()),
                    "A row of logits must have %d values",
                    dimensions.nVocab());
        }

        @Override
        public void select(int[] parents) {
            own.check();
            require(parents.length >= 1, "No sequence is kept");
            List<Sequence> chosen = IntStream.of(parents)
                    .mapToObj(sequences::get)
                    .map(Sequence::copy)
                    .toList();
            List<Window> order = sequences.stream()
                    .map(sequence -> sequence.window)
                    .distinct()
                    .toList();
            List<Window> kept =
                    chosen.stream().map(sequence -> sequence.window).distinct().toList();
            int perWindow = chosen.size() / kept.size();
            require(perWindow <= maxSequencesPerWindow, "%d sequences for a window", perWindow);
            List<Window> expected = order.stream()
                    .filter(kept::contains)
                    .flatMap(window -> Stream.generate(() -> window).limit(perWindow))
                    .toList();
            require(
                    chosen.stream().map(sequence -> sequence.window).toList().equals(expected),
                    "Parents %s are not ordered by window, as many for each",
                    Arrays.toString(parents));
            sequences = chosen;
        }

        @Override
        public void close() {
            own.close();
        }
    }

    /** Tracks whether an object is open, and how many of its children are. */
    private static final class Lifetime {
        private final String name;
        private final @Nullable Lifetime parent;
        private boolean closed;
        private int openChildren;

        Lifetime(String name, @Nullable Lifetime parent) {
            this.name = name;
            this.parent = parent;
            if (parent != null) {
                parent.openChildren++;
            }
        }

        void check() {
            if (closed) {
                throw new IllegalStateException("The " + name + " is closed");
            }
        }

        void close() {
            if (closed) {
                return;
            }
            if (openChildren > 0) {
                throw new IllegalStateException("The " + name + " is closed before what came from it");
            }
            closed = true;
            if (parent != null) {
                parent.openChildren--;
            }
        }
    }
}
