package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.mel.LogMelSpectrogram;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.ChunkTranscriber;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.TranscriberLifecycle;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Transcribes with a network of any engine. A backend only has to load the network.
 *
 * <p>Recordings longer than one window are transcribed either sequentially, where each window starts at the end of the
 * previous text, or in overlapping chunks, decoded in batches. Given chunks are decoded in batches too.
 *
 * <p>Calls run one at a time. Closing the transcriber from another thread, or interrupting the thread, ends a running
 * call at the next token.
 */
public final class NetworkTranscriber implements ChunkTranscriber {
    private final String implementation;
    private final WhisperNetwork network;
    private final Tokenizer tokenizer;
    private final GenerationConfig generation;
    private final Supplier<EngineParameters> parameters;
    private final @Nullable ChunkedOptions chunks;
    private final BatchLimit batchLimit = new BatchLimit();
    private final LogMelSpectrogram spectrogram;
    private final TranscriberLifecycle lifecycle = new TranscriberLifecycle();

    private NetworkTranscriber(Builder builder) {
        implementation = Objects.requireNonNull(builder.implementation, "implementation");
        network = Objects.requireNonNull(builder.network, "network");
        tokenizer = Objects.requireNonNull(builder.tokenizer, "tokenizer");
        generation = Objects.requireNonNull(builder.generation, "generation");
        parameters = Objects.requireNonNull(builder.parameters, "parameters");
        chunks = builder.chunks;
        spectrogram = new LogMelSpectrogram(network.dimensions().nMels(), LogMelSpectrogram.Padding.SILENCE);
    }

    /** Returns a builder. Implementation, network, tokenizer, generation config and parameters are required. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a transcriber, which owns the network from {@link #build} on. */
    public static final class Builder {
        private @Nullable String implementation;
        private @Nullable WhisperNetwork network;
        private @Nullable Tokenizer tokenizer;
        private @Nullable GenerationConfig generation;
        private @Nullable Supplier<EngineParameters> parameters;
        private @Nullable ChunkedOptions chunks;

        private Builder() {}

        /** Sets the id of the implementation, for messages. */
        public Builder implementation(String value) {
            implementation = value;
            return this;
        }

        /** Sets the network. */
        public Builder network(WhisperNetwork value) {
            network = value;
            return this;
        }

        /** Sets the tokenizer of the model. */
        public Builder tokenizer(Tokenizer value) {
            tokenizer = value;
            return this;
        }

        /** Sets the decoding settings from the model's files. */
        public Builder generation(GenerationConfig value) {
            generation = value;
            return this;
        }

        /** Sets the supplier of the parameters that the network runs with; it is called for each transcription. */
        public Builder parameters(Supplier<EngineParameters> value) {
            parameters = value;
            return this;
        }

        /**
         * Makes the transcriber decode overlapping chunks in batches instead of sequential windows.
         *
         * <p>When the network runs out of memory, the batch size is halved permanently.
         *
         * @param value chunk length and batch size to use if the options leave them to the implementation
         */
        public Builder chunks(ChunkedOptions value) {
            chunks = value;
            return this;
        }

        /** Returns the transcriber. */
        public NetworkTranscriber build() {
            return new NetworkTranscriber(this);
        }
    }

    @Override
    public EngineParameters parameters() {
        EngineParameters real =
                parameters.get().withArchitecture(network.dimensions().describe());
        return batchLimit.note().map(real::withNote).orElse(real);
    }

    @Override
    public TranscribeOptions resolve(TranscribeOptions options) {
        TranscribeOptions.Builder resolved = options.toBuilder()
                .conditionOnPreviousText(chunks == null && !Boolean.FALSE.equals(options.conditionOnPreviousText()));
        if (chunks != null) {
            ChunkedOptions chosen = chunkedOptions(options);
            resolved.chunkLength(chosen.chunkLength()).batchSize(chosen.batchSize());
        }
        return resolved.build();
    }

    @Override
    public Transcription transcribe(Audio audio, TranscribeOptions options, TranscriptionListener listener) {
        return call(audio, null, options, listener);
    }

    @Override
    public Duration chunkLength(TranscribeOptions options) {
        return chunkedOptions(options).chunkLength();
    }

