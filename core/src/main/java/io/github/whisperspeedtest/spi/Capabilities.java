package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Vad;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an implementation supports. {@link Transcribers} refuses everything else before the implementation sees it.
 *
 * <p>Devices and compute types are those that the implementation knows. Loading a model shows whether this machine has
 * the device and whether the device supports the compute type. Immutable.
 */
public final class Capabilities {
    /**
     * The default for {@link #maxThreads()}: far above any processor count, and low enough for every operating system.
     */
    public static final int DEFAULT_MAX_THREADS = 512;

    private static final SupportedValues NONE = new SupportedValues.OneOf(List.of());

    private final Map<TranscribeOption, SupportedValues> transcribeOptions;
    private final boolean vadDefault;
    private final Batching batching;
    private final Set<String> devices;
    private final Set<String> computeTypes;
    private final int maxThreads;
    private final Map<String, EngineOption> engineOptions;
    private final Set<String> formatsRead;
    private final Set<String> formatsWritten;
    private final Set<ModelOrigin> modelOrigins;

    private Capabilities(Builder builder) {
        transcribeOptions = Collections.unmodifiableMap(new EnumMap<>(builder.transcribeOptions));
        vadDefault = builder.vadDefault;
        batching = builder.batching;
        devices = Collections.unmodifiableSet(new LinkedHashSet<>(builder.devices));
        computeTypes = Collections.unmodifiableSet(new LinkedHashSet<>(builder.computeTypes));
        maxThreads = builder.maxThreads;
        engineOptions = Collections.unmodifiableMap(new LinkedHashMap<>(builder.engineOptions));
        formatsRead = Collections.unmodifiableSet(new LinkedHashSet<>(builder.formatsRead));
        formatsWritten = Collections.unmodifiableSet(new LinkedHashSet<>(builder.formatsWritten));
        modelOrigins = Collections.unmodifiableSet(EnumSet.copyOf(builder.modelOrigins));
    }

    /**
     * Returns a builder that starts with greedy transcription with automatic choices: default options, a single
     * temperature of 0, up to {@link #DEFAULT_MAX_THREADS} threads, and models written on this machine.
     *
     * <p>Core itself detects voice activity, so every implementation supports it.
     */
    public static Builder greedy() {
        return new Builder()
                .any(
                        TranscribeOption.VAD,
                        TranscribeOption.VAD_THRESHOLD,
                        TranscribeOption.VAD_MIN_SILENCE,
                        TranscribeOption.VAD_MIN_SPEECH,
                        TranscribeOption.VAD_MAX_SPEECH,
                        TranscribeOption.VAD_PAD);
    }

    /**
     * Returns a builder that starts with every option that
     * {@link io.github.whisperspeedtest.decoding.NetworkTranscriber} supports window by window.
     */
    public static Builder sequentialDecoding() {
        return greedy().any(
                        TranscribeOption.LANGUAGE,
                        TranscribeOption.TASK,
                        TranscribeOption.CLIP_TIMESTAMPS,
                        TranscribeOption.BEAM_SIZE,
                        TranscribeOption.BEST_OF,
                        TranscribeOption.PATIENCE,
                        TranscribeOption.LENGTH_PENALTY,
                        TranscribeOption.REPETITION_PENALTY,
                        TranscribeOption.NO_REPEAT_NGRAM_SIZE,
                        TranscribeOption.TEMPERATURES,
                        TranscribeOption.COMPRESSION_RATIO_THRESHOLD,
                        TranscribeOption.LOG_PROBABILITY_THRESHOLD,
                        TranscribeOption.NO_SPEECH_THRESHOLD,
                        TranscribeOption.HALLUCINATION_SILENCE_THRESHOLD,
                        TranscribeOption.SUPPRESS_TOKENS,
                        TranscribeOption.PROMPT,
                        TranscribeOption.PREFIX,
                        TranscribeOption.HOTWORDS,
                        TranscribeOption.CONDITION_ON_PREVIOUS_TEXT,
                        TranscribeOption.TIMESTAMPS,
                        TranscribeOption.MAX_INITIAL_TIMESTAMP,
                        TranscribeOption.AUDIO_CONTEXT);
    }

