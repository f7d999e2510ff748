package io.github.whisperspeedtest.transcription;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options of a transcription, with the same meaning for every implementation.
 *
 * <p>The defaults are those of OpenAI's program, except for a beam size of 1: greedy decoding, with temperature
 * fallback if the result looks wrong. An implementation that does not support an option throws
 * {@link io.github.whisperspeedtest.error.UnsupportedOptionException}.
 */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
@JsonDeserialize(builder = TranscribeOptions.Builder.class)
public final class TranscribeOptions {
    /** The minimum chunk length. A sixth of it, the overlap with a neighbouring chunk, still contains a word or two. */
    public static final Duration SHORTEST_CHUNK = Duration.ofSeconds(5);

    /** The maximum chunk length, the window of Whisper's encoder. */
    public static final Duration LONGEST_CHUNK = Duration.ofSeconds(30);

    /** Stands for the tokens that are suppressed by default in {@link #suppressTokens()}; source: OpenAI's program. */
    public static final int DEFAULT_SUPPRESSION = -1;

    private static final TranscribeOptions DEFAULTS = builder().build();

    private final Language language;
    private final Task task;
    private final List<Duration> clipTimestamps;
    private final int beamSize;
    private final int bestOf;
    private final double patience;
    private final @Nullable Double lengthPenalty;
    private final double repetitionPenalty;
    private final int noRepeatNgramSize;
    private final List<Double> temperatures;
    private final @Nullable Double compressionRatioThreshold;
    private final @Nullable Double logProbabilityThreshold;
    private final @Nullable Double noSpeechThreshold;
    private final @Nullable Duration hallucinationSilenceThreshold;
    private final List<Integer> suppressTokens;
    private final @Nullable String prompt;
    private final @Nullable String prefix;
    private final @Nullable String hotwords;
    private final @Nullable Boolean conditionOnPreviousText;
    private final Timestamps timestamps;
    private final @Nullable Duration maxInitialTimestamp;
    private final Vad vad;
    private final VadOptions vadOptions;
    private final @Nullable Duration chunkLength;
    private final @Nullable Integer batchSize;
    private final @Nullable AudioContext audioContext;

    private TranscribeOptions(Builder builder) {
        language = builder.language;
        task = builder.task;
        clipTimestamps = builder.clipTimestamps;
        beamSize = builder.beamSize;
        bestOf = builder.bestOf;
        patience = builder.patience;
        lengthPenalty = builder.lengthPenalty;
        repetitionPenalty = builder.repetitionPenalty;
        noRepeatNgramSize = builder.noRepeatNgramSize;
        temperatures = builder.temperatures;
        compressionRatioThreshold = builder.compressionRatioThreshold;
        logProbabilityThreshold = builder.logProbabilityThreshold;
        noSpeechThreshold = builder.noSpeechThreshold;
        hallucinationSilenceThreshold = builder.hallucinationSilenceThreshold;
        suppressTokens = builder.suppressTokens;
        prompt = builder.prompt;
        prefix = builder.prefix;
        hotwords = builder.hotwords;
        conditionOnPreviousText = builder.conditionOnPreviousText;
        timestamps = builder.timestamps;
        maxInitialTimestamp = builder.maxInitialTimestamp;
        vad = builder.vad;
        vadOptions = builder.vadOptions;
        chunkLength = builder.chunkLength;
        batchSize = builder.batchSize;
        audioContext = builder.audioContext;
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
                .clipTimestamps(clipTimestamps)
                .beamSize(beamSize)
                .bestOf(bestOf)
                .patience(patience)
                .lengthPenalty(lengthPenalty)
                .repetitionPenalty(repetitionPenalty)
                .noRepeatNgramSize(noRepeatNgramSize)
                .temperatures(temperatures)
                .compressionRatioThreshold(compressionRatioThreshold)
                .logProbabilityThreshold(logProbabilityThreshold)
                .noSpeechThreshold(noSpeechThreshold)
                .hallucinationSilenceThreshold(hallucinationSilenceThreshold)
                .suppressTokens(suppressTokens)
                .prompt(prompt)
                .prefix(prefix)
                .hotwords(hotwords)
                .conditionOnPreviousText(conditionOnPreviousText)
                .timestamps(timestamps)
                .maxInitialTimestamp(maxInitialTimestamp)
                .vad(vad)
                .vadOptions(vadOptions)
                .chunkLength(chunkLength)
                .batchSize(batchSize)
                .audioContext(audioContext);
    }

