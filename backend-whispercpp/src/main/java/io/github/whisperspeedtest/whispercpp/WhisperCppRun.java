package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Clip;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.whispercpp.bindings.NativeLog;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperLibrary;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One transcription: passes the audio to whisper.cpp slice by slice and collects the results.
 *
 * <p>whisper.cpp requires all samples at once and keeps their spectrogram, so hours of audio are passed in slices. A
 * slice ends where its last window started, so no sentence is broken, and the next slice gets the previous text as its
 * prompt.
 */
final class WhisperCppRun {
    private static final int WINDOW_SAMPLES = 30 * Audio.SAMPLE_RATE;

    private static final int FRAME_SAMPLES = Audio.SAMPLE_RATE / 100;

    /**
     * Before 1.7.6, whisper.cpp stops at the first timestamp in the last second, even if speech follows, and skips shorter
     * audio. With this much silence after the recording, only its last 0.1 s is too short to hold text, as in
     * whisper.cpp 1.7.6 and later.
     */
    private static final int PADDING_SAMPLES = (TailWindow.TAIL_FRAMES - 10) * FRAME_SAMPLES;

    /** Too short to hold text. Before 1.9.3, whisper.cpp reads past the end of audio that is shorter than 13 ms. */
    private static final int MIN_SAMPLES = 5 * FRAME_SAMPLES;

    private static final long NANOS_PER_SAMPLE = 1_000_000_000L / Audio.SAMPLE_RATE;

    private static final int MAX_PROMPT_TOKENS = 224;

    private static final int WINDOW_POSITIONS = AudioContext.FULL.positions(0);

    /** With a language given, {@code whisper_full} detects none. */
    private static final String ANY_LANGUAGE = "en";

    private final WhisperCppRuntime runtime;
    private final WhisperLibrary library;
    private final Pointer context;
    private final EngineParameters parameters;
    private final Audio audio;
    private final TranscribeOptions options;
    private final TranscriptionListener listener;
    private final WhisperCppTranscriber.CancelFlag cancel;
    private final long sliceSamples;
    private final NativeFullParams params;
    private final @Nullable LogitsRules rules;
    private final SegmentReader reader;
    private final int padding;
    private final boolean needsTailRule;
    private final boolean encodesWholeWindows;
    private boolean detectsLanguage;
    private boolean isShortened;

    /** Whether {@code whisper_full} is called only for its parameters. */
    private boolean beginsNoWindow;

    private @Nullable Double languageProbability;

    private final List<Segment> segments = new ArrayList<>();
    private double progress = -1;
    private @Nullable Throwable listenerFailure;

    WhisperCppRun(
            WhisperCppRuntime runtime,
            Pointer context,
            GgmlModelFile model,
            WhisperCppOptions engine,
            EngineParameters parameters,
            Audio audio,
            TranscribeOptions options,
            TranscriptionListener listener,
            WhisperCppTranscriber.CancelFlag cancel,
            long sliceSamples) {
        this.runtime = runtime;
        this.library = runtime.functions();
        this.context = context;
        this.parameters = parameters;
        this.audio = audio;
        this.options = options;
        this.listener = listener;
        this.cancel = cancel;
        this.sliceSamples = sliceSamples;
        this.params = NativeFullParams.of(runtime.library(), model, engine, options, parameters.threads());
        this.rules = LogitsRules.of(options);
        this.reader = new SegmentReader(
                runtime.library(),
                context,
                model.path(),
                WordTimes.of(runtime.release(), engine, options),
                engine.speakerTurns());
        // With its own voice activity detection, whisper.cpp computes the spectrogram of the speech itself.
        detectsLanguage = NativeFullParams.detectsLanguage(model, options) && engine.vadModel() == null;
        encodesWholeWindows = options.audioContext() == null || engine.vadModel() != null;
        padding = runtime.release().isAtLeast(1, 7, 6) ? 0 : PADDING_SAMPLES;
        // Since 1.7.3, whisper.cpp itself ends a window at a single timestamp.
        needsTailRule = !runtime.release().isAtLeast(1, 7, 3) && options.timestamps() != Timestamps.NONE;
    }

    Transcription transcribe() {
        try {
            return transcribeParts();
        } finally {
            if (isShortened) {
                params.setAudioContext(0);
                applyAudioContext();
            }
        }
    }

