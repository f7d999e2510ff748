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

    Recording(int id, @Nullable String path, double seconds) {
        this.id = id;
        this.path = path;
        this.seconds = seconds;
    }
}
