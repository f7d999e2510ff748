package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.transcription.ChunkTranscriber;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.TranscriberLifecycle;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.transcription.Vad;
import io.github.whisperspeedtest.transcription.VadOptions;
import io.github.whisperspeedtest.vad.FilteredAudio;
import io.github.whisperspeedtest.vad.SpeechSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Adds voice activity detection to the transcriber of any implementation: it transcribes only the speech of a recording, and
 * the times of the result are those of the recording.
 */
final class SpeechTranscriber implements BatchTranscriber {
    /** The unit of Whisper's timestamps. */
    private static final Duration TIME_PRECISION = Duration.ofMillis(20);

    private final String implementation;
    private final Capabilities declared;
    private final SpeechDetection detection;
    private final Transcriber transcriber;
    private final TranscriberLifecycle lifecycle = new TranscriberLifecycle();

    /** Held during a whole call. The two parts of a call, detection and transcription, are cancelled and freed separately. */
    private final ReentrantLock turn = new ReentrantLock();

    private SpeechTranscriber(
            String implementation, Capabilities declared, SpeechDetection detection, Transcriber transcriber) {
        this.implementation = implementation;
        this.declared = declared;
        this.detection = detection;
        this.transcriber = transcriber;
    }

    /**
     * Loads a model; loads the detector too if it is used by default, otherwise when it is first needed.
     *
     * @param detection the detector, which this transcriber owns from now on
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException as {@link Implementation#load} does
     */
    static SpeechTranscriber load(
            Implementation implementation, ModelFiles files, LoadOptions options, SpeechDetection detection) {
        Capabilities declared = implementation.capabilities();
        if (declared.isVadDefault() && detection.problem().isEmpty()) {
            detection.detector();
        }
        try {
            return new SpeechTranscriber(
                    implementation.id(),
                    declared,
                    detection,
                    implementation.load(files.withoutCompanion(SileroModel.NAME), options));
        } catch (RuntimeException | Error e) {
            detection.close();
            throw e;
        }
    }

    @Override
    public EngineParameters parameters() {
        EngineParameters parameters = transcriber.parameters();
        return declared.isVadDefault()
                ? detection
                        .problem()
                        .map(problem -> parameters.withNote("VAD off: " + problem))
                        .orElse(parameters)
                : parameters;
    }

    @Override
    public TranscribeOptions resolve(TranscribeOptions options) {
        TranscribeOptions.Builder resolved = transcriber.resolve(withoutVad(options)).toBuilder();
        if (!filters(options)) {
            return resolved.vad(Vad.OFF).build();
        }
        ChunkTranscriber batches = inBatches(options);
        if (batches != null) {
            resolved.conditionOnPreviousText(false).chunkLength(batches.chunkLength(options));
        }
        return resolved.vad(Vad.ON).vadOptions(options.vadOptions()).build();
    }