    /**
     * Returns a builder that starts with every option that
     * {@link io.github.whisperspeedtest.decoding.NetworkTranscriber} supports for chunks. Chunks are independent, so
     * none is conditioned on previous text, continues a prefix, or starts after a silence that another one skipped.
     */
    public static Builder chunkedDecoding() {
        return sequentialDecoding()
                .oneOf(TranscribeOption.CONDITION_ON_PREVIOUS_TEXT, "false")
                .oneOf(TranscribeOption.PREFIX)
                .oneOf(TranscribeOption.HALLUCINATION_SILENCE_THRESHOLD)
                .batching(Batching.ALWAYS);
    }

    /** Returns a builder that starts with these capabilities. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.transcribeOptions.putAll(transcribeOptions);
        builder.vadDefault = vadDefault;
        builder.batching = batching;
        builder.devices.addAll(devices);
        builder.computeTypes.addAll(computeTypes);
        builder.maxThreads = maxThreads;
        builder.engineOptions.putAll(engineOptions);
        builder.formatsRead.addAll(formatsRead);
        builder.formatsWritten.addAll(formatsWritten);
        builder.modelOrigins.addAll(modelOrigins);
        return builder;
    }

    /** Returns the supported values of an option besides the default. */
    public SupportedValues values(TranscribeOption option) {
        return transcribeOptions.getOrDefault(option, NONE);
    }

    /** Returns whether the value of an option in the given options is supported, together with the other options. */
    public boolean supports(TranscribeOption option, TranscribeOptions options) {
        return option.isBasic(options)
                || values(option).contains(option, options)
                        && conflict(option, options).isEmpty();
    }

