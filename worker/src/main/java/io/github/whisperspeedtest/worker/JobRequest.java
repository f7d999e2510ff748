package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A recording to transcribe.
 *
 * @param model the model
 * @param name name of the recording, which stands for the file in messages
 * @param file a file with a recording in any supported format. The caller deletes it after the end of the job
 * @param options the options
 * @param alone whether the engine gets no other recording in the same call, so that a crash is not that of another recording
 */
public record JobRequest(ServedModel model, String name, Path file, TranscribeOptions options, boolean alone) {
    /** Checks that nothing is null. */
    public JobRequest {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(options, "options");
    }
}
