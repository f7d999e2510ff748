package io.github.whisperspeedtest.spi;

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
     * @param reason what is missing or broken
     * @param remedy what the user can do about it, as a sentence
     */
    record Unavailable(String reason, String remedy) implements Availability {
        /** Checks that nothing is null. */
        public Unavailable {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(remedy, "remedy");
        }
    }
}