    @Override
    public Transcription transcribeChunks(
            Audio audio, List<Long> ends, TranscribeOptions options, TranscriptionListener listener) {
        return call(audio, ends, options, listener);
    }

    @Override
    public List<Transcription> transcribeChunks(
            List<Audio> recordings, List<List<Long>> ends, TranscribeOptions options) {
        return lifecycle.call(() -> {
            check(options);
            return new BatchCall(recordings, ends, options).run();
        });
    }

    private Transcription call(
            Audio audio, @Nullable List<Long> chunkEnds, TranscribeOptions options, TranscriptionListener listener) {
        return lifecycle.call(() -> {
            check(options);
            return new Call(audio, chunkEnds, options, listener).run();
        });
    }

    private ChunkedOptions chunkedOptions(TranscribeOptions options) {
        return (chunks == null ? ChunkedOptions.defaults() : chunks).withOverrides(options);
    }

    @Override
    public void close() {
        lifecycle.close(network::close);
    }

    private void check(TranscribeOptions options) {
        int vocabulary = network.dimensions().nVocab();
        options.suppressTokens().stream()
                .filter(token -> token >= vocabulary)
                .findFirst()
                .ifPresent(token -> {
                    throw unsupported("suppress-tokens=" + token, "The model has only " + vocabulary + " tokens.");
                });
        SpecialTokens specials = tokenizer.specials();
        if (!specials.isMultilingual()) {
            if (options.task() == Task.TRANSLATE) {
                throw unsupported("task=translate", "The model is English-only; use a multilingual model.");
            }
            if (options.language() instanceof Language.Fixed fixed
                    && !fixed.code().equals("en")) {
                throw unsupported("language=" + fixed.code(), "The model is English-only; use a multilingual model.");
            }
        } else if (options.language() instanceof Language.Fixed fixed
                && specials.language(fixed.code()).isEmpty()) {
            throw unsupported(
                    "language=" + fixed.code(),
                    "The model's vocabulary lacks this language; use large-v3 or a later model.");
        }
    }

    private UnsupportedOptionException unsupported(String option, String advice) {
        return new UnsupportedOptionException(implementation, option, advice);
    }

