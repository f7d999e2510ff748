package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperRelease;

/** Where the times of words come from. */
enum WordTimes {
    /** Words are not wanted. */
    NONE,
    /** The times of the tokens, which whisper.cpp estimates from timestamps and loudness. */
    TOKENS,
    /** The same, after the speech that whisper.cpp's voice activity detection has left. */
    TOKENS_OF_SPEECH,
    /** Dynamic time warping: the moment of each token; a word lasts until the next one. */
    DTW;

    /**
     * Chooses the source.
     *
     * @throws UnsupportedOptionException if this release has none with these options
     */
    static WordTimes of(WhisperRelease release, WhisperCppOptions engine, TranscribeOptions options) {
        if (options.timestamps() != Timestamps.WORD) {
            return NONE;
        }
        if (engine.vadModel() == null) {
            return engine.dtw() ? DTW : TOKENS;
        }
        // Their times are those in the speech without the silence between.
        if (engine.dtw() || !release.isAtLeast(1, 9, 2)) {
            throw new UnsupportedOptionException(
                    WhisperCppImplementation.ID,
                    "timestamps=word together with vad-model",
                    "whisper.cpp knows the times of words in speech that its own detector has found since 1.9.2, and not by DTW."
                            + " Use --vad instead.");
        }
        return TOKENS_OF_SPEECH;
    }
}
