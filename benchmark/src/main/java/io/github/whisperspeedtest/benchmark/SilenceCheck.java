package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Counts what an implementation writes where nobody speaks: the text of 30 s of digital silence and of 30 s of quiet white noise.
 *
 * <p>The noise is the same on every machine and in every run.
 */
final class SilenceCheck {
    private static final int SECONDS = 30;
    private static final int SAMPLE_RATE = 16_000;

    /** Root mean square of the noise, −46 dB of full scale: the noise of a quiet room through a laptop's microphone. */
    private static final float NOISE_LEVEL = 0.005f;

    private static final long NOISE_SEED = 1;

    private SilenceCheck() {}

    /** Returns the recordings without speech. */
    static List<Audio> recordings() {
        float[] silence = new float[SECONDS * SAMPLE_RATE];
        float[] noise = new float[SECONDS * SAMPLE_RATE];
        Random random = new Random(NOISE_SEED);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (NOISE_LEVEL * random.nextGaussian());
        }
        return List.of(Audio.of("silence", silence), Audio.of("noise", noise));
    }

    /** Transcribes the recordings and returns the number of words, or of characters where words are not separated, for each minute. */
    static double wordsPerMinute(Transcriber transcriber, TranscribeOptions options) {
        int words = 0;
        Duration length = Duration.ZERO;
        // Clips of the benchmark's recordings mean nothing here.
        TranscribeOptions whole =
                options.toBuilder().clipTimestamps(List.of(Duration.ZERO)).build();
        for (Audio audio : recordings()) {
            Transcription transcription = transcriber.transcribe(audio, whole);
            words += ErrorRate.of("", transcription.text(), TranscriptLanguage.of(options, transcription.language()))
                    .insertions();
            length = length.plus(audio.duration());
        }
        return words / (length.toMillis() / 60_000.0);
    }
}
