package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.error.Problem;
import java.util.Objects;

/** Whether an implementation can run on this machine. */
public sealed interface Availability {
    /**
     * It can.
     *
     * @param runtime the engine with its version, such as {@code whisper.cpp 1.7.1}
     * @param device what it would compute on by default, such as {@code CPU (AVX2, FMA)}
     * @param fallback whether that is not the device that the implementation is there for
     * @param note what else a user should know, such as what is missing for that device and how to get it, as sentences; empty for
     *     nothing
     */
    record Available(String runtime, String device, boolean fallback, String note) implements Availability {
        /** Creates the answer of an implementation that has the device it is there for. */
        public Available(String runtime, String device) {
            this(runtime, device, false);
        }

        /** Creates an answer without a note. */
        public Available(String runtime, String device, boolean fallback) {
            this(runtime, device, fallback, "");
        }

        /** Checks that nothing is null. */
        public Available {
            Objects.requireNonNull(runtime, "runtime");
            Objects.requireNonNull(device, "device");
            Objects.requireNonNull(note, "note");
        }
    }

    /**
     * It cannot.
     *
     * @param problem what is missing or broken, and what the user can do about it
     */
    record Unavailable(Problem problem) implements Availability {
        /** Checks that nothing is null. */
        public Unavailable {
            Objects.requireNonNull(problem, "problem");
        }

        /**
         * Creates the answer from its parts.
         *
         * @param reason what is missing or broken
         * @param remedy what the user can do about it, as a sentence
         */
        public Unavailable(String reason, String remedy) {
            this(new Problem(reason, remedy));
        }

        /** Returns what is missing or broken. */
        public String reason() {
            return problem.reason();
        }

        /** Returns what the user can do about it, as a sentence. */
        public String remedy() {
            return problem.remedy();
        }
    }
}
