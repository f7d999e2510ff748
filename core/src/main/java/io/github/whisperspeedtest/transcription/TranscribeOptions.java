package io.github.whisperspeedtest.transcription;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of one transcription; means the same to every implementation.
 *
 * <p>The defaults are those of OpenAI's program, but for a beam of 1: greedy decoding, with a rise of the temperature
 * where the result looks wrong. An implementation that cannot honour an option throws {@link
 * io.github.whisperspeedtest.error.UnsupportedOptionException}.
 */
public final class TranscribeOptions {
    private static final TranscribeOptions DEFAULTS = builder().build();

    private final Language language;
    private final Task task;
    private final int beamSize;
    private final int bestOf;
    private final List<Double> temperatures;
    private final @Nullable String prompt;
    private final boolean conditionOnPreviousText;
    private final Timestamps timestamps;
    private final boolean vad;

    private TranscribeOptions(Builder builder) {
        language = builder.language;
        task = builder.task;
        beamSize = builder.beamSize;
        bestOf = builder.bestOf;
        temperatures = builder.temperatures;
        prompt = builder.prompt;
        conditionOnPreviousText = builder.conditionOnPreviousText;
        timestamps = builder.timestamps;
        vad = builder.vad;
    }

    /** Returns the defaults. */
    public static TranscribeOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder()
                .language(language)
                .task(task)
                .beamSize(beamSize)
                .bestOf(bestOf)
                .temperatures(temperatures)
                .prompt(prompt)
                .conditionOnPreviousText(conditionOnPreviousText)
                .timestamps(timestamps)
                .vad(vad);
    }

    /** Returns the language; detected from the first window by default. */
    public Language language() {
        return language;
    }

    /** Returns whether to transcribe (the default) or to translate into English. */
    public Task task() {
        return task;
    }

    /** Returns the number of beams at temperature 0; 1, the default, decodes greedily. */
    public int beamSize() {
        return beamSize;
    }

    /** Returns the number of candidates that are drawn at a temperature above 0; 5 by default. */
    public int bestOf() {
        return bestOf;
    }

    /**
     * Returns the temperatures in the order in which they are tried while a window's text looks wrong; 0.0, 0.2, … 1.0 by
     * default. A list of one means no fallback.
     */
    public List<Double> temperatures() {
        return temperatures;
    }

    /** Returns text that the first window is to follow on from, or null, the default. */
    public @Nullable String prompt() {
        return prompt;
    }

    /** Returns whether a window gets the text before it as its prompt; true by default. */
    public boolean conditionOnPreviousText() {
        return conditionOnPreviousText;
    }

    /** Returns how finely the text is placed in time; by segment as the default. */
    public Timestamps timestamps() {
        return timestamps;
    }

    /** Returns whether stretches without a voice are cut out before the model hears them; false by default. */
    public boolean vad() {
        return vad;
    }

    /** Collects options. */
    public static final class Builder {
        private Language language = Language.auto();
        private Task task = Task.TRANSCRIBE;
        private int beamSize = 1;
        private int bestOf = 5;
        private List<Double> temperatures = List.of(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);
        private @Nullable String prompt;
        private boolean conditionOnPreviousText = true;
        private Timestamps timestamps = Timestamps.SEGMENT;
        private boolean vad;

        private Builder() {}

        /** Sets the language. */
        public Builder language(Language value) {
            language = Objects.requireNonNull(value, "language");
            return this;
        }

        /** Sets the task. */
        public Builder task(Task value) {
            task = Objects.requireNonNull(value, "task");
            return this;
        }

        /** Sets the number of beams, at least 1. */
        public Builder beamSize(int value) {
            beamSize = atLeastOne(value, "beamSize");
            return this;
        }

        /** Sets the number of candidates at a temperature above 0, at least 1. */
        public Builder bestOf(int value) {
            bestOf = atLeastOne(value, "bestOf");
            return this;
        }

        /** Sets the temperatures: at least one, rising, from 0 to 1. */
        public Builder temperatures(List<Double> values) {
            List<Double> copy = List.copyOf(values);
            boolean rising = !copy.isEmpty();
            for (int i = 0; i < copy.size() && rising; i++) {
                double temperature = copy.get(i);
                rising = temperature >= 0 && temperature <= 1 && (i == 0 || temperature > copy.get(i - 1));
            }
            if (!rising) {
                throw new IllegalArgumentException(
                        "temperatures must be one or more rising numbers from 0 to 1, but were " + copy);
            }
            temperatures = copy;
            return this;
        }

        /** Sets the text before the first window; null for none. */
        public Builder prompt(@Nullable String value) {
            prompt = value;
            return this;
        }

        /** Sets whether a window gets the text before it as its prompt. */
        public Builder conditionOnPreviousText(boolean value) {
            conditionOnPreviousText = value;
            return this;
        }

        /** Sets how finely the text is placed in time. */
        public Builder timestamps(Timestamps value) {
            timestamps = Objects.requireNonNull(value, "timestamps");
            return this;
        }

        /** Sets whether stretches without a voice are cut out first. */
        public Builder vad(boolean value) {
            vad = value;
            return this;
        }

        /** Returns the options. */
        public TranscribeOptions build() {
            return new TranscribeOptions(this);
        }

        private static int atLeastOne(int value, String name) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1, but was " + value);
            }
            return value;
        }
    }
}