    /** Returns whether the other object has the same value for every {@link TranscribeOption}. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TranscribeOptions options && values().equals(options.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    private List<Optional<Object>> values() {
        return Arrays.stream(TranscribeOption.values())
                .map(option -> Optional.ofNullable(option.value(this)))
                .toList();
    }

    /** Returns the language; detected from the first window by default. */
    public Language language() {
        return language;
    }

    /** Returns whether to transcribe (the default) or to translate into English. */
    public Task task() {
        return task;
    }

    /**
     * Returns the parts of the recording to transcribe: the start and the end of each in turn, rising; without a last end
     * the recording's is used. {@code [0]}, the default, is the whole recording. Times are rounded to hundredths of a second.
     * Source: {@code clip_timestamps} in openai/whisper's {@code transcribe.py}.
     */
    public List<Duration> clipTimestamps() {
        return clipTimestamps;
    }

    /**
     * Returns the parts to transcribe of a recording of a given length.
     *
     * @return the {@link #clipTimestamps()} as pairs, in order, limited to the recording; without those behind its end
     */
    public List<Clip> clips(Duration recording) {
        List<Clip> clips = new ArrayList<>();
        for (int i = 0; i < clipTimestamps.size(); i += 2) {
            Duration start = rounded(clipTimestamps.get(i));
            Duration end = i + 1 == clipTimestamps.size() ? recording : rounded(clipTimestamps.get(i + 1));
            if (end.compareTo(recording) > 0) {
                end = recording;
            }
            if (start.compareTo(end) < 0) {
                clips.add(new Clip(start, end));
            }
        }
        return List.copyOf(clips);
    }

    /** Returns how much of a recording of a given length is transcribed. */
    public Duration transcribedLength(Duration recording) {
        return clips(recording).stream().map(Clip::length).reduce(Duration.ZERO, Duration::plus);
    }

    /** Rounds to frames of the spectrogram. */
    private static Duration rounded(Duration time) {
        return Duration.ofMillis(Math.round(time.toMillis() / 10.0) * 10);
    }

    /** Returns the number of beams at temperature 0; 1, the default, decodes greedily. */
    public int beamSize() {
        return beamSize;
    }

    /** Returns the number of candidates sampled at a temperature above 0; 5 by default. */
    public int bestOf() {
        return bestOf;
    }

    /**
     * Returns the patience of the beam search: the search continues until the number of finished sequences is the
     * number of beams times this factor; 1.0 by default. Source: <a href="https://arxiv.org/abs/2204.05424">Kasai et
     * al., 2022</a>.
     */
    public double patience() {
        return patience;
    }

    /**
     * Returns the length penalty exponent, 0 to 1, by which longer candidates are favoured; null, the default, ranks
     * candidates by the mean over their tokens. Source: <a href="https://arxiv.org/abs/1609.08144">Wu et al., 2016</a>,
     * equation 14.
     */
    public @Nullable Double lengthPenalty() {
        return lengthPenalty;
    }

    /**
     * Returns the factor that makes tokens less probable that the text of a window already has: a positive logit is divided
     * by it, a negative one multiplied; 1.0, the default, changes nothing, and a value below 1 favors repetition. Source:
     * {@code repetition_penalty} of CTranslate2, after <a href="https://arxiv.org/abs/1909.05858">Keskar et al.,
     * 2019</a>.
     */
    public double repetitionPenalty() {
        return repetitionPenalty;
    }

    /**
     * Returns the length of the token sequences that must not occur twice in the text of a window; 0, the default, allows
     * all. Timestamps count as tokens. Source: {@code no_repeat_ngram_size} of CTranslate2.
     */
    public int noRepeatNgramSize() {
        return noRepeatNgramSize;
    }

    /**
     * Returns the temperatures, tried in order while the text of a window looks wrong; 0.0, 0.2, … 1.0 by default. A
     * single temperature disables the fallback.
     */
    public List<Double> temperatures() {
        return temperatures;
    }

    /**
     * Returns the compression ratio above which the text of a window is considered repetitive and decoded again; 2.4 by
     * default, null to disable the check.
     */
    public @Nullable Double compressionRatioThreshold() {
        return compressionRatioThreshold;
    }

