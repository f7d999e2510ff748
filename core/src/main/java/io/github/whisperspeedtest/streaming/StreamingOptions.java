package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Vad;
import java.time.Duration;
import java.util.Objects;

/**
 * Options of a stream.
 *
 * <p>{@code transcribe} applies to each hypothesis, with these exceptions: word times are requested where the implementation has
 * them, the audio context is {@code AUTO} unless set or not supported,
 * the previous text is the prompt unless {@code conditionOnPreviousText} is false, and only the last hypothesis of an utterance uses more than the first temperature. Voice activity
 * detection is always on. Its minimum silence, which ends an utterance, is {@link #END_OF_UTTERANCE} by default.
 *
 * @param transcribe language, task, decoding, and what counts as speech
 * @param latency the intended time from the end of a word to its confirmation, at least {@link #LEAST_LATENCY}. A shorter one costs more
 *     computation
 * @param maxUtterance the length of confirmed text after which an utterance is reported although nobody paused
 */
public record StreamingOptions(TranscribeOptions transcribe, Duration latency, Duration maxUtterance) {
    /** Silence that ends an utterance by default; source: {@code VACOnlineASRProcessor} in ufal/whisper_streaming. */
    public static final Duration END_OF_UTTERANCE = Duration.ofMillis(500);

    /** The least latency. */
    public static final Duration LEAST_LATENCY = Duration.ofMillis(500);

    /** Twice the step of ufal/whisper_streaming, whose {@code min_chunk_size} is 1 s: two hypotheses must agree. */
    private static final Duration LATENCY = Duration.ofSeconds(2);

    private static final Duration MAX_UTTERANCE = Duration.ofSeconds(30);

    /** Checks the values. */
    public StreamingOptions {
        Objects.requireNonNull(transcribe, "transcribe");
        if (latency.compareTo(LEAST_LATENCY) < 0 || latency.compareTo(Duration.ofSeconds(20)) > 0) {
            throw new IllegalArgumentException(
                    "latency must be from 0.5 to 20 seconds, but was " + latency.toMillis() / 1000.0);
        }
        if (maxUtterance.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "maxUtterance must be at least 1 second, but was " + maxUtterance.toMillis() / 1000.0);
        }
        if (transcribe.vad() == Vad.OFF) {
            throw new IllegalArgumentException("live audio requires voice activity detection; leave out vad=off");
        }
        refuse(TranscribeOption.CLIP_TIMESTAMPS, transcribe);
        refuse(TranscribeOption.PREFIX, transcribe);
        refuse(TranscribeOption.BATCH_SIZE, transcribe);
        refuse(TranscribeOption.CHUNK_LENGTH, transcribe);
    }

    private static void refuse(TranscribeOption option, TranscribeOptions transcribe) {
        if (!option.isBasic(transcribe)) {
            throw new IllegalArgumentException("live audio cannot be transcribed with " + option.label() + "="
                    + option.text(transcribe) + "; leave it out");
        }
    }

    /** Returns the defaults. */
    public static StreamingOptions defaults() {
        return new StreamingOptions(TranscribeOptions.defaults(), LATENCY, MAX_UTTERANCE);
    }

    /** Returns these options with others for each hypothesis. */
    public StreamingOptions withTranscribe(TranscribeOptions value) {
        return new StreamingOptions(value, latency, maxUtterance);
    }

    /** Returns these options with another latency. */
    public StreamingOptions withLatency(Duration value) {
        return new StreamingOptions(transcribe, value, maxUtterance);
    }

    /** Returns these options with another maximum length of an utterance. */
    public StreamingOptions withMaxUtterance(Duration value) {
        return new StreamingOptions(transcribe, latency, value);
    }
}
