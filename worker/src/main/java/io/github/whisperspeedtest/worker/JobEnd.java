package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.transcription.Transcription;
import java.util.Objects;

/** How a job ended. */
public sealed interface JobEnd {
    /** The recording was transcribed. */
    record Transcribed(Transcription transcription) implements JobEnd {
        /** Checks that nothing is null. */
        public Transcribed {
            Objects.requireNonNull(transcription, "transcription");
        }
    }

    /**
     * The job failed.
     *
     * @param reason category of the failure
     * @param message what failed and what to do, for the client: without paths of this machine
     */
    record Failed(Reason reason, String message) implements JobEnd {
        /** Checks that nothing is null. */
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
        }
    }

    /** Category of a failure. */
    enum Reason {
        /** The recording cannot be decoded. */
        BAD_RECORDING,
        /** The recording is longer than the service accepts. */
        TOO_LONG,
        /** The model does not support an option, such as a language. */
        UNSUPPORTED,
        /** The model cannot be loaded: missing, damaged, or too large for the memory. */
        MODEL,
        /** The engine failed or crashed. A new attempt may succeed. */
        ENGINE,
        /** The job took too long. */
        TIME_LIMIT,
        /** The job was cancelled, by its client or because the service closed. */
        CANCELLED
    }
}