    /**
     * Returns the mean log probability of the tokens below which the text of a window is decoded again; -1.0 by
     * default, null to disable the check.
     */
    public @Nullable Double logProbabilityThreshold() {
        return logProbabilityThreshold;
    }

    /**
     * Returns the no-speech probability above which a window is considered silent if its mean log probability is also
     * below {@link #logProbabilityThreshold()}; 0.6 by default, null to disable the check.
     */
    public @Nullable Double noSpeechThreshold() {
        return noSpeechThreshold;
    }

    /**
     * Returns the shortest silence that is skipped where the text around it may be invented; null, the default, skips none.
     *
     * <p>A segment is suspicious if its words are improbable, very short or very long. It is dropped if it lies between
     * silences or other suspicious segments, and decoding continues after the silence. Requires
     * {@link Timestamps#WORD}. Source: {@code hallucination_silence_threshold} in openai/whisper's
     * {@code transcribe.py}.
     */
    public @Nullable Duration hallucinationSilenceThreshold() {
        return hallucinationSilenceThreshold;
    }

    /**
     * Returns the tokens that are never decoded, by their ids; {@link #DEFAULT_SUPPRESSION} stands for the model's own
     * list, or for symbols that are not spoken if it has none. That alone is the default; an empty list suppresses no
     * text. The special tokens of prompts are suppressed in any case. Source: {@code suppress_tokens} in
     * openai/whisper's {@code decoding.py}.
     */
    public List<Integer> suppressTokens() {
        return suppressTokens;
    }

    /**
     * Returns the text that precedes the recording, or null, the default. It is the prompt of the first window, or of
     * every chunk if the implementation decodes independent chunks.
     */
    public @Nullable String prompt() {
        return prompt;
    }

    /**
     * Returns the text that the transcript starts with, or null, the default. The model continues it in the first window.
     *
     * <p>It is part of the transcript, as in faster-whisper. OpenAI's library instead puts {@code prefix} at the start of every window and leaves it out of the text.
     */
    public @Nullable String prefix() {
        return prefix;
    }

    /**
     * Returns words that are likely to occur, or null, the default. They come first in the prompt of every window, except
     * one with a {@link #prefix()}. Source: {@code hotwords} of faster-whisper.
     */
    public @Nullable String hotwords() {
        return hotwords;
    }

    /**
     * Returns whether the previous text is the prompt of a window. Null, the default, leaves the choice to the
     * implementation: sequential ones use it, those that decode batches of chunks cannot.
     */
    public @Nullable Boolean conditionOnPreviousText() {
        return conditionOnPreviousText;
    }

    /** Returns the granularity of timestamps; segments by default. */
    public Timestamps timestamps() {
        return timestamps;
    }

    /**
     * Returns the maximum first timestamp of a window; 1 s by default, null for no limit. With 0 each window starts with
     * a segment at its beginning. Has no effect without timestamps. Source: {@code max_initial_timestamp} in openai/whisper's
     * {@code decoding.py}; there 0 means no limit, in faster-whisper it is a limit.
     */
    public @Nullable Duration maxInitialTimestamp() {
        return maxInitialTimestamp;
    }

    /** Returns whether non-speech is removed before transcription; by default the implementation decides. */
    public Vad vad() {
        return vad;
    }

    /** Returns what counts as speech where non-speech is removed. */
    public VadOptions vadOptions() {
        return vadOptions;
    }

    /**
     * Returns the chunk length for implementations that decode batches of chunks; null, the default, leaves it to the
     * implementation.
     */
    public @Nullable Duration chunkLength() {
        return chunkLength;
    }

    /**
     * Returns the maximum number of chunks decoded at once, for implementations that decode batches of chunks; null,
     * the default, leaves it to the implementation.
     */
    public @Nullable Integer batchSize() {
        return batchSize;
    }

    /**
     * Returns how much of its windows the encoder computes; null, the default, is {@link AudioContext#FULL} for recordings and
     * {@link AudioContext#AUTO} for live captions, where the implementation supports it.
     */
    public @Nullable AudioContext audioContext() {
        return audioContext;
    }