    @Override
    public Transcription transcribe(Audio audio, TranscribeOptions options, TranscriptionListener listener) {
        turn.lock();
        try {
            return filters(options)
                    ? transcribeSpeech(audio, options, listener)
                    : transcriber.transcribe(audio, withoutVad(options), listener);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public boolean canBatch(Duration length, TranscribeOptions options) {
        return transcriber instanceof ChunkTranscriber chunks
                && TranscribeOption.CLIP_TIMESTAMPS.isBasic(options)
                && TranscribeOption.PREFIX.isBasic(options)
                && TranscribeOption.HALLUCINATION_SILENCE_THRESHOLD.isBasic(options)
                && !Boolean.TRUE.equals(options.conditionOnPreviousText())
                && (length.compareTo(chunks.chunkLength(options)) <= 0 || filters(options));
    }

    @Override
    public List<Transcription> transcribeAll(List<Audio> recordings, TranscribeOptions options) {
        if (!(transcriber instanceof ChunkTranscriber chunks)
                || recordings.stream().anyMatch(audio -> !canBatch(audio.duration(), options))) {
            throw new IllegalArgumentException("These recordings cannot be transcribed at once with these options");
        }
        turn.lock();
        try {
            return transcribeAll(chunks, recordings, options);
        } finally {
            turn.unlock();
        }
    }

    private List<Transcription> transcribeAll(
            ChunkTranscriber chunks, List<Audio> recordings, TranscribeOptions options) {
        if (!filters(options)) {
            return chunks.transcribeChunks(
                    recordings,
                    recordings.stream()
                            .map(audio -> List.of(audio.sampleCount()))
                            .toList(),
                    withoutVad(options));
        }
        long start = System.nanoTime();
        Duration chunkLength = chunks.chunkLength(options);
        List<FilteredAudio> speech = recordings.stream()
                .map(audio -> speechOf(
                        audio,
                        audio.duration().compareTo(chunkLength) <= 0
                                ? options.vadOptions()
                                : vadOfChunks(chunkLength, options)))
                .toList();
        Duration detecting = Duration.ofNanos(System.nanoTime() - start).dividedBy(Math.max(1, recordings.size()));
        List<Transcription> results = runUnlessClosed(
                recordings,
                () -> chunks.transcribeChunks(
                        speech.stream().map(FilteredAudio::audio).toList(),
                        speech.stream().map(part -> part.chunkEnds(chunkLength)).toList(),
                        withoutVad(options)));
        List<Transcription> restored = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            restored.add(restored(results.get(i), speech.get(i), recordings.get(i), detecting));
        }
        return restored;
    }

    /** The default gives way if the model is not installed, but not what was asked for. */
    private boolean filters(TranscribeOptions options) {
        boolean isAsked = options.batchSize() != null && declared.batching() == Batching.SPEECH
                || !options.vadOptions().equals(VadOptions.defaults());
        return switch (options.vad()) {
            case ON -> true;
            case AUTO ->
                declared.isVadDefault()
                        && TranscribeOption.CLIP_TIMESTAMPS.isBasic(options)
                        && (isAsked || detection.problem().isEmpty());
            case OFF -> false;
        };
    }

    private static TranscribeOptions withoutVad(TranscribeOptions options) {
        return options.toBuilder()
                .vad(Vad.OFF)
                .vadOptions(VadOptions.defaults())
                .build();
    }

    private Transcription transcribeSpeech(Audio audio, TranscribeOptions options, TranscriptionListener listener) {
        long start = System.nanoTime();
        @Nullable ChunkTranscriber batches = inBatches(options);
        VadOptions vad = batches == null ? options.vadOptions() : vadOfChunks(batches.chunkLength(options), options);
        FilteredAudio speech = speechOf(audio, vad);
        Duration detecting = Duration.ofNanos(System.nanoTime() - start);
        TranscribeOptions plain = withoutVad(options);
        TranscriptionListener restoring = new RestoringListener(speech, audio, listener);
        Transcription result = runUnlessClosed(
                List.of(audio),
                () -> batches == null
                        ? transcriber.transcribe(speech.audio(), plain, restoring)
                        : batches.transcribeChunks(
                                speech.audio(), speech.chunkEnds(batches.chunkLength(options)), plain, restoring));
        return restored(result, speech, audio, detecting);
    }

    private FilteredAudio speechOf(Audio audio, VadOptions vad) {
        return lifecycle.call(() -> {
            checkCancelled(audio);
            List<SpeechSpan> spans = detection.detector().detect(audio, vad, () -> checkCancelled(audio));
            return FilteredAudio.of(audio, spans, longer(vad.padding(), TIME_PRECISION));
        });
    }

    private static Transcription restored(Transcription result, FilteredAudio speech, Audio audio, Duration detecting) {
        RestoredTimes times = new RestoredTimes(speech, audio);
        Timings timings = result.timings();
        return new Transcription(
                result.language(),
                result.languageProbability(),
                audio.duration(),
                result.segments().stream().map(times::of).toList(),
                new Timings(timings.total().plus(detecting), timings.mel(), timings.encode(), timings.decode()),
                result.warnings());
    }

    /** Returns the transcriber if it is to decode chunks of speech in batches, otherwise null. */
    private @Nullable ChunkTranscriber inBatches(TranscribeOptions options) {
        boolean wanted = declared.batching() == Batching.ALWAYS
                || declared.batching() == Batching.SPEECH && options.batchSize() != null;
        return wanted && transcriber instanceof ChunkTranscriber chunks ? chunks : null;
    }

    private VadOptions vadOfChunks(Duration chunkLength, TranscribeOptions options) {
        try {
            return options.vadOptions().forChunks(chunkLength);
        } catch (IllegalArgumentException e) {
            throw new UnsupportedOptionException(
                    implementation,
                    TranscribeOption.VAD_PAD.label() + "=" + TranscribeOption.VAD_PAD.text(options),
                    "Chunks of " + chunkLength.toSeconds() + " s are too short for this padding on both sides.");
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private <T> T runUnlessClosed(List<Audio> recordings, Supplier<T> call) {
        try {
            return call.get();
        } catch (IllegalStateException e) {
            // Another thread closed the transcriber after the detection.
            recordings.forEach(this::checkCancelled);
            throw e;
        }
    }

    private void checkCancelled(Audio audio) {
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationCancelledException("The transcription of " + audio.name() + " was interrupted.");
        }
        if (lifecycle.isCancelled()) {
            throw new OperationCancelledException("The transcription of " + audio.name()
                    + " was cancelled because its transcriber was closed or this JVM is shutting down.");
        }
    }

    @Override
    public void close() {
        if (turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("A listener must not close the transcriber that calls it.");
        }
        try {
            lifecycle.close(detection::close);
        } finally {
            transcriber.close();
        }
    }

    /** Gives segments the times of the recording, each one after the one before it. */
    private static final class RestoredTimes {
        private final FilteredAudio speech;
        private final Duration end;
        private Duration previousEnd = Duration.ZERO;

        RestoredTimes(FilteredAudio speech, Audio recording) {
            this.speech = speech;
            end = recording.duration();
        }

        Segment of(Segment segment) {
            Segment restored = speech.original(segment).within(previousEnd, end);
            previousEnd = restored.end();
            return restored;
        }
    }

    /** Passes on the events of a transcription with the times of the recording. */
    private static final class RestoringListener implements TranscriptionListener {
        private final RestoredTimes times;
        private final TranscriptionListener listener;

        RestoringListener(FilteredAudio speech, Audio recording, TranscriptionListener listener) {
            times = new RestoredTimes(speech, recording);
            this.listener = listener;
        }

        @Override
        public void onSegment(Segment segment) {
            listener.onSegment(times.of(segment));
        }

        @Override
        public void onProgress(double fraction) {
            listener.onProgress(fraction);
        }
    }
}
