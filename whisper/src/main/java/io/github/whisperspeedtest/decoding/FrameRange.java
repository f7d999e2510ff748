package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.List;

/**
 * A part of a spectrogram.
 *
 * @param start its first frame
 * @param end the frame after its last
 */
record FrameRange(long start, long end) {
    private static final int MILLIS_PER_FRAME = 10;

    /** Returns the parts to transcribe of a recording with this many frames. */
    static List<FrameRange> clips(TranscribeOptions options, long frames) {
        return options.clips(Duration.ofMillis(frames * MILLIS_PER_FRAME)).stream()
                .map(clip -> new FrameRange(
                        clip.start().toMillis() / MILLIS_PER_FRAME, clip.end().toMillis() / MILLIS_PER_FRAME))
                .toList();
    }

    /** Returns the number of frames of several parts. */
    static long total(List<FrameRange> parts) {
        return parts.stream().mapToLong(FrameRange::length).sum();
    }

    long length() {
        return end - start;
    }
}