    private Transcription transcribeParts() {
        long start = System.nanoTime();
        PartTimes times = new PartTimes();

        WhisperLibrary.NewSegmentCallback onSegments = (ctx, state, count, data) -> guarded(this::publishNewSegments);
        // An empty recording has a language, too.
        List<Clip> clips = options.clips(audio.duration());
        int part = 0;
        long sliceStart = clips.isEmpty() ? 0 : sample(clips.get(0).start());
        do {
            long begin = sliceStart;
            Duration limit = clips.isEmpty() ? Duration.ZERO : clips.get(part).end();
            long partEnd = sample(limit);
            int length = (int) Math.min(sliceSamples, partEnd - begin);
            boolean last = begin + length == partEnd;
            int padded = Math.max(MIN_SAMPLES, last ? length + padding : length);
            TailWindow tail = new TailWindow(library, context, length / FRAME_SAMPLES);
            WhisperLibrary.ProgressCallback onProgress = (ctx, state, percent, data) -> guarded(() -> {
                tail.startsAtLeastAt(percent * (padded / FRAME_SAMPLES) / 100);
                publishProgress(begin + Math.min(length, padded * (percent / 100.0)));
            });
            boolean hasTail = last && needsTailRule;
            int positions = audioContext(padded / FRAME_SAMPLES);
            params.setAudioContext(positions);
            isShortened |= positions > 0;
            WhisperLibrary.EncoderBeginCallback onWindow =
                    (ctx, state, data) -> (byte) (beginsNoWindow || hasTail && !tail.isWanted() ? 0 : 1);
            WhisperLibrary.LogitsFilterCallback onToken = (ctx, state, tokens, count, logits, data) -> {
                if (hasTail) {
                    tail.observe(tokens, count);
                }
                if (rules != null) {
                    rules.apply(tokens, count, logits);
                }
            };
            params.setCallbacks(onSegments, onProgress, cancel);
            params.setWindowCallbacks(
                    hasTail || isShortened ? onWindow : null, hasTail || rules != null ? onToken : null);
            reader.startSlice(begin, last ? Long.MAX_VALUE : begin + length - WINDOW_SAMPLES, limit);

            try (NativeLog.Capture log = runtime.log().capture()) {
                library.whisper_reset_timings(context);
                runSlice(begin, length, padded, positions, log);
                publishNewSegments();
                library.whisper_print_timings(context);
                times.add(log.text());
            }
            if (!last) {
                sliceStart = Math.max(reader.endOfKept(), begin + length - WINDOW_SAMPLES);
            } else if (++part < clips.size()) {
                sliceStart = sample(clips.get(part).start());
            }
            params.setPromptTokens(lastTokens());
        } while (part < clips.size());

        publish(reader.finish());
        publishProgress(audio.sampleCount());
        String language =
                library.whisper_lang_str(library.whisper_full_lang_id(context)).getString(0);
        Timings timings = times.toTimings(Duration.ofNanos(System.nanoTime() - start));
        return new Transcription(language, languageProbability, audio.duration(), segments, timings, audio.warnings());
    }

    /** Returns how many positions the encoder computes for so many frames of audio; 0 for all. */
    private int audioContext(int frames) {
        AudioContext context = options.audioContext();
        int positions = context == null ? WINDOW_POSITIONS : context.positions(frames);
        return encodesWholeWindows || positions == WINDOW_POSITIONS ? 0 : positions;
    }

    /** Sets what {@code audio_ctx} says: only {@code whisper_full} does, and the state keeps it for a later detection of a language. */
    private void applyAudioContext() {
        beginsNoWindow = true;
        library.whisper_full(context, params.byValue(), Pointer.NULL, 0);
        beginsNoWindow = false;
    }

    private void runSlice(long begin, int length, int padded, int positions, NativeLog.Capture log) {
        int result;
        try (Memory samples = new Memory((long) padded * Float.BYTES)) {
            copySamples(begin, length, samples);
            samples.setMemory((long) length * Float.BYTES, (long) (padded - length) * Float.BYTES, (byte) 0);
            result = detectsLanguage
                    ? detectAndTranscribe(samples, padded, positions)
                    : library.whisper_full(context, params.byValue(), samples, padded);
        }
        if (listenerFailure instanceof RuntimeException e) {
            throw e;
        }
        if (listenerFailure instanceof Error e) {
            throw e;
        }
        if (cancel.isRaised()) {
            throw new OperationCancelledException("The transcription of " + audio.name() + " was cancelled.");
        }
        if (result != 0) {
            throw new EngineException(
                    "whisper.cpp failed on " + audio.name() + " with code " + result + ": " + log.lastLine());
        }
    }

