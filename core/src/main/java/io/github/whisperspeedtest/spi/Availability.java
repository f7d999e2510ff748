package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.error.Problem;
import java.util.Objects;
import java.util.Optional;

/** Whether an implementation can run on this machine. */
public sealed interface Availability {
    /**
     * The implementation can run here.
     *
     * @param runtime the engine with its version, such as {@code whisper.cpp 1.7.1}
     * @param device the device it uses by default, such as {@code CPU (AVX2, FMA)}
     * @param fallback whether that device replaces the one that the implementation is made for
     * @param note further advice for the user in full sentences, such as a missing library and how to install it; may
     *     be empty
     */
    record Available(String runtime, String device, boolean fallback, String note) implements Availability {
        private static final String SENTENCE_END = ". ";

        /** Describes an implementation that runs on the device it is made for. */
        public Available(String runtime, String device) {
            this(runtime, device, false);
        }

        /** Describes an available implementation without a note. */
        public Available(String runtime, String device, boolean fallback) {
            this(runtime, device, fallback, "");
        }

        /** Checks that nothing is null. */
        public Available {
            Objects.requireNonNull(runtime, "runtime");
            Objects.requireNonNull(device, "device");
            Objects.requireNonNull(note, "note");
        }

        /**
         * Returns the reason for the fallback, the first sentence of the note, as a phrase such as {@code no CoreML here}.
         *
         * @return empty if there is no fallback; an empty text if there is one without a note
         */
        public Optional<String> fallbackReason() {
            return fallback ? Optional.of(inSentence(parts()[0])) : Optional.empty();
        }

        /** Returns the note without the {@linkplain #fallbackReason reason for the fallback}; may be empty. */
        public String furtherNote() {
            return fallback ? parts()[1] : note;
        }

        private String[] parts() {
            int end = note.indexOf(SENTENCE_END);
            return end < 0
                    ? new String[] {note, ""}
                    : new String[] {note.substring(0, end), note.substring(end + SENTENCE_END.length())};
        }

        /** Lowers the first letter of a word, but not of a name such as MLX. */
        private static String inSentence(String sentence) {
            String text = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
            boolean name = text.isEmpty() || text.length() > 1 && Character.isUpperCase(text.charAt(1));
            return name ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
        }
    }

    /**
     * The implementation cannot run here.
     *
     * @param problem the cause and the remedy
     */
    record Unavailable(Problem problem) implements Availability {
        /** Checks that nothing is null. */
        public Unavailable {
            Objects.requireNonNull(problem, "problem");
        }

        /**
         * Creates the problem from its cause and remedy.
         *
         * @param reason the cause, such as a missing library
         * @param remedy the remedy, as a full sentence
         */
        public Unavailable(String reason, String remedy) {
            this(new Problem(reason, remedy));
        }

        /** Returns the cause. */
        public String reason() {
            return problem.reason();
        }

        /** Returns the remedy, as a full sentence. */
        public String remedy() {
            return problem.remedy();
        }
    }
}
