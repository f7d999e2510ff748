package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of a transcription, the same for every implementation. */
final class DecodingOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-l", "--language"},
            order = 3,
            paramLabel = "LANG",
            completionCandidates = Completions.Languages.class,
            defaultValue = "auto",
            description =
                    "Language of the audio: a code (de, pt-BR), an English name or auto (default: ${DEFAULT-VALUE}).")
    private String language;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--task",
            paramLabel = "TASK",
            completionCandidates = Completions.Tasks.class,
            defaultValue = "transcribe",
            description = "transcribe, or translate to English (default: ${DEFAULT-VALUE}).")
    private Task task;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--clip-timestamps",
            paramLabel = "SECONDS",
            split = ",",
            description = "Parts to transcribe: start,end and so on; without a last end, to the end (default: 0).")
    private @Nullable List<Double> clipTimestamps;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(names = "--offset", paramLabel = "SECONDS", description = "Start of the part to transcribe (default: 0).")
    private @Nullable Double offset;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            description = "Length of the part to transcribe (default: to the end).")
    private @Nullable Double duration;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--beam-size",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description =
                    "Beam size at temperature 0; 1 is greedy decoding; several for a benchmark (default: ${DEFAULT-VALUE}).")
    private List<Integer> beamSizes;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--best-of",
            paramLabel = "N",
            defaultValue = "5",
            description = "Number of samples at temperatures above 0 (default: ${DEFAULT-VALUE}).")
    private int bestOf;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--patience",
            paramLabel = "P",
            defaultValue = "1",
            description = "Beam-search patience factor (Kasai et al., 2022) (default: ${DEFAULT-VALUE}).")
    private double patience;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--length-penalty",
            paramLabel = "A",
            description = "Exponent of the length penalty, 0 to 1 (default: normalize by the number of tokens).")
    private @Nullable Double lengthPenalty;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--repetition-penalty",
            paramLabel = "P",
            defaultValue = "1",
            description =
                    "Make tokens that a window already has less probable by this factor; 1 is none (default: ${DEFAULT-VALUE}).")
    private double repetitionPenalty;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--no-repeat-ngram-size",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Let no sequence of N tokens occur twice in a window; 0 allows it (default: ${DEFAULT-VALUE}).")
    private int noRepeatNgramSize;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--temperature",
            paramLabel = "T",
            split = ",",
            description =
                    "Sampling temperatures to try in turn while decoding fails; a single one disables the fallback"
                            + " (default: 0,0.2,0.4,0.6,0.8,1).")
    private @Nullable List<Double> temperatures;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--compression-ratio-threshold",
            paramLabel = "N",
            converter = Threshold.Converter.class,
            defaultValue = "2.4",
            description =
                    "Retry at a higher temperature when the gzip compression ratio exceeds N; or off (default: ${DEFAULT-VALUE}).")
    private Threshold compressionRatioThreshold;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--logprob-threshold",
            paramLabel = "N",
            converter = Threshold.Converter.class,
            defaultValue = "-1.0",
            description = "Retry when the mean log probability is below N; or off (default: ${DEFAULT-VALUE}).")
    private Threshold logProbabilityThreshold;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--no-speech-threshold",
            paramLabel = "N",
            converter = Threshold.Converter.class,
            defaultValue = "0.6",
            description =
                    "Skip a failed window as silence when its no-speech probability exceeds N; or off (default: ${DEFAULT-VALUE}).")
    private Threshold noSpeechThreshold;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--hallucination-silence-threshold",
            paramLabel = "SECONDS",
            converter = Threshold.Converter.class,
            defaultValue = "off",
            description =
                    "With --timestamps word, skip silences longer than this around text that looks invented; or off (default: ${DEFAULT-VALUE}).")
    private Threshold hallucinationSilenceThreshold;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--suppress-tokens",
            paramLabel = "IDS",
            defaultValue = "-1",
            description =
                    "Token ids never to decode, with commas; -1 is the default set of symbols, \"\" none (default: ${DEFAULT-VALUE}).")
    private String suppressTokens;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(names = "--prompt", paramLabel = "TEXT", description = "Text that precedes the recording, as context.")
    private @Nullable String prompt;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            description = "Text that the transcript starts with; the model continues it.")
    private @Nullable String prefix;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--hotwords",
            paramLabel = "TEXT",
            description = "Words that are likely to occur, as context of every window.")
    private @Nullable String hotwords;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--independent-windows",
            negatable = true,
            description =
                    "Decode each window without the previous text as its prompt (default: depends on the implementation).")
    private @Nullable Boolean independentWindows;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--timestamps",
            paramLabel = "LEVEL",
            completionCandidates = Completions.Levels.class,
            defaultValue = "segment",
            description = "Timestamps: none, segment or word (default: ${DEFAULT-VALUE}).")
    private Timestamps timestamps;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--max-initial-timestamp",
            paramLabel = "SECONDS",
            converter = Threshold.Converter.class,
            defaultValue = "1.0",
            description =
                    "Latest start of the first segment of a window, 0 to 30 s; or off (default: ${DEFAULT-VALUE}).")
    private Threshold maxInitialTimestamp;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--vad",
            negatable = true,
            description = "Remove silence by voice activity detection first (default: depends on the implementation).")
    private @Nullable Boolean vad;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--vad-threshold",
            paramLabel = "P",
            defaultValue = "0.5",
            description = "Probability at or above which audio is speech (default: ${DEFAULT-VALUE}).")
    private double vadThreshold;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--vad-min-silence",
            paramLabel = "MS",
            description =
                    "Silence that ends a stretch of speech, in milliseconds (default: 2000; 160 with --batch-size).")
    private @Nullable Long vadMinSilence;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--vad-min-speech",
            paramLabel = "MS",
            defaultValue = "0",
            description =
                    "Leave out stretches of speech that are not longer, in milliseconds (default: ${DEFAULT-VALUE}).")
    private long vadMinSpeech;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--vad-max-speech",
            paramLabel = "SECONDS",
            description = "Split stretches of speech that are longer, in seconds (default: no maximum).")
    private @Nullable Double vadMaxSpeech;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--vad-pad",
            paramLabel = "MS",
            defaultValue = "400",
            description = "Audio to keep on both sides of speech, in milliseconds (default: ${DEFAULT-VALUE}).")
    private long vadPad;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--batch-size",
            paramLabel = "N",
            split = ",",
            description =
                    "Number of chunks to decode at once; most implementations need --vad for it; several for a benchmark"
                            + " (default: depends on the implementation).")
    private @Nullable List<Integer> batchSizes;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--chunk-length",
            paramLabel = "SECONDS",
            description = "Length of the chunks, 5 to 30 s (default: the implementation's).")
    private @Nullable Double chunkLength;

    @OptionGroup.In(OptionGroup.DECODING)
    @Option(
            names = "--audio-context",
            paramLabel = "CONTEXT",
            completionCandidates = Completions.AudioContexts.class,
            description =
                    "Part of each window to encode: full, or auto for its audio and some silence (default: full; live audio: auto where supported).")
    private @Nullable AudioContext audioContext;

    DecodingOptions() {}

    /**
     * Returns the options.
     *
     * @throws ParameterException if there are several beam sizes or batch sizes
     */
    TranscribeOptions transcribeOptions() {
        List<TranscribeOptions> variants = transcribeVariants(null);
        if (variants.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "Only benchmark takes several values of --beam-size and --batch-size");
        }
        return variants.get(0);
    }

    /**
     * Returns the options for each combination of beam size and batch size.
     *
     * @param usualTemperatures the temperatures without the option, null for the defaults of the library
     */
    List<TranscribeOptions> transcribeVariants(@Nullable List<Double> usualTemperatures) {
        List<TranscribeOptions> variants = new ArrayList<>();
        for (Integer beamSize : beamSizes.stream().distinct().toList()) {
            if (batchSizes == null) {
                variants.add(transcribeOptions(usualTemperatures, beamSize, null));
            } else {
                batchSizes.stream()
                        .distinct()
                        .forEach(batchSize -> variants.add(transcribeOptions(usualTemperatures, beamSize, batchSize)));
            }
        }
        return variants;
    }

    private TranscribeOptions transcribeOptions(
            @Nullable List<Double> usualTemperatures, int beamSize, @Nullable Integer batchSize) {
        try {
            TranscribeOptions.Builder builder = TranscribeOptions.builder()
                    .language(Language.parse(language))
                    .task(task)
                    .clipTimestamps(clips())
                    .beamSize(beamSize)
                    .bestOf(bestOf)
                    .patience(patience)
                    .lengthPenalty(lengthPenalty)
                    .repetitionPenalty(repetitionPenalty)
                    .noRepeatNgramSize(noRepeatNgramSize)
                    .compressionRatioThreshold(compressionRatioThreshold.value())
                    .logProbabilityThreshold(logProbabilityThreshold.value())
                    .noSpeechThreshold(noSpeechThreshold.value())
                    .hallucinationSilenceThreshold(seconds(hallucinationSilenceThreshold.value()))
                    .suppressTokens(tokenIds(suppressTokens))
                    .prompt(prompt)
                    .prefix(prefix)
                    .hotwords(hotwords)
                    .conditionOnPreviousText(independentWindows == null ? null : Boolean.valueOf(!independentWindows))
                    .timestamps(timestamps)
                    .maxInitialTimestamp(seconds(maxInitialTimestamp.value()))
                    .batchSize(batchSize)
                    .audioContext(audioContext)
                    .vadOptions(new VadOptions(
                            vadThreshold,
                            vadMinSilence == null ? null : Duration.ofMillis(vadMinSilence),
                            Duration.ofMillis(vadMinSpeech),
                            seconds(vadMaxSpeech),
                            Duration.ofMillis(vadPad)))
                    .chunkLength(seconds(chunkLength));
            List<Double> wanted = temperatures == null ? usualTemperatures : temperatures;
            if (wanted != null) {
                builder.temperatures(wanted);
            }
            if (vad != null) {
                builder.vad(vad);
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private List<Duration> clips() {
        if (clipTimestamps != null) {
            if (offset != null || duration != null) {
                throw new IllegalArgumentException(
                        "--clip-timestamps already says what to transcribe; omit --offset and --duration");
            }
            return clipTimestamps.stream().map(DecodingOptions::exact).toList();
        }
        Duration start = exact(offset == null ? 0.0 : offset);
        return duration == null ? List.of(start) : List.of(start, start.plus(exact(duration)));
    }

    private static @Nullable Duration seconds(@Nullable Double value) {
        return value == null ? null : exact(value);
    }

    /** Returns seconds as a duration, to the millisecond. */
    private static Duration exact(double seconds) {
        if (!Double.isFinite(seconds)) {
            throw new IllegalArgumentException("'" + seconds + "' is not a number of seconds");
        }
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static List<Integer> tokenIds(String list) {
        if (list.isBlank()) {
            return List.of();
        }
        try {
            return Arrays.stream(list.split(",", -1))
                    .map(id -> Integer.valueOf(id.strip()))
                    .toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "suppressTokens must be ids of tokens with commas between them, but was " + list, e);
        }
    }
}
