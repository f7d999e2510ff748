package io.github.whisperspeedtest.testing;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A network with scripted probabilities that records its calls.
 *
 * <p>The first value of the spectrogram identifies a window. Text token {@code n} is the byte {@code n}.
 */
public final class ScriptedNetwork implements WhisperNetwork {
    /** Vocabulary of a multilingual model before large-v3. */
    public static final int MULTILINGUAL = 51865;

    /** Vocabulary of an English-only model. */
    public static final int ENGLISH_ONLY = 51864;

    private static final float IMPROBABLE = -60;

    private final ModelDimensions dimensions;
    private final Script script;
    private final List<Long> encoded = new ArrayList<>();
    private final List<Integer> frames = new ArrayList<>();
    private final List<List<Integer>> prompts = new ArrayList<>();
    private final List<Integer> sequences = new ArrayList<>();
    private int openWindows;
    private int mostOpenWindows;
    private int openSessions;
    private boolean closed;

    /** Defines the continuation of a sequence. */
    @FunctionalInterface
    public interface Script {
        /**
         * Returns the probabilities of the next token.
         *
         * @param window the first value of the window's spectrogram
         * @param tokens the sequence, its prompt included
         * @return probabilities by token; all others have next to none
         */
        Map<Integer, Double> next(long window, List<Integer> tokens);
    }

    /** Creates a network of the given vocabulary, with Whisper's usual lengths. */
    public ScriptedNetwork(int vocabulary, Script script) {
        dimensions = new ModelDimensions(80, 1500, 64, 1, 1, vocabulary, 448, 64, 2, 4);
        this.script = script;
    }

    /** Returns a tokenizer with one token for each byte. */
    public static Tokenizer tokenizer(int vocabulary) {
        List<byte[]> bytes =
                IntStream.range(0, 256).mapToObj(i -> new byte[] {(byte) i}).toList();
        return Tokenizer.of(new TokenizerData(bytes, List.of()), vocabulary);
    }

    /** Returns the windows that were encoded, in order. */
    public List<Long> encoded() {
        return encoded;
    }

    /** Returns how many frames each encoded window had. */
    public List<Integer> frames() {
        return frames;
    }

    /** Returns the first tokens of each sequence of each session. */
    public List<List<Integer>> prompts() {
        return prompts;
    }

    /** Returns how many sequences each call after a session's first one had. */
    public List<Integer> sequences() {
        return sequences;
    }

    /** Returns how many windows and sessions are not closed yet. */
    public int open() {
        return openWindows + openSessions;
    }

    /** Returns how many batches of windows were open at once at most. */
    public int mostOpenWindows() {
        return mostOpenWindows;
    }

    /** Returns whether the network was closed. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public ModelDimensions dimensions() {
        return dimensions;
    }

    @Override
    public EncoderOutput encode(List<float[]> windows) {
        List<Long> ids = windows.stream().map(window -> (long) window[0]).toList();
        encoded.addAll(ids);
        windows.forEach(window -> frames.add(window.length / dimensions.nMels()));
        openWindows++;
        mostOpenWindows = Math.max(mostOpenWindows, openWindows);
        return new Windows(ids);
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Windows implements EncoderOutput {
        private final List<Long> ids;

        Windows(List<Long> ids) {
            this.ids = ids;
        }

        @Override
        public int count() {
            return ids.size();
        }

        @Override
        public DecoderSession startDecoding(int maxSequencesPerWindow) {
            openSessions++;
            return new Session(ids, maxSequencesPerWindow);
        }

        /**
         * The token at index {@code i} attends to the ten positions from {@code 10 * i} on. The second-to-last token, the last one of the
         * text, attends to all positions from there on.
         */
        @Override
        public float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads) {
            float[][][] scores = new float[heads.size()][tokens.length][dimensions.nAudioCtx()];
            for (float[][] head : scores) {
                for (int i = 0; i < tokens.length; i++) {
                    int end = i == tokens.length - 2 ? dimensions.nAudioCtx() : 10 * i + 10;
                    Arrays.fill(head[i], 10 * i, end, 5);
                }
            }
            return scores;
        }

        @Override
        public void close() {
            openWindows--;
        }
    }

    private final class Session implements DecoderSession {
        private final int maxSequencesPerWindow;
        private List<Long> windows;
        private List<List<Integer>> tokens;

        Session(List<Long> ids, int maxSequencesPerWindow) {
            this.maxSequencesPerWindow = maxSequencesPerWindow;
            windows = ids;
            tokens = ids.stream().map(id -> List.<Integer>of()).toList();
        }

        @Override
        public int sequences() {
            return windows.size();
        }

        @Override
        public int length() {
            return tokens.get(0).size();
        }

        @Override
        public void append(int[][] added, int[] positions, float[][] logits) {
            if (added.length != sequences() || logits.length != added.length * positions.length) {
                throw new IllegalArgumentException("wrong number of rows");
            }
            boolean first = length() == 0;
            List<List<Integer>> longer = new ArrayList<>();
            for (int i = 0; i < added.length; i++) {
                List<Integer> sequence = new ArrayList<>(tokens.get(i));
                int before = sequence.size();
                Arrays.stream(added[i]).forEach(sequence::add);
                if (sequence.size() > dimensions.nTextCtx()) {
                    throw new IllegalArgumentException("too long: " + sequence.size());
                }
                for (int p = 0; p < positions.length; p++) {
                    List<Integer> part = sequence.subList(0, before + positions[p] + 1);
                    write(script.next(windows.get(i), part), logits[i * positions.length + p]);
                }
                longer.add(List.copyOf(sequence));
            }
            tokens = longer;
            if (first) {
                prompts.addAll(longer);
            } else {
                sequences.add(added.length);
            }
        }

        private static void write(Map<Integer, Double> probabilities, float[] row) {
            Arrays.fill(row, IMPROBABLE);
            probabilities.forEach((token, probability) -> row[token] = (float) Math.log(probability));
        }

        @Override
        public void select(int[] parents) {
            windows = Arrays.stream(parents).mapToObj(windows::get).toList();
            tokens = Arrays.stream(parents).mapToObj(tokens::get).toList();
            boolean tooMany = windows.stream()
                    .anyMatch(id -> windows.stream().filter(id::equals).count() > maxSequencesPerWindow);
            if (tooMany) {
                throw new IllegalArgumentException("more sequences than the session was started for");
            }
        }

        @Override
        public void close() {
            openSessions--;
        }
    }
}
