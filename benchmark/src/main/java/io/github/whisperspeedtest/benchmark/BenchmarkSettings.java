package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a benchmark.
 *
 * @param model names of the models, separated by commas
 * @param candidates what is measured, in the order of the plan
 * @param audios the recordings, at least one
 * @param rounds the number of runs; a run transcribes all recordings one after the other
 * @param options options of the transcription by name, such as {@code beam_size}; most of those with their default value are left out
 * @param transcribe how the first candidate transcribes, complete; null in reports of early versions
 * @param load how the first candidate loads its model
 * @param dataset where the recordings come from, null if they were named one by one
 * @param silenceCheck whether each candidate also transcribed silence and noise
 */
public record BenchmarkSettings(
        String model,
        List<Candidate> candidates,
        List<BenchmarkAudio> audios,
        Rounds rounds,
        Map<String, String> options,
        @Nullable TranscribeOptions transcribe,
        LoadOptions load,
        @Nullable DatasetSettings dataset,
        boolean silenceCheck) {
    /** Copies the list and the map, keeping its order. */
    public BenchmarkSettings {
        Objects.requireNonNull(model, "model");
        candidates = List.copyOf(candidates);
        audios = List.copyOf(audios);
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        Objects.requireNonNull(rounds, "rounds");
        Objects.requireNonNull(load, "load");
        if (audios.isEmpty()) {
            throw new IllegalArgumentException("a benchmark needs at least one recording");
        }
    }

    /** Returns settings of candidates, the first of which has the given options, for recordings that were named one by one. */
    public static BenchmarkSettings of(
            List<Candidate> candidates,
            List<BenchmarkAudio> audios,
            Rounds rounds,
            TranscribeOptions options,
            LoadOptions load) {
        return of(candidates, audios, rounds, options, load, null, false);
    }

    /**
     * Returns settings of candidates, the first of which has the given options.
     *
     * @param dataset where the recordings come from, null if they were named one by one
     * @param silenceCheck whether each candidate also transcribes silence and noise
     */
    static BenchmarkSettings of(
            List<Candidate> candidates,
            List<BenchmarkAudio> audios,
            Rounds rounds,
            TranscribeOptions options,
            LoadOptions load,
            @Nullable DatasetSettings dataset,
            boolean silenceCheck) {
        String model = candidates.stream().map(Candidate::model).distinct().collect(Collectors.joining(","));
        return new BenchmarkSettings(
                model, candidates, audios, rounds, describe(options), options, load, dataset, silenceCheck);
    }

    /** Returns the total length of all recordings. */
    public Duration audioDuration() {
        return audios.stream().map(BenchmarkAudio::duration).reduce(Duration.ZERO, Duration::plus);
    }

    /** Returns the recordings in a few words, such as {@code talk.wav (14.4 s)} or {@code 1000 recordings (2 h 30 min)}. */
    public String describeRecordings() {
        return audios.size() == 1
                ? audios.get(0).name() + " (" + Quantities.duration(audioDuration()) + ")"
                : Recordings.describe(this);
    }

    /** Returns the engine options as a suffix for a list, such as {@code ", dump-graph=graphs"}; empty if there are none. */
    String describeEngineOptions() {
        return load.engineOptions().entrySet().stream()
                .map(option -> ", " + option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining());
    }

    private static Map<String, String> describe(TranscribeOptions options) {
        Map<String, String> described = new LinkedHashMap<>();
        described.put("language", options.language().code());
        described.put("task", options.task().name().toLowerCase(Locale.ROOT));
        describe(described, options, TranscribeOption.CLIP_TIMESTAMPS, "clip_timestamps");
        described.put("beam_size", String.valueOf(options.beamSize()));
        described.put("best_of", String.valueOf(options.bestOf()));
        TranscribeOptions defaults = TranscribeOptions.defaults();
        describe(described, "patience", options.patience(), defaults.patience());
        describe(described, "length_penalty", options.lengthPenalty(), defaults.lengthPenalty());
        describe(described, options, TranscribeOption.REPETITION_PENALTY, "repetition_penalty");
        describe(described, options, TranscribeOption.NO_REPEAT_NGRAM_SIZE, "no_repeat_ngram_size");
        described.put(
                "temperatures",
                options.temperatures().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        describe(
                described,
                "compression_ratio_threshold",
                options.compressionRatioThreshold(),
                defaults.compressionRatioThreshold());
        describe(
                described,
                "log_probability_threshold",
                options.logProbabilityThreshold(),
                defaults.logProbabilityThreshold());
        describe(described, "no_speech_threshold", options.noSpeechThreshold(), defaults.noSpeechThreshold());
        describe(
                described,
                options,
                TranscribeOption.HALLUCINATION_SILENCE_THRESHOLD,
                "hallucination_silence_threshold");
        describe(described, options, TranscribeOption.SUPPRESS_TOKENS, "suppress_tokens");
        String prompt = options.prompt();
        if (prompt != null) {
            described.put("prompt", prompt);
        }
        describe(described, options, TranscribeOption.PREFIX, "prefix");
        describe(described, options, TranscribeOption.HOTWORDS, "hotwords");
        Boolean conditioned = options.conditionOnPreviousText();
        described.put("condition_on_previous_text", conditioned == null ? "auto" : String.valueOf(conditioned));
        described.put("timestamps", options.timestamps().name().toLowerCase(Locale.ROOT));
        describe(described, options, TranscribeOption.MAX_INITIAL_TIMESTAMP, "max_initial_timestamp");
        described.put("vad", options.vad().name().toLowerCase(Locale.ROOT));
        describe(described, options.vadOptions());
        Duration chunkLength = options.chunkLength();
        if (chunkLength != null) {
            described.put("chunk_length_seconds", String.valueOf(chunkLength.toMillis() / 1000.0));
        }
        Integer batchSize = options.batchSize();
        if (batchSize != null) {
            described.put("batch_size", String.valueOf(batchSize));
        }
        describe(described, options, TranscribeOption.AUDIO_CONTEXT, "audio_context");
        return described;
    }

    /** Adds an option if it is not the default. */
    private static void describe(
            Map<String, String> described, TranscribeOptions options, TranscribeOption option, String name) {
        if (!option.isBasic(options)) {
            described.put(name, option.text(options));
        }
    }

    private static void describe(Map<String, String> described, VadOptions options) {
        VadOptions defaults = VadOptions.defaults();
        describe(described, "vad_threshold", options.threshold(), defaults.threshold());
        Duration minSilence = options.minSilence();
        if (minSilence != null) {
            described.put("vad_min_silence_ms", String.valueOf(minSilence.toMillis()));
        }
        if (!options.minSpeech().equals(defaults.minSpeech())) {
            described.put(
                    "vad_min_speech_ms", String.valueOf(options.minSpeech().toMillis()));
        }
        Duration maxSpeech = options.maxSpeech();
        if (maxSpeech != null) {
            described.put("vad_max_speech_seconds", String.valueOf(maxSpeech.toMillis() / 1000.0));
        }
        if (!options.padding().equals(defaults.padding())) {
            described.put("vad_pad_ms", String.valueOf(options.padding().toMillis()));
        }
    }

    /** Adds a value if it is not the default. */
    private static void describe(
            Map<String, String> described, String name, @Nullable Double value, @Nullable Double defaultValue) {
        if (!Objects.equals(value, defaultValue)) {
            described.put(name, value == null ? "off" : String.valueOf(value));
        }
    }
}