    /**
     * Detects the language and then transcribes the same spectrogram. The detection of {@code whisper_full} does the same work, and
     * tells the probability only in its log.
     */
    private int detectAndTranscribe(Memory samples, int count, int positions) {
        int result = library.whisper_pcm_to_mel(context, samples, count, parameters.threads());
        if (result != 0) {
            return result;
        }
        if (positions > 0) {
            params.setLanguage(ANY_LANGUAGE);
            applyAudioContext();
        }
        try (Memory probabilities = new Memory((library.whisper_lang_max_id() + 1L) * Float.BYTES)) {
            int language = library.whisper_lang_auto_detect(context, 0, parameters.threads(), probabilities);
            if (language < 0) {
                return language;
            }
            detectsLanguage = false;
            languageProbability = (double) probabilities.getFloat((long) language * Float.BYTES);
            params.setLanguage(library.whisper_lang_str(language).getString(0));
        }
        // The times of tokens depend on the loudness of the samples.
        return options.timestamps() == Timestamps.WORD
                ? library.whisper_full(context, params.byValue(), samples, count)
                : library.whisper_full(context, params.byValue(), Pointer.NULL, 0);
    }

    private void copySamples(long begin, int length, Memory target) {
        float[] block = new float[Math.min(length, 1 << 16)];
        for (int done = 0; done < length; ) {
            int count = audio.read(begin + done, block, 0, Math.min(block.length, length - done));
            target.write((long) done * Float.BYTES, block, 0, count);
            done += count;
        }
    }

    private static long sample(Duration time) {
        return time.toNanos() / NANOS_PER_SAMPLE;
    }

    private void publishNewSegments() {
        publish(reader.readNew());
    }

    private void publish(List<Segment> added) {
        for (Segment segment : added) {
            segments.add(segment);
            listener.onSegment(segment);
        }
    }

    private void publishProgress(double samplesDone) {
        if (Thread.currentThread().isInterrupted()) {
            cancel.raise();
        }
        double fraction = audio.sampleCount() == 0 ? 1 : samplesDone / audio.sampleCount();
        if (fraction > progress) {
            progress = fraction;
            listener.onProgress(Math.min(1, fraction));
        }
    }

    /** Runs a callback that must not throw through native frames. A failure stops the run and is thrown after it. */
    private void guarded(Runnable callback) {
        if (listenerFailure != null) {
            return;
        }
        try {
            callback.run();
        } catch (RuntimeException | Error e) {
            listenerFailure = e;
            cancel.raise();
        }
    }

    private int[] lastTokens() {
        int endOfText = library.whisper_token_eot(context);
        int[] tokens = segments.stream()
                .flatMap(segment -> segment.tokens().stream())
                .mapToInt(Integer::intValue)
                .filter(token -> token < endOfText)
                .toArray();
        int from = Math.max(0, tokens.length - MAX_PROMPT_TOKENS);
        return Arrays.copyOfRange(tokens, from, tokens.length);
    }

    /** Parses a number printed by C. The JVM sets the user's locale for native code too, which may use a decimal comma. */
    private static Double number(String printed) {
        return Double.valueOf(printed.replace(',', '.'));
    }

    /** Sums the times that whisper.cpp logs for each phase. */
    static final class PartTimes {
        private double mel;
        private double encode;
        private double decode;
        private boolean known;

        void add(String log) {
            Double melMillis = millis(log, "mel");
            Double encodeMillis = millis(log, "encode");
            Double decodeMillis = millis(log, "decode");
            Double batchedMillis = millis(log, "batchd");
            Double promptMillis = millis(log, "prompt");
            if (melMillis != null && encodeMillis != null && decodeMillis != null) {
                known = true;
                mel += melMillis;
                encode += encodeMillis;
                decode += decodeMillis
                        + (batchedMillis == null ? 0 : batchedMillis)
                        + (promptMillis == null ? 0 : promptMillis);
            }
        }

        Timings toTimings(Duration total) {
            return known
                    ? new Timings(total, ofMillis(mel), ofMillis(encode), ofMillis(decode))
                    : Timings.ofTotal(total);
        }

        private static @Nullable Double millis(String log, String part) {
            Matcher matcher =
                    Pattern.compile("\\s" + part + " time =\\s+([0-9.,]+) ms").matcher(log);
            return matcher.find() ? number(matcher.group(1)) : null;
        }

        private static Duration ofMillis(double millis) {
            return Duration.ofNanos(Math.round(millis * 1e6));
        }
    }
}