    /** Builds options. */
    @JsonPOJOBuilder(withPrefix = "")
    public static final class Builder {
        private Language language = Language.auto();
        private Task task = Task.TRANSCRIBE;
        private List<Duration> clipTimestamps = List.of(Duration.ZERO);
        private int beamSize = 1;
        private int bestOf = 5;
        private double patience = 1;
        private @Nullable Double lengthPenalty;
        private double repetitionPenalty = 1;
        private int noRepeatNgramSize = 0;
        private List<Double> temperatures = List.of(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);
        private @Nullable Double compressionRatioThreshold = 2.4;
        private @Nullable Double logProbabilityThreshold = -1.0;
        private @Nullable Double noSpeechThreshold = 0.6;
        private @Nullable Duration hallucinationSilenceThreshold;
        private List<Integer> suppressTokens = List.of(DEFAULT_SUPPRESSION);
        private @Nullable String prompt;
        private @Nullable String prefix;
        private @Nullable String hotwords;
        private @Nullable Boolean conditionOnPreviousText;
        private Timestamps timestamps = Timestamps.SEGMENT;
        private @Nullable Duration maxInitialTimestamp = Duration.ofSeconds(1);
        private Vad vad = Vad.AUTO;
        private VadOptions vadOptions = VadOptions.defaults();
        private @Nullable Duration chunkLength;
        private @Nullable Integer batchSize;
        private @Nullable AudioContext audioContext;

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

        /** Sets the parts to transcribe, as starts and ends in turn, rising; an empty list for the whole recording. */
        public Builder clipTimestamps(List<Duration> values) {
            List<Duration> copy = values.isEmpty() ? List.of(Duration.ZERO) : List.copyOf(values);
            for (int i = 0; i < copy.size(); i++) {
                Duration least = i == 0 ? Duration.ZERO : copy.get(i - 1);
                boolean isEnd = i % 2 == 1;
                if (copy.get(i).compareTo(least) < 0 || isEnd && copy.get(i).equals(least)) {
                    throw new IllegalArgumentException(
                            "clipTimestamps must be starts and ends in turn, rising from 0, but were "
                                    + copy.stream()
                                            .map(time -> String.valueOf(time.toMillis() / 1000.0))
                                            .collect(Collectors.joining(",")));
                }
            }
            clipTimestamps = copy;
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

        /** Sets the length penalty exponent, 0 to 1; null to rank candidates by the mean over their tokens. */
        public Builder lengthPenalty(@Nullable Double value) {
            lengthPenalty = between(value, 0, 1, "lengthPenalty");
            return this;
        }

        /** Sets the factor that makes repeated tokens less probable, above 0; 1 to change nothing. */
        public Builder repetitionPenalty(double value) {
            if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("repetitionPenalty must be a number above 0, but was " + value);
            }
            repetitionPenalty = value;
            return this;
        }

