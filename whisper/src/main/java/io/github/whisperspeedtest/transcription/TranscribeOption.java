package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The options of {@link TranscribeOptions}, one constant each, so that an implementation can declare which of them it supports. */
public enum TranscribeOption {
    /** {@link TranscribeOptions#language()}, as {@code auto} or a code. */
    LANGUAGE(TranscribeOptions::language, "auto"),
    /** {@link TranscribeOptions#task()}. */
    TASK(TranscribeOptions::task, "auto"),
    /** {@link TranscribeOptions#clipTimestamps()}, in seconds, with commas between them. */
    CLIP_TIMESTAMPS(TranscribeOptions::clipTimestamps, "auto"),
    /** {@link TranscribeOptions#beamSize()}. */
    BEAM_SIZE(TranscribeOptions::beamSize, "auto"),
    /** {@link TranscribeOptions#bestOf()}. */
    BEST_OF(TranscribeOptions::bestOf, "auto"),
    /** {@link TranscribeOptions#patience()}. */
    PATIENCE(TranscribeOptions::patience, "auto"),
    /** {@link TranscribeOptions#lengthPenalty()}; {@code mean} for the mean over the tokens. */
    LENGTH_PENALTY(TranscribeOptions::lengthPenalty, "mean"),
    /** {@link TranscribeOptions#repetitionPenalty()}. */
    REPETITION_PENALTY(TranscribeOptions::repetitionPenalty, "auto"),
    /** {@link TranscribeOptions#noRepeatNgramSize()}. */
    NO_REPEAT_NGRAM_SIZE(TranscribeOptions::noRepeatNgramSize, "auto"),
    /** {@link TranscribeOptions#temperatures()}, with commas between them; 0 alone is greedy decoding, which every model can do. */
    TEMPERATURES(TranscribeOptions::temperatures, "auto", "0.0"),
    /** {@link TranscribeOptions#compressionRatioThreshold()}. */
    COMPRESSION_RATIO_THRESHOLD(TranscribeOptions::compressionRatioThreshold, "off"),
    /** {@link TranscribeOptions#logProbabilityThreshold()}. */
    LOG_PROBABILITY_THRESHOLD(TranscribeOptions::logProbabilityThreshold, "off"),
    /** {@link TranscribeOptions#noSpeechThreshold()}. */
    NO_SPEECH_THRESHOLD(TranscribeOptions::noSpeechThreshold, "off"),
    /** {@link TranscribeOptions#hallucinationSilenceThreshold()}, in seconds. */
    HALLUCINATION_SILENCE_THRESHOLD(TranscribeOptions::hallucinationSilenceThreshold, "off"),
    /** {@link TranscribeOptions#suppressTokens()}, with commas between them; {@code none} for an empty list. */
    SUPPRESS_TOKENS(TranscribeOptions::suppressTokens, "none"),
    /** {@link TranscribeOptions#prompt()}. */
    PROMPT(TranscribeOptions::prompt, "none"),
    /** {@link TranscribeOptions#prefix()}. */
    PREFIX(TranscribeOptions::prefix, "none"),
    /** {@link TranscribeOptions#hotwords()}. */
    HOTWORDS(TranscribeOptions::hotwords, "none"),
    /** {@link TranscribeOptions#conditionOnPreviousText()}. */
    CONDITION_ON_PREVIOUS_TEXT(TranscribeOptions::conditionOnPreviousText, "auto"),
    /** {@link TranscribeOptions#timestamps()}. */
    TIMESTAMPS(TranscribeOptions::timestamps, "auto"),
    /** {@link TranscribeOptions#maxInitialTimestamp()}, in seconds. */
    MAX_INITIAL_TIMESTAMP(TranscribeOptions::maxInitialTimestamp, "off"),
    /** {@link TranscribeOptions#vad()}; every implementation can leave it off. */
    VAD(TranscribeOptions::vad, "auto", "off"),
    /** {@link VadOptions#threshold()}. */
    VAD_THRESHOLD(options -> options.vadOptions().threshold(), "auto"),
    /** {@link VadOptions#minSilence()}, in milliseconds. */
    VAD_MIN_SILENCE(options -> millis(options.vadOptions().minSilence()), "auto"),
    /** {@link VadOptions#minSpeech()}, in milliseconds. */
    VAD_MIN_SPEECH(options -> millis(options.vadOptions().minSpeech()), "auto"),
    /** {@link VadOptions#maxSpeech()}, in seconds. */
    VAD_MAX_SPEECH(options -> options.vadOptions().maxSpeech(), "none"),
    /** {@link VadOptions#padding()}, in milliseconds. */
    VAD_PAD(options -> millis(options.vadOptions().padding()), "auto"),
    /** {@link TranscribeOptions#chunkLength()}, in seconds. */
    CHUNK_LENGTH(TranscribeOptions::chunkLength, "auto"),
    /** {@link TranscribeOptions#batchSize()}. */
    BATCH_SIZE(TranscribeOptions::batchSize, "auto"),
    /** {@link TranscribeOptions#audioContext()}; every implementation can compute whole windows. */
    AUDIO_CONTEXT(TranscribeOptions::audioContext, "full", "full");

    private final Function<TranscribeOptions, @Nullable Object> value;
    private final String unset;
    private final Set<String> basic;

    TranscribeOption(Function<TranscribeOptions, @Nullable Object> value, String unset, String... basic) {
        this.value = value;
        this.unset = unset;
        this.basic = Set.of(basic);
    }

    /** Returns the name in messages and reports, such as {@code beam-size}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the value of every option as text by its name in files, such as {@code beam_size}. */
    public static Map<String, String> texts(TranscribeOptions options) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (TranscribeOption option : values()) {
            texts.put(option.label().replace('-', '_'), option.text(options));
        }
        return texts;
    }

    /** Returns the option's value as text, such as {@code 5}, {@code word} or {@code off}. */
    public String text(TranscribeOptions options) {
        Object current = value.apply(options);
        return current == null || current.equals(List.of()) ? unset : text(current);
    }

    /** Returns the option's value. */
    @Nullable
    Object value(TranscribeOptions options) {
        return value.apply(options);
    }

    /** Returns the option's value as a number, a duration in seconds; null where it is not a number or not set. */
    public @Nullable Double number(TranscribeOptions options) {
        Object current = value.apply(options);
        if (current instanceof Duration duration) {
            return seconds(duration);
        }
        return current instanceof Number number ? Double.valueOf(number.doubleValue()) : null;
    }

    /** Returns the default value as text. */
    public String defaultText() {
        return text(TranscribeOptions.defaults());
    }

    /**
     * Returns whether plain greedy transcription honours the option's value: the default, which leaves the choice to the
     * implementation, or a value that turns something off that plain greedy transcription does not do.
     */
    public boolean isBasic(TranscribeOptions options) {
        return Objects.equals(value.apply(options), value.apply(TranscribeOptions.defaults()))
                || basic.contains(text(options));
    }

    private static String text(Object value) {
        if (value instanceof Language language) {
            return language.code();
        }
        if (value instanceof Duration duration) {
            return String.valueOf(seconds(duration));
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(TranscribeOption::text).collect(Collectors.joining(","));
        }
        return String.valueOf(value);
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : Long.valueOf(duration.toMillis());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
