package io.github.whisperspeedtest.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A recording that a task is to transcribe. A class, because Kryo cannot create records. */
final class Recording implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Number of the recording in its job. */
    final int id;

    /** URI as Hadoop's file systems know it, null in a row without one. */
    final @Nullable String path;

    /** Length of the audio, by estimate. */
    final double seconds;

    /** Whether the file was there when it was measured. */
    final boolean found;

    private Recording(int id, @Nullable String path, double seconds, boolean found) {
        this.id = id;
        this.path = path;
        this.seconds = seconds;
        this.found = found;
    }

    /** Returns a recording that was not measured, or whose file cannot be found. */
    static Recording of(int id, @Nullable String path) {
        return new Recording(id, path, 0, false);
    }

    /** Returns this recording with the length of its audio in seconds, by estimate. */
    Recording measured(double length) {
        return new Recording(id, path, length, true);
    }
}
