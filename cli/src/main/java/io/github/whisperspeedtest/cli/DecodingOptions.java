package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is wanted of a transcription; the same for every implementation. */
final class DecodingOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-l", "--language"},
            paramLabel = "LANG",
            completionCandidates = Completions.Languages.class,
            defaultValue = "auto",
            description = "Language: a code or tag (de, pt-BR), an English name, or auto (default: ${DEFAULT-VALUE}).")
    private String language;

    @Option(
            names = "--task",
            paramLabel = "TASK",
            completionCandidates = Completions.Tasks.class,
            defaultValue = "transcribe",
            description = "transcribe, or translate into English (default: ${DEFAULT-VALUE}).")
    private Task task;

    @Option(
            names = "--beam-size",
            paramLabel = "N",
            defaultValue = "1",
            description = "Beams at temperature 0; 1 decodes greedily (default: ${DEFAULT-VALUE}).")
    private int beamSize;

    @Option(
            names = "--best-of",
            paramLabel = "N",
            defaultValue = "5",
            description = "Candidates at temperatures above 0 (default: ${DEFAULT-VALUE}).")
    private int bestOf;

    @Option(
            names = "--patience",
            paramLabel = "P",
            defaultValue = "1",
            description =
                    "Beams that must end, times their number, before the search does (default: ${DEFAULT-VALUE}).")
    private double patience;

    @Option(
            names = "--length-penalty",
            paramLabel = "A",
            description = "Exponent, 0 to 1, that favours longer candidates (default: the mean over the tokens).")
    private @Nullable Double lengthPenalty;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            split = ",",
            description =
                    "Temperatures to try in turn while the text looks wrong (default: 0,0.2,0.4,0.6,0.8,1); one alone means no "
                            + "fallback.")
    private @Nullable List<Double> temperatures;

    @Option(
            names = "--compression-ratio-threshold",
            paramLabel = "N",
            converter = Threshold.Converter.class,
            defaultValue = "2.4",
            description = "A text that compresses better looks wrong; or off (default: ${DEFAULT-VALUE}).")
    private Threshold compressionRatioThreshold;

    @Option(
            names = "--logprob-threshold",
            paramLabel = "N",
            converter = Threshold.Converter.class,
            defaultValue = "-1.0",
            description = "A text with a lower mean log probability looks wrong; or off (default: ${DEFAULT-VALUE}).")
    private Threshold logProbabilityThreshold;

    @Option(
            names = "--no-speech-threshold",
            paramLabel = "N",
            converter = Threshold.Converter.class,
            defaultValue = "0.6",
            description = "Above it a window whose text looks wrong is silent; or off (default: ${DEFAULT-VALUE}).")
    private Threshold noSpeechThreshold;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "Text that the recording follows on from.")
    private @Nullable String prompt;

    @Option(
            names = "--independent-windows",
            negatable = true,
            description =
                    "Do not give a window the text before it as its prompt, or do (default: as the implementation does).")
    private @Nullable Boolean independentWindows;

    @Option(
            names = "--timestamps",
            paramLabel = "LEVEL",
            completionCandidates = Completions.Levels.class,
            defaultValue = "segment",
            description = "none, segment or word (default: ${DEFAULT-VALUE}).")
    private Timestamps timestamps;

    @Option(
            names = "--vad",
            negatable = true,
            description = "Cut out stretches without a voice first, or do not (default: as the implementation does).")
    private @Nullable Boolean vad;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description =
                    "Chunks to decode at once, where the implementation does so (default: its own; less if memory is short).")
    private @Nullable Integer batchSize;

    @Option(
            names = "--chunk-length",
            paramLabel = "SECONDS",
            description = "Length of such chunks, 5 to 30 (default: as the implementation does).")
    private @Nullable Double chunkLength;

    DecodingOptions() {}

    TranscribeOptions transcribeOptions() {
        return transcribeOptions(null);
    }

    /**
     * Returns the options for a benchmark.
     *
     * @param usualTemperatures the temperatures where none are given, null for those of the library
     */
    TranscribeOptions transcribeOptions(@Nullable List<Double> usualTemperatures) {
        try {
            TranscribeOptions.Builder builder = TranscribeOptions.builder()
                    .language(Language.parse(language))
                    .task(task)
                    .beamSize(beamSize)
                    .bestOf(bestOf)
                    .patience(patience)
                    .lengthPenalty(lengthPenalty)
                    .compressionRatioThreshold(compressionRatioThreshold.value())
                    .logProbabilityThreshold(logProbabilityThreshold.value())
                    .noSpeechThreshold(noSpeechThreshold.value())
                    .prompt(prompt)
                    .conditionOnPreviousText(independentWindows == null ? null : Boolean.valueOf(!independentWindows))
                    .timestamps(timestamps)
                    .batchSize(batchSize)
                    .chunkLength(chunkLength == null ? null : Duration.ofMillis(Math.round(chunkLength * 1000)));
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
}
