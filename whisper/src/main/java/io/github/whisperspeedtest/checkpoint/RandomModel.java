package io.github.whisperspeedtest.checkpoint;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import io.github.whisperspeedtest.tokenizer.TokenizerData.Merge;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Models of the real sizes with random weights, to measure speed and memory without a download.
 *
 * <p>They write nonsense, but the same amount with every engine: whatever the audio, a model decodes text tokens up to
 * the limit of a window. Weights are generated on demand from a fixed seed, so a model takes no memory; converting one
 * needs memory for its largest tensor, at most 133 MB.
 *
 * <p>One channel of the decoder's last normalization has weight 0 and a fixed bias, so its value is the same after
 * every token. In the token embedding, which turns that output into logits, this channel is positive for text and
 * negative for all other tokens, by more than the other channels can outweigh.
 */
public final class RandomModel {
    /** Prefix of the model names, as in {@code random-tiny}. */
    public static final String PREFIX = "random-";

    /** Increased when the weights change, so that files with earlier weights are not reused. */
    public static final int VERSION = 1;

    private static final int TEXT_TOKENS = 50257;
    private static final int BYTES = 256;
    private static final int HEAD_WIDTH = 64;
    private static final int AUDIO_CONTEXT = 1500;
    private static final int TEXT_CONTEXT = 448;

    /** Standard deviation of the logits; wide enough that a text is not improbable, which would have it decoded again. */
    private static final double LOGIT_DEVIATION = 8;

    /** The channel that controls the tokens, its value behind the last normalisation, and its size in the embedding. */
    private static final int CONTROL_CHANNEL = 0;

    private static final float CONTROL_BIAS = 8;
    private static final float CONTROL_EMBEDDING = 4;

    private static final Map<String, ModelDimensions> SIZES = sizes();

    private RandomModel() {}

    /** Returns the sizes that there are, such as {@code tiny}, the smallest first. */
    public static List<String> names() {
        return List.copyOf(SIZES.keySet());
    }

    /** Returns whether a name is that of such a model, with a quantisation behind a colon or without one. */
    public static boolean isName(String model) {
        return model.startsWith(PREFIX)
                && SIZES.containsKey(model.substring(PREFIX.length()).split(":", 2)[0]);
    }

    /**
     * Returns a model.
     *
     * @param size one of {@link #names()}
     * @throws IllegalArgumentException if there is no such size
     */
    public static Checkpoint checkpoint(String size) {
        ModelDimensions dimensions = SIZES.get(size);
        if (dimensions == null) {
            throw new IllegalArgumentException("There is no model of size '" + size + "', only " + names());
        }
        return checkpoint(dimensions);
    }

