package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.GreedyRules;
import io.github.whisperspeedtest.network.GreedySession;
import io.github.whisperspeedtest.network.WhisperNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Measures where the time of one transcription goes, and checks for cancellation before each step.
 *
 * <p>Closing it leaves the wrapped network open.
 */
final class MeteredNetwork implements WhisperNetwork {
    private final WhisperNetwork network;
    private final Runnable beforeStep;
    private long encodeNanos;
    private long decodeNanos;

    /**
     * Wraps a network.
     *
     * @param beforeStep throws where the work is to end
     */
    MeteredNetwork(WhisperNetwork network, Runnable beforeStep) {
        this.network = network;
        this.beforeStep = beforeStep;
    }

    /** Returns the time spent in the encoder. */
    Duration encodeTime() {
        return Duration.ofNanos(encodeNanos);
    }

    /** Returns the time spent in the decoder. */
    Duration decodeTime() {
        return Duration.ofNanos(decodeNanos);
    }

    @Override
    public ModelDimensions dimensions() {
        return network.dimensions();
    }

    @Override
    public EncoderOutput encode(List<float[]> windows) {
        beforeStep.run();
        long start = System.nanoTime();
        EncoderOutput encoded = network.encode(windows);
        encodeNanos += System.nanoTime() - start;
        return new MeteredWindows(encoded);
    }

    @Override
    public void close() {}

    private <T> T decode(Supplier<T> step) {
        beforeStep.run();
        long start = System.nanoTime();
        T result = step.get();
        decodeNanos += System.nanoTime() - start;
        return result;
    }

    private final class MeteredWindows implements EncoderOutput {
        private final EncoderOutput windows;

        MeteredWindows(EncoderOutput windows) {
            this.windows = windows;
        }

        @Override
        public int count() {
            return windows.count();
        }

        @Override
        public DecoderSession startDecoding(int maxSequencesPerWindow) {
            return new MeteredSession(decode(() -> windows.startDecoding(maxSequencesPerWindow)));
        }

        @Override
        public Optional<GreedySession> startGreedy(
                int[] wanted, int[][] prompts, int startOfTranscript, GreedyRules rules) {
            return decode(() -> windows.startGreedy(wanted, prompts, startOfTranscript, rules))
                    .map(MeteredGreedySession::new);
        }

        @Override
        public float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads) {
            return decode(() -> windows.crossAttention(window, tokens, heads));
        }

        @Override
        public void close() {
            windows.close();
        }
    }

    private final class MeteredGreedySession implements GreedySession {
        private final GreedySession session;

        MeteredGreedySession(GreedySession session) {
            this.session = session;
        }

        @Override
        public boolean advance() {
            return decode(session::advance);
        }

        @Override
        public List<Sequence> sequences() {
            return session.sequences();
        }

        @Override
        public void close() {
            session.close();
        }
    }

    private final class MeteredSession implements DecoderSession {
        private final DecoderSession session;

        MeteredSession(DecoderSession session) {
            this.session = session;
        }

        @Override
        public int sequences() {
            return session.sequences();
        }

        @Override
        public int length() {
            return session.length();
        }

        @Override
        public void append(int[][] tokens, int[] positions, float[][] logits) {
            decode(() -> {
                session.append(tokens, positions, logits);
                return session;
            });
        }

        @Override
        public void select(int[] parents) {
            decode(() -> {
                session.select(parents);
                return session;
            });
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
