package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import java.util.Arrays;
import java.util.List;

/**
 * The text of the embedded model in exact arithmetic, with the margin of each decision.
 *
 * <p>Engines round differently, depending on precision and processor, so texts can only be equal if no decision is closer than the rounding
 * error. A network whose logits are off by at most {@code e} makes the same decision if the margin exceeds {@code 2e}: the choice between
 * two tokens, that between text and the timestamps together, and the language.
 */
public final class ReferenceDecoding {
    private static final RepetitionRules NO_RULES = new RepetitionRules(1, 0);
    /** Timestamps this close to each other, 0.08 s, count as the same decision. */
    private static final int NEARBY_TIMESTAMPS = 4;

    private static final float RAISED = 1024;

    private final Transcription transcription;
    private double margin = Double.POSITIVE_INFINITY;

    private ReferenceDecoding(WhisperNetwork network, Audio audio) {
        Checkpoint checkpoint = EmbeddedModel.checkpoint();
        Tokenizer tokenizer =
                Tokenizer.of(checkpoint.tokenizer(), checkpoint.dimensions().nVocab());
        SpecialTokens specials = tokenizer.specials();
        DecodingRules rules = new DecodingRules(
                specials,
                new SuppressedTokens(
                        tokenizer,
                        checkpoint.generation(),
                        TranscribeOptions.defaults().suppressTokens()),
                new TimestampRules(specials, 30.0 / checkpoint.dimensions().nAudioCtx(), 1.0),
                NO_RULES);
        EngineParameters parameters = new EngineParameters("micro", "Java", "auto", "CPU", "float32", 1);
        try (NetworkTranscriber transcriber = NetworkTranscriber.builder()
                .implementation("reference")
                .network(new Observed(network, specials, rules))
                .tokenizer(tokenizer)
                .generation(checkpoint.generation())
                .parameters(() -> parameters)
                .build()) {
            transcription = transcriber.transcribe(audio, TranscribeOptions.defaults());
        }
    }

    /**
     * Transcribes with the default options.
     *
     * @param network the embedded model in 32-bit arithmetic, which stays open
     */
    public static ReferenceDecoding of(WhisperNetwork network, Audio audio) {
        return new ReferenceDecoding(network, audio);
    }

    /** Returns the text. */
    public Transcription transcription() {
        return transcription;
    }

    /** Returns the smallest difference of two logits that a decision depended on; 0 if a window was decoded more than once. */
    public double margin() {
        return margin;
    }

    private void decide(double difference) {
        margin = Math.min(margin, difference);
    }

    private final class Observed implements WhisperNetwork {
        private final WhisperNetwork network;
        private final SpecialTokens specials;
        private final DecodingRules rules;

        Observed(WhisperNetwork network, SpecialTokens specials, DecodingRules rules) {
            this.network = network;
            this.specials = specials;
            this.rules = rules;
        }

        @Override
        public ModelDimensions dimensions() {
            return network.dimensions();
        }

        @Override
        public EncoderOutput encode(List<float[]> windows) {
            EncoderOutput encoded = network.encode(windows);
            return new EncoderOutput() {
                @Override
                public int count() {
                    return encoded.count();
                }

                @Override
                public DecoderSession startDecoding(int maxSequencesPerWindow) {
                    return new ObservedSession(
                            encoded.startDecoding(maxSequencesPerWindow), maxSequencesPerWindow, specials, rules);
                }

                @Override
                public float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads) {
                    return encoded.crossAttention(window, tokens, heads);
                }

                @Override
                public void close() {
                    encoded.close();
                }
            };
        }

        @Override
        public void close() {}
    }

    private final class ObservedSession implements DecoderSession {
        private final DecoderSession session;
        private final int maxSequences;
        private final SpecialTokens specials;
        private final DecodingRules rules;
        private final TokenSequence sequence = new TokenSequence(0);

        ObservedSession(DecoderSession session, int maxSequences, SpecialTokens specials, DecodingRules rules) {
            this.session = session;
            this.maxSequences = maxSequences;
            this.specials = specials;
            this.rules = rules;
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
            boolean isPrompt = session.length() == 0;
            session.append(tokens, positions, logits);
            float[] next = logits[positions.length - 1];
            if (maxSequences > 1) {
                decide(0);
            } else if (isPrompt && tokens[0].length == 1) {
                observeLanguage(next);
            } else {
                if (!isPrompt) {
                    sequence.append(tokens[0][0], 0);
                }
                observe(next);
            }
        }

        private void observeLanguage(float[] logits) {
            double[] languages = specials.languages().stream()
                    .mapToDouble(code -> logits[specials.language(code).orElseThrow()])
                    .sorted()
                    .toArray();
            decide(languages[languages.length - 1] - languages[languages.length - 2]);
        }

        private void observe(float[] logits) {
            int firstTimestamp = specials.timestampBegin();
            int[] text = best(logits, 0, firstTimestamp, 2);
            int[] timestamps = best(logits, firstTimestamp, logits.length, 2 * NEARBY_TIMESTAMPS + 2);
            double bestText = text.length == 0 ? Double.NEGATIVE_INFINITY : logits[text[0]];
            double allTimestamps = Double.NEGATIVE_INFINITY;
            if (timestamps.length > 0) {
                float[] raised = raised(logits, firstTimestamp, logits.length);
                allTimestamps = raised[timestamps[0]]
                        - RAISED
                        - rules.next(raised, sequence).logProbability(timestamps[0]);
            }
            decide(Math.abs(bestText - allTimestamps));
            if (bestText > allTimestamps) {
                decide(text.length < 2 ? Double.POSITIVE_INFINITY : bestText - logits[text[1]]);
            } else {
                int best = timestamps[0];
                Arrays.stream(timestamps)
                        .filter(token -> Math.abs(token - best) > NEARBY_TIMESTAMPS)
                        .findFirst()
                        .ifPresent(other -> decide(logits[best] - logits[other]));
            }
        }

        /** Returns the most probable allowed tokens of a range, best first. */
        private int[] best(float[] logits, int from, int to, int count) {
            int[] best = new int[count];
            rules.next(raised(logits, from, to), sequence).mostProbable(best);
            return Arrays.stream(best)
                    .filter(token -> token >= from && token < to)
                    .toArray();
        }

        private float[] raised(float[] logits, int from, int to) {
            float[] copy = logits.clone();
            for (int i = from; i < to; i++) {
                copy[i] += RAISED;
            }
            return copy;
        }

        @Override
        public void select(int[] parents) {
            session.select(parents);
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