    /** Returns why an option of supported value has no effect with the other options, as a sentence; empty if it has. */
    Optional<String> conflict(TranscribeOption option, TranscribeOptions options) {
        // The times of clips are those of the whole recording.
        boolean hasClips = !TranscribeOption.CLIP_TIMESTAMPS.isBasic(options);
        boolean detectsVoice = options.vad() == Vad.ON || options.vad() == Vad.AUTO && vadDefault && !hasClips;
        boolean batchesSpeech = batching == Batching.SPEECH && detectsVoice && options.batchSize() != null;
        return switch (option) {
            case PREFIX, HALLUCINATION_SILENCE_THRESHOLD ->
                batchesSpeech
                        ? Optional.of("It has no effect on the chunks of a batch; leave out the batch-size.")
                        : Optional.empty();
            case VAD_THRESHOLD, VAD_MIN_SILENCE, VAD_MIN_SPEECH, VAD_MAX_SPEECH, VAD_PAD ->
                detectsVoice
                        ? Optional.empty()
                        : Optional.of("It has an effect only with voice activity detection; turn on vad too.");
            case BATCH_SIZE ->
                batching == Batching.SPEECH && !detectsVoice
                        ? Optional.of("It decodes only chunks of speech in batches; turn on vad too.")
                        : Optional.empty();
            case CHUNK_LENGTH ->
                batching == Batching.SPEECH && !batchesSpeech
                        ? Optional.of(
                                "It has chunks only if it decodes speech in batches; set vad and a batch-size too.")
                        : Optional.empty();
            case CONDITION_ON_PREVIOUS_TEXT ->
                batchesSpeech && Boolean.TRUE.equals(options.conditionOnPreviousText())
                        ? Optional.of("The chunks of a batch have no previous text; leave out the batch-size.")
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** Returns whether only the speech of a recording is transcribed if the options leave that to the implementation. */
    public boolean isVadDefault() {
        return vadDefault;
    }

    /** Returns when chunks are decoded in batches. */
    public Batching batching() {
        return batching;
    }

    /** Returns the devices besides {@link LoadOptions#AUTO}. */
    public Set<String> devices() {
        return devices;
    }

    /** Returns the compute types besides {@link LoadOptions#AUTO}. */
    public Set<String> computeTypes() {
        return computeTypes;
    }

    /** Returns the largest number of threads. */
    public int maxThreads() {
        return maxThreads;
    }

    /** Returns the engine-specific load options by name. */
    public Map<String, EngineOption> engineOptions() {
        return engineOptions;
    }

    /** Returns the model formats that it loads, such as {@code ggml}. */
    public Set<String> formatsRead() {
        return formatsRead;
    }

    /** Returns the model formats that it writes. */
    public Set<String> formatsWritten() {
        return formatsWritten;
    }

    /** Returns the kinds of sources of its models. */
    public Set<ModelOrigin> modelOrigins() {
        return modelOrigins;
    }

    /** Collects capabilities. */
    public static final class Builder {
        private final Map<TranscribeOption, SupportedValues> transcribeOptions = new EnumMap<>(TranscribeOption.class);
        private boolean vadDefault;
        private Batching batching = Batching.NONE;
        private final Set<String> devices = new LinkedHashSet<>();
        private final Set<String> computeTypes = new LinkedHashSet<>();
        private int maxThreads = DEFAULT_MAX_THREADS;
        private final Map<String, EngineOption> engineOptions = new LinkedHashMap<>();
        private final Set<String> formatsRead = new LinkedHashSet<>();
        private final Set<String> formatsWritten = new LinkedHashSet<>();
        private final Set<ModelOrigin> modelOrigins = EnumSet.of(ModelOrigin.LOCAL);

        private Builder() {}

        /** Declares that every value of these options is supported. */
        public Builder any(TranscribeOption... options) {
            for (TranscribeOption option : options) {
                transcribeOptions.put(option, new SupportedValues.Any());
            }
            return this;
        }

        /**
         * Declares the supported values of an option besides its default.
         *
         * @param values as in {@link TranscribeOption#text}; none to support only the default
         */
        public Builder oneOf(TranscribeOption option, String... values) {
            transcribeOptions.put(option, new SupportedValues.OneOf(List.of(values)));
            return this;
        }

        /** Declares a range of numbers, both bounds included. */
        public Builder range(TranscribeOption option, double minimum, double maximum) {
            transcribeOptions.put(option, new SupportedValues.Range(minimum, false, maximum));
            return this;
        }

        /** Declares a range of numbers that excludes its minimum. */
        public Builder rangeAbove(TranscribeOption option, double minimum, double maximum) {
            transcribeOptions.put(option, new SupportedValues.Range(minimum, true, maximum));
            return this;
        }

        /** Declares the supported languages by their codes. */
        public Builder languages(Collection<String> codes) {
            return oneOf(TranscribeOption.LANGUAGE, codes.toArray(String[]::new));
        }

        /** Declares that voice activity detection is on by default, if its model is installed. */
        public Builder vadByDefault() {
            vadDefault = true;
            return this;
        }

        /**
         * Declares that the transcriber is a {@link io.github.whisperspeedtest.transcription.ChunkTranscriber}, and when it decodes
         * batches of chunks.
         */
        public Builder batching(Batching value) {
            batching = value;
            return any(TranscribeOption.CHUNK_LENGTH, TranscribeOption.BATCH_SIZE);
        }

        /** Adds devices besides {@link LoadOptions#AUTO}. */
        public Builder devices(Collection<String> values) {
            devices.addAll(values);
            return this;
        }

        /** Adds devices besides {@link LoadOptions#AUTO}. */
        public Builder devices(String... values) {
            return devices(Arrays.asList(values));
        }

        /** Adds compute types besides {@link LoadOptions#AUTO}. */
        public Builder computeTypes(Collection<String> values) {
            computeTypes.addAll(values);
            return this;
        }

        /** Adds compute types besides {@link LoadOptions#AUTO}. */
        public Builder computeTypes(String... values) {
            return computeTypes(Arrays.asList(values));
        }

        /** Sets the largest number of threads, at least 1. */
        public Builder maxThreads(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxThreads must be at least 1, but was " + value);
            }
            maxThreads = value;
            return this;
        }

        /** Adds engine-specific load options. */
        public Builder engineOptions(EngineOption... values) {
            for (EngineOption value : values) {
                engineOptions.put(value.name(), value);
            }
            return this;
        }

        /** Removes an engine-specific load option. */
        public Builder withoutEngineOption(String name) {
            engineOptions.remove(name);
            return this;
        }

        /** Adds a model format that it loads. */
        public Builder reads(String format) {
            formatsRead.add(format);
            return this;
        }

        /** Adds a model format that it writes. */
        public Builder writes(String format) {
            formatsWritten.add(format);
            return this;
        }

        /** Adds kinds of sources of its models. */
        public Builder modelsFrom(ModelOrigin... values) {
            modelOrigins.addAll(Arrays.asList(values));
            return this;
        }

        /** Returns the capabilities. */
        public Capabilities build() {
            return new Capabilities(this);
        }
    }
}