        /** Sets the length of token sequences that must not occur twice in a window, at least 0; 0 to allow all. */
        public Builder noRepeatNgramSize(int value) {
            if (value < 0) {
                throw new IllegalArgumentException("noRepeatNgramSize must be at least 0, but was " + value);
            }
            noRepeatNgramSize = value;
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

        /** Sets the maximum compression ratio, at least 0; null to disable the check. */
        public Builder compressionRatioThreshold(@Nullable Double value) {
            compressionRatioThreshold = between(value, 0, Double.MAX_VALUE, "compressionRatioThreshold");
            return this;
        }

        /** Sets the minimum mean log probability, at most 0; null to disable the check. */
        public Builder logProbabilityThreshold(@Nullable Double value) {
            logProbabilityThreshold = between(value, -Double.MAX_VALUE, 0, "logProbabilityThreshold");
            return this;
        }

        /** Sets the no-speech probability above which a window may be skipped, 0 to 1; null to disable the check. */
        public Builder noSpeechThreshold(@Nullable Double value) {
            noSpeechThreshold = between(value, 0, 1, "noSpeechThreshold");
            return this;
        }

        /** Sets the shortest silence to skip around suspicious text, above 0; requires {@link Timestamps#WORD}; null to skip none. */
        public Builder hallucinationSilenceThreshold(@Nullable Duration value) {
            if (value != null && (value.isNegative() || value.isZero())) {
                throw new IllegalArgumentException(
                        "hallucinationSilenceThreshold must be above 0 seconds, but was " + value.toMillis() / 1000.0);
            }
            hallucinationSilenceThreshold = value;
            return this;
        }

        /** Sets the tokens that are never decoded: ids, and {@link #DEFAULT_SUPPRESSION} for the default ones. */
        public Builder suppressTokens(List<Integer> values) {
            List<Integer> copy = List.copyOf(values);
            for (int token : copy) {
                if (token < DEFAULT_SUPPRESSION) {
                    throw new IllegalArgumentException(
                            "suppressTokens must be ids of tokens from 0 on or -1 for the default ones, but were "
                                    + copy);
                }
            }
            suppressTokens = copy;
            return this;
        }

        /** Sets the text that precedes the recording; null for none. */
        public Builder prompt(@Nullable String value) {
            prompt = value;
            return this;
        }

        /** Sets the text that the transcript starts with; null for none. */
        public Builder prefix(@Nullable String value) {
            prefix = value;
            return this;
        }

        /** Sets words that are likely to occur; null for none. */
        public Builder hotwords(@Nullable String value) {
            hotwords = value;
            return this;
        }

        /** Sets whether the previous text is the prompt of a window; null leaves the choice to the implementation. */
        public Builder conditionOnPreviousText(@Nullable Boolean value) {
            conditionOnPreviousText = value;
            return this;
        }

        /** Sets the granularity of timestamps. */
        public Builder timestamps(Timestamps value) {
            timestamps = Objects.requireNonNull(value, "timestamps");
            return this;
        }

        /** Sets the maximum first timestamp of a window, 0 to 30 s; null for no limit. */
        public Builder maxInitialTimestamp(@Nullable Duration value) {
            if (value != null && (value.isNegative() || value.compareTo(LONGEST_CHUNK) > 0)) {
                throw new IllegalArgumentException("maxInitialTimestamp must be from 0 to " + LONGEST_CHUNK.toSeconds()
                        + " seconds, but was " + value.toMillis() / 1000.0);
            }
            maxInitialTimestamp = value;
            return this;
        }

        /** Sets whether non-speech is removed first. */
        // Names the setter that takes every value; there is another for on and off.
        @JsonProperty
        public Builder vad(Vad value) {
            vad = Objects.requireNonNull(value, "vad");
            return this;
        }

        /** Turns the removal of non-speech on or off. */
        public Builder vad(boolean value) {
            return vad(value ? Vad.ON : Vad.OFF);
        }

        /** Sets what counts as speech. */
        public Builder vadOptions(VadOptions value) {
            vadOptions = Objects.requireNonNull(value, "vadOptions");
            return this;
        }

        /**
         * Sets the chunk length, from {@link #SHORTEST_CHUNK} to {@link #LONGEST_CHUNK}; null leaves it to the
         * implementation.
         */
        public Builder chunkLength(@Nullable Duration value) {
            if (value != null && (value.compareTo(SHORTEST_CHUNK) < 0 || value.compareTo(LONGEST_CHUNK) > 0)) {
                throw new IllegalArgumentException("chunkLength must be from " + SHORTEST_CHUNK.toSeconds() + " to "
                        + LONGEST_CHUNK.toSeconds() + " seconds, but was " + value.toMillis() / 1000.0);
            }
            chunkLength = value;
            return this;
        }

        /** Sets the maximum number of chunks decoded at once, at least 1; null leaves it to the implementation. */
        public Builder batchSize(@Nullable Integer value) {
            batchSize = value == null ? null : Integer.valueOf(atLeastOne(value, "batchSize"));
            return this;
        }

        /** Sets how much of its windows the encoder computes; null for the default. */
        public Builder audioContext(@Nullable AudioContext value) {
            audioContext = value;
            return this;
        }

        /**
         * Returns the options.
         *
         * @throws IllegalArgumentException if they contradict each other: voice activity detection on together with
         *     clips, or a hallucination silence threshold without word timestamps
         */
        public TranscribeOptions build() {
            if (hallucinationSilenceThreshold != null && timestamps != Timestamps.WORD) {
                throw new IllegalArgumentException(
                        "hallucinationSilenceThreshold requires timestamps of words, but timestamps were "
                                + timestamps);
            }
            if (vad == Vad.ON && !clipTimestamps.equals(List.of(Duration.ZERO))) {
                throw new IllegalArgumentException(
                        "clipTimestamps and vad exclude each other: use one of them to choose the parts to transcribe");
            }
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
