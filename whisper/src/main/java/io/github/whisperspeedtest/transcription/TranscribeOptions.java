package io.github.whisperspeedtest.transcription;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import java.time.Duration;
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
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
@JsonDeserialize(builder = TranscribeOptions.Builder.class)
public final class TranscribeOptions {
    /** The shortest chunk that can be asked for: a sixth of it still holds a word or two, which the chunks beside it share. */
    public static final Duration SHORTEST_CHUNK = Duration.ofSeconds(5);

    /** The longest chunk that can be asked for: what Whisper's encoder hears at once. */
    public static final Duration LONGEST_CHUNK = Duration.ofSeconds(30);

    private static final TranscribeOptions DEFAULTS = builder().build();

    private final Language language;
    private final Task task;
    private final int beamSize;
    private final int bestOf;
    private final double patience;
    private final @Nullable Double lengthPenalty;
    private final List<Double> temperatures;
    private final @Nullable Double compressionRatioThreshold;
    private final @Nullable Double logProbabilityThreshold;
    private final @Nullable Double noSpeechThreshold;
    private final @Nullable String prompt;
    private final @Nullable Boolean conditionOnPreviousText;
    private final Timestamps timestamps;
    private final Vad vad;
    private final @Nullable Duration chunkLength;
    private final @Nullable Integer batchSize;

