package io.github.whisperspeedtest.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a long recording. */
final class Piece implements Serializable {
    private static final long serialVersionUID = 1L;

    final Recording recording;

    /** Number of the piece in its recording, from 0. */
    final int index;

    /** Start in the recording, in samples at 16 kHz. */
    final long start;

    /** End in the recording, in samples at 16 kHz. */
    final long end;

    /** The audio as a WAV file; null if the recording cannot be read. */
    final byte @Nullable [] wav;

    /** Language of the whole recording, null where each piece has to find its own. */
    final @Nullable String language;

    /** Warnings about the recording, those of its first piece only. */
    final ArrayList<String> warnings;

    /** Why the recording cannot be read, null if it can. */
    final @Nullable String error;

    Piece(
            Recording recording,
            int index,
            long start,
            long end,
            byte @Nullable [] wav,
            @Nullable String language,
            List<String> warnings,
            @Nullable String error) {
        this.recording = recording;
        this.index = index;
        this.start = start;
        this.end = end;
        this.wav = wav;
        this.language = language;
        this.warnings = new ArrayList<>(warnings);
        this.error = error;
    }

    /** Returns the stand-in for the pieces of a recording that cannot be read. */
    static Piece unreadable(Recording recording, String error) {
        return new Piece(recording, 0, 0, 0, null, null, List.of(), error);
    }
}