    static Checkpoint checkpoint(ModelDimensions dimensions) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        TensorShapes.of(dimensions).forEach((name, shape) -> tensors.put(name, tensor(name, shape, dimensions)));
        return new Checkpoint(dimensions, tensors, tokenizer());
    }

    private static Map<String, ModelDimensions> sizes() {
        Map<String, ModelDimensions> sizes = new LinkedHashMap<>();
        sizes.put("tiny", dimensions(80, 51865, 384, 4, 4));
        sizes.put("base", dimensions(80, 51865, 512, 6, 6));
        sizes.put("small", dimensions(80, 51865, 768, 12, 12));
        sizes.put("medium", dimensions(80, 51865, 1024, 24, 24));
        sizes.put("large-v3-turbo", dimensions(128, 51866, 1280, 32, 4));
        sizes.put("large-v3", dimensions(128, 51866, 1280, 32, 32));
        return sizes;
    }

    private static ModelDimensions dimensions(int mels, int vocabulary, int width, int audioLayers, int textLayers) {
        int heads = width / HEAD_WIDTH;
        return new ModelDimensions(
                mels, AUDIO_CONTEXT, width, heads, audioLayers, vocabulary, TEXT_CONTEXT, width, heads, textLayers);
    }

    private static Tensor tensor(String name, List<Integer> shape, ModelDimensions dimensions) {
        int columns = shape.stream().skip(1).reduce(1, (a, b) -> a * b);
        if (name.equals("encoder.positional_embedding")) {
            return Sinusoids.tensor(shape.get(0), columns);
        }
        if (name.startsWith("decoder.ln.")) {
            return values(shape, name.endsWith("weight") ? randomSigns(shape.get(0)) : controlBias(shape.get(0)));
        }
        if (shape.size() == 1) {
            return values(shape, constant(shape.get(0), name.endsWith("_ln.weight") || name.endsWith("_post.weight")));
        }
        if (name.equals("decoder.token_embedding.weight")) {
            Uniform values = new Uniform(name, LOGIT_DEVIATION / Math.sqrt(columns));
            return Tensor.generated(DataType.F16, shape, new TokenEmbedding(values, columns));
        }
        return Tensor.generated(DataType.F16, shape, new Uniform(name, deviation(name, columns, dimensions)));
    }

    /**
     * Returns the standard deviation that keeps what flows through the network at about 1: the inverse root of the number of
     * inputs, and less for what all layers add up, as in GPT-2 (Radford et al., "Language models are unsupervised multitask
     * learners", 2.3).
     */
    private static double deviation(String name, int inputs, ModelDimensions dimensions) {
        if (name.equals("decoder.positional_embedding")) {
            return 1;
        }
        boolean adds = name.endsWith("out.weight") || name.endsWith("mlp.2.weight");
        int layers = name.startsWith("encoder.") ? dimensions.nAudioLayer() : dimensions.nTextLayer();
        return 1 / Math.sqrt(adds ? (double) inputs * layers : inputs);
    }

    private static Tensor values(List<Integer> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new Tensor(DataType.F32, shape, bytes);
    }

    private static float[] constant(int length, boolean ones) {
        float[] values = new float[length];
        Arrays.fill(values, ones ? 1 : 0);
        return values;
    }

    /** The last normalisation turns half of the channels around, or a token would mostly be followed by itself. */
    private static float[] randomSigns(int length) {
        Random random = new Random(1);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextBoolean() ? 1 : -1;
        }
        values[CONTROL_CHANNEL] = 0;
        return values;
    }

    private static float[] controlBias(int length) {
        float[] values = new float[length];
        values[CONTROL_CHANNEL] = CONTROL_BIAS;
        return values;
    }

    /**
     * Makes numbers that are spread evenly, so that each can be had without those before it.
     *
     * <p>Four of 16 bits come from one step of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
     * generators").
     */
    private static final class Uniform implements Tensor.Generator {
        private static final long GAMMA = 0x9e3779b97f4a7c15L;

        private final long seed;
        private final float scale;

        Uniform(String name, double deviation) {
            this.seed = mix(name.hashCode() * GAMMA + VERSION);
            // The standard deviation of what is even between -1 and 1 is the root of a third.
            this.scale = (float) (deviation * Math.sqrt(3) / (1 << 15));
        }

        @Override
        public void generate(long start, ByteBuffer target) {
            long block = start / 4;
            long bits = mix(seed + block * GAMMA);
            for (long i = start; target.hasRemaining(); i++) {
                if (i / 4 != block) {
                    block = i / 4;
                    bits = mix(seed + block * GAMMA);
                }
                target.putShort(HalfFloats.fromFloat((short) (bits >>> 16 * (i % 4)) * scale));
            }
        }

        private static long mix(long value) {
            long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
            mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
            return mixed ^ mixed >>> 31;
        }
    }

    /** Random embeddings but for the channel that says what is text; single bytes are none, since they make no words. */
    private record TokenEmbedding(Uniform values, int width) implements Tensor.Generator {
        @Override
        public void generate(long start, ByteBuffer target) {
            int begin = target.position();
            values.generate(start, target);
            int count = (target.position() - begin) / Short.BYTES;
            long firstRow = (start - CONTROL_CHANNEL + width - 1) / width;
            for (long row = firstRow; row * width + CONTROL_CHANNEL < start + count; row++) {
                boolean text = row >= BYTES && row < TEXT_TOKENS;
                int at = begin + Math.toIntExact(row * width + CONTROL_CHANNEL - start) * Short.BYTES;
                target.putShort(at, HalfFloats.fromFloat(text ? CONTROL_EMBEDDING : -CONTROL_EMBEDDING));
            }
        }
    }

    /** Returns the 256 bytes, and words of lower-case letters behind a space, each a letter longer than the one it continues. */
    private static TokenizerData tokenizer() {
        List<byte[]> tokens = new ArrayList<>();
        List<Merge> merges = new ArrayList<>();
        for (int i = 0; i < BYTES; i++) {
            tokens.add(new byte[] {(byte) i});
        }
        int prefix = ' ';
        while (tokens.size() < TEXT_TOKENS) {
            for (int letter = 'a'; letter <= 'z' && tokens.size() < TEXT_TOKENS; letter++) {
                String word = new String(tokens.get(prefix), StandardCharsets.US_ASCII) + (char) letter;
                tokens.add(word.getBytes(StandardCharsets.US_ASCII));
                merges.add(new Merge(prefix, letter));
            }
            prefix = prefix == ' ' ? BYTES : prefix + 1;
        }
        return new TokenizerData(tokens, merges);
    }
}