    private void checkCancelled(String name) {
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationCancelledException("The transcription of " + name + " was interrupted.");
        }
        if (lifecycle.isCancelled()) {
            throw new OperationCancelledException("The transcription of " + name
                    + " was cancelled because its transcriber was closed or this JVM is shutting down.");
        }
    }

    /** The transcription of several recordings. */
    private final class BatchCall implements Spectrogram {
        private final Recordings recordings;
        private final List<Audio> audios;
        private final TranscribeOptions options;
        private final TranscriptionSteps steps;
        private final MeteredNetwork metered = new MeteredNetwork(network, this::checkCancelled);
        private long melNanos;

        BatchCall(List<Audio> audios, List<List<Long>> ends, TranscribeOptions options) {
            this.audios = audios;
            this.options = options;
            steps = new TranscriptionSteps(metered, tokenizer, generation, options);
            recordings = new Recordings(audios, ends, steps.windowFrames());
        }

        List<Transcription> run() {
            long start = System.nanoTime();
            List<List<Segment>> segments = new ArrayList<>();
            audios.forEach(audio -> segments.add(new ArrayList<>()));
            List<@Nullable SpokenLanguage> languages = new RecordingsTranscription(
                            steps, this, recordings, chunkedOptions(options).batchSize(), batchLimit)
                    .run((recording, segment) -> {
                        checkCancelled();
                        add(segment, segments.get(recording), audios.get(recording));
                    });
            SpokenLanguage ofSilence = languages.contains(null) ? languageOfSilence() : null;
            int count = Math.max(1, audios.size());
            Timings timings = new Timings(
                    Duration.ofNanos(System.nanoTime() - start).dividedBy(count),
                    Duration.ofNanos(melNanos / count),
                    metered.encodeTime().dividedBy(count),
                    metered.decodeTime().dividedBy(count));
            List<Transcription> results = new ArrayList<>();
            for (int i = 0; i < audios.size(); i++) {
                SpokenLanguage found = languages.get(i);
                SpokenLanguage language = found == null ? Objects.requireNonNull(ofSilence) : found;
                results.add(new Transcription(
                        language.code(),
                        language.probability(),
                        audios.get(i).duration(),
                        segments.get(i),
                        timings,
                        audios.get(i).warnings()));
            }
            return results;
        }

        private SpokenLanguage languageOfSilence() {
            float[] silence = steps.newSpectrogram();
            spectrogram.window(audios.get(0), 0, 0, silence);
            try (EncoderOutput window = steps.encode(List.of(silence))) {
                return steps.detectLanguages(window).get(0).best();
            }
        }

        private static void add(Segment segment, List<Segment> segments, Audio audio) {
            Duration previousEnd = segments.isEmpty()
                    ? Duration.ZERO
                    : segments.get(segments.size() - 1).end();
            segments.add(segment.within(previousEnd, audio.duration()));
        }

        @Override
        public long frames() {
            return audios.stream().mapToLong(LogMelSpectrogram::frames).sum();
        }

        @Override
        public void window(long firstFrame, float[] target) {
            window(firstFrame, steps.windowFrames(), target);
        }

        @Override
        public void window(long firstFrame, int frames, float[] target) {
            long start = System.nanoTime();
            spectrogram.window(recordings.audioAt(firstFrame), recordings.frameInRecording(firstFrame), frames, target);
            melNanos += System.nanoTime() - start;
        }

        private void checkCancelled() {
            NetworkTranscriber.this.checkCancelled(
                    audios.size() == 1 ? audios.get(0).name() : audios.size() + " recordings");
        }
    }

    /** One transcription. */
    private final class Call {
        private final Audio audio;
        private final @Nullable List<Long> chunkEnds;
        private final TranscribeOptions options;
        private final TranscriptionListener listener;
        private final MeteredNetwork metered = new MeteredNetwork(network, this::checkCancelled);
        private final List<Segment> segments = new ArrayList<>();
        private long melNanos;
        private double progress = -1;
        private Duration previousEnd = Duration.ZERO;

        Call(Audio audio, @Nullable List<Long> chunkEnds, TranscribeOptions options, TranscriptionListener listener) {
            this.audio = audio;
            this.chunkEnds = chunkEnds;
            this.options = options;
            this.listener = listener;
        }

        Transcription run() {
            long start = System.nanoTime();
            checkCancelled();
            SpokenLanguage language = loop(spectrogram()).run(this::publish, this::publishProgress);
            publishProgress(1);
            Timings timings = new Timings(
                    Duration.ofNanos(System.nanoTime() - start),
                    Duration.ofNanos(melNanos),
                    metered.encodeTime(),
                    metered.decodeTime());
            return new Transcription(
                    language.code(), language.probability(), audio.duration(), segments, timings, audio.warnings());
        }

        private TranscriptionLoop loop(Spectrogram windows) {
            TranscriptionSteps steps = new TranscriptionSteps(metered, tokenizer, generation, options);
            if (chunkEnds != null) {
                Chunks given = Chunks.separate(chunkEnds, windows.frames(), steps.windowFrames());
                return new ChunkedTranscription(
                        steps, windows, given, chunkedOptions(options).batchSize(), batchLimit);
            }
            return chunks == null
                    ? new LongFormTranscription(steps, windows)
                    : new ChunkedTranscription(steps, windows, chunkedOptions(options), batchLimit);
        }

        private Spectrogram spectrogram() {
            return new Spectrogram() {
                @Override
                public long frames() {
                    return LogMelSpectrogram.frames(audio);
                }

                @Override
                public void window(long firstFrame, float[] target) {
                    measure(() -> spectrogram.window(audio, firstFrame, target));
                }

                @Override
                public void window(long firstFrame, int frames, float[] target) {
                    measure(() -> spectrogram.window(audio, firstFrame, frames, target));
                }

                private void measure(Runnable work) {
                    long start = System.nanoTime();
                    work.run();
                    melNanos += System.nanoTime() - start;
                }
            };
        }

        private void checkCancelled() {
            NetworkTranscriber.this.checkCancelled(audio.name());
        }

        private void publish(Segment segment) {
            checkCancelled();
            Segment clamped = segment.within(previousEnd, audio.duration());
            previousEnd = clamped.end();
            segments.add(clamped);
            listener.onSegment(clamped);
        }

        private void publishProgress(double fraction) {
            if (fraction > progress) {
                progress = fraction;
                listener.onProgress(fraction);
            }
        }
    }
}
