package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.spark.RecordingFile.UnreadableException;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** A recording or piece that a task is about to transcribe. */
final class Source implements AutoCloseable {
    /** Its path in the result. */
    final @Nullable String path;

    /** Its name in messages. */
    final String name;

    /** Its content, null if it cannot be read. */
    final @Nullable RecordingFile file;

    /** Its language, null for that of the options. */
    final @Nullable String language;

    /** Why it cannot be read, empty if it can. */
    final String error;

    private Source(
            @Nullable String path, String name, @Nullable RecordingFile file, @Nullable String language, String error) {
        this.path = path;
        this.name = name;
        this.file = file;
        this.language = language;
        this.error = error;
    }

    /** Returns a recording of a file system, readable or not. */
    static Source of(Recording recording, Configuration hadoop) throws InterruptedException {
        String path = recording.path;
        if (path == null) {
            return unreadable(null, "The path is null. Give the row a path, or leave it out.");
        }
        try {
            return new Source(path, path, RecordingFile.of(path, recording.found, hadoop), null, "");
        } catch (UnreadableException e) {
            return unreadable(path, String.valueOf(e.getMessage()));
        }
    }

    /** Returns a recording from the content column of a row, readable or not. */
    static Source of(@Nullable String path, byte @Nullable [] content) {
        return content == null
                ? unreadable(path, "The content is null. Give the row a content, or leave it out.")
                : new Source(path, path == null ? "recording" : path, RecordingFile.of(content), null, "");
    }

    /** Returns a piece of a long recording; unreadable if the recording is. */
    static Source of(Piece piece) {
        String path = String.valueOf(piece.recording.path);
        return piece.wav == null
                ? unreadable(path, String.valueOf(piece.error))
                : new Source(path, path, RecordingFile.of(piece.wav), piece.language, "");
    }

    private static Source unreadable(@Nullable String path, String error) {
        return new Source(path, String.valueOf(path), null, null, error);
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