    private TranscribeOptions(Builder builder) {
        language = builder.language;
        task = builder.task;
        beamSize = builder.beamSize;
        bestOf = builder.bestOf;
        patience = builder.patience;
        lengthPenalty = builder.lengthPenalty;
        temperatures = builder.temperatures;
        compressionRatioThreshold = builder.compressionRatioThreshold;
        logProbabilityThreshold = builder.logProbabilityThreshold;
        noSpeechThreshold = builder.noSpeechThreshold;
        prompt = builder.prompt;
        conditionOnPreviousText = builder.conditionOnPreviousText;
        timestamps = builder.timestamps;
        vad = builder.vad;
        chunkLength = builder.chunkLength;
        batchSize = builder.batchSize;
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
                .patience(patience)
                .lengthPenalty(lengthPenalty)
                .temperatures(temperatures)
                .compressionRatioThreshold(compressionRatioThreshold)
                .logProbabilityThreshold(logProbabilityThreshold)
                .noSpeechThreshold(noSpeechThreshold)
                .prompt(prompt)
                .conditionOnPreviousText(conditionOnPreviousText)
                .timestamps(timestamps)
                .vad(vad)
                .chunkLength(chunkLength)
                .batchSize(batchSize);
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
     * Returns how patient the beam search is: it goes on until as many sequences have ended as there are beams times this number;
     * 1.0 by default. Source: <a href="https://arxiv.org/abs/2204.05424">Kasai et al., 2022</a>.
     */
    public double patience() {
        return patience;
    }

    /**
     * Returns the exponent, 0 to 1, by which longer candidates are favoured when one of several is chosen; null, the default, takes
     * the mean over the tokens instead. Source: <a href="https://arxiv.org/abs/1609.08144">Wu et al., 2016</a>, equation 14.
     */
    public @Nullable Double lengthPenalty() {
        return lengthPenalty;
    }

    /**
     * Returns the temperatures in the order in which they are tried while a window's text looks wrong; 0.0, 0.2, … 1.0 by
     * default. A list of one means no fallback.
     */
    public List<Double> temperatures() {
        return temperatures;
    }

    /**
     * Returns the compression ratio above which a window's text looks wrong, because it repeats itself; 2.4 by default, null for no
     * such check.
     */
    public @Nullable Double compressionRatioThreshold() {
        return compressionRatioThreshold;
    }

    /**
     * Returns the mean logarithm of the tokens' probabilities below which a window's text looks wrong; -1.0 by default, null for no
     * such check.
     */
    public @Nullable Double logProbabilityThreshold() {
        return logProbabilityThreshold;
    }

    /**
     * Returns the probability of silence above which a window is taken to be silent, provided that its text is below {@link
     * #logProbabilityThreshold()}; 0.6 by default, null for no such check.
     */
    public @Nullable Double noSpeechThreshold() {
        return noSpeechThreshold;
    }

    /**
     * Returns text that the recording follows on from, or null, the default. The first window gets it as its prompt; where windows are
     * independent of each other because the implementation decodes chunks, each of them does.
     */
    public @Nullable String prompt() {
        return prompt;
    }

    /**
     * Returns whether a window gets the text before it as its prompt; null, the default, leaves that to the implementation: one that
     * transcribes window after window does so, one that decodes many chunks at once cannot.
     */
    public @Nullable Boolean conditionOnPreviousText() {
        return conditionOnPreviousText;
    }

    /** Returns how finely the text is placed in time; by segment as the default. */
    public Timestamps timestamps() {
        return timestamps;
    }

    /** Returns whether stretches without a voice are cut out before the model hears them; left to the implementation by default. */
    public Vad vad() {
        return vad;
    }

    /**
     * Returns how long the chunks are that a recording is cut into, for an implementation that decodes many of them at once; null, the
     * default, leaves it to the implementation.
     */
    public @Nullable Duration chunkLength() {
        return chunkLength;
    }

    /**
     * Returns how many chunks are decoded at once at most, for an implementation that does so; null, the default, leaves it to the
     * implementation.
     */
    public @Nullable Integer batchSize() {
        return batchSize;
    }

    /** Collects options. */
    @JsonPOJOBuilder(withPrefix = "")
    public static final class Builder {
        private Language language = Language.auto();
        private Task task = Task.TRANSCRIBE;
        private int beamSize = 1;
        private int bestOf = 5;
        private double patience = 1;
        private @Nullable Double lengthPenalty;
        private List<Double> temperatures = List.of(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);
        private @Nullable Double compressionRatioThreshold = 2.4;
        private @Nullable Double logProbabilityThreshold = -1.0;
        private @Nullable Double noSpeechThreshold = 0.6;
        private @Nullable String prompt;
        private @Nullable Boolean conditionOnPreviousText;
        private Timestamps timestamps = Timestamps.SEGMENT;
        private Vad vad = Vad.AUTO;
        private @Nullable Duration chunkLength;
        private @Nullable Integer batchSize;

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

        /** Sets the patience of the beam search, above 0. */
        public Builder patience(double value) {
            if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("patience must be a number above 0, but was " + value);
            }
            patience = value;
            return this;
        }

        /** Sets the exponent by which longer candidates are favoured, 0 to 1; null for the mean over the tokens. */
        public Builder lengthPenalty(@Nullable Double value) {
            lengthPenalty = between(value, 0, 1, "lengthPenalty");
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

        /** Sets the compression ratio above which a text looks wrong, at least 0; null for no such check. */
        public Builder compressionRatioThreshold(@Nullable Double value) {
            compressionRatioThreshold = between(value, 0, Double.MAX_VALUE, "compressionRatioThreshold");
            return this;
        }

        /** Sets the mean log probability below which a text looks wrong, at most 0; null for no such check. */
        public Builder logProbabilityThreshold(@Nullable Double value) {
            logProbabilityThreshold = between(value, -Double.MAX_VALUE, 0, "logProbabilityThreshold");
            return this;
        }

        /** Sets the probability of silence above which a window may be skipped, 0 to 1; null for no such check. */
        public Builder noSpeechThreshold(@Nullable Double value) {
            noSpeechThreshold = between(value, 0, 1, "noSpeechThreshold");
            return this;
        }

        /** Sets the text before the first window; null for none. */
        public Builder prompt(@Nullable String value) {
            prompt = value;
            return this;
        }

        /** Sets whether a window gets the text before it as its prompt; null leaves it to the implementation. */
        public Builder conditionOnPreviousText(@Nullable Boolean value) {
            conditionOnPreviousText = value;
            return this;
        }

        /** Sets how finely the text is placed in time. */
        public Builder timestamps(Timestamps value) {
            timestamps = Objects.requireNonNull(value, "timestamps");
            return this;
        }

        /** Sets whether stretches without a voice are cut out first. */
        // Names the setter that takes every value; there is another for on and off.
        @JsonProperty
        public Builder vad(Vad value) {
            vad = Objects.requireNonNull(value, "vad");
            return this;
        }

        /** Sets that stretches without a voice are cut out first, or that they are not. */
        public Builder vad(boolean value) {
            return vad(value ? Vad.ON : Vad.OFF);
        }

        /**
         * Sets the length of chunks, from {@link #SHORTEST_CHUNK} to {@link #LONGEST_CHUNK}; null leaves it to the implementation.
         */
        public Builder chunkLength(@Nullable Duration value) {
            if (value != null && (value.compareTo(SHORTEST_CHUNK) < 0 || value.compareTo(LONGEST_CHUNK) > 0)) {
                throw new IllegalArgumentException("chunkLength must be from " + SHORTEST_CHUNK.toSeconds() + " to "
                        + LONGEST_CHUNK.toSeconds() + " seconds, but was " + value.toMillis() / 1000.0);
            }
            chunkLength = value;
            return this;
        }

        /** Sets how many chunks are decoded at once at most, at least 1; null leaves it to the implementation. */
        public Builder batchSize(@Nullable Integer value) {
            batchSize = value == null ? null : Integer.valueOf(atLeastOne(value, "batchSize"));
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

        private static @Nullable Double between(@Nullable Double value, double least, double most, String name) {
            if (value != null && !(value >= least && value <= most)) {
                String range = most == Double.MAX_VALUE
                        ? "at least " + least
                        : least == -Double.MAX_VALUE ? "at most " + most : "from " + least + " to " + most;
                throw new IllegalArgumentException(name + " must be " + range + ", but was " + value);
            }
            return value;
        }
    }
}
