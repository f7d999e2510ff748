package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
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
            description = "Code or English name of the language, or auto (default: ${DEFAULT-VALUE}).")
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
            names = "--temperature",
            paramLabel = "T",
            split = ",",
            description =
                    "Temperatures to try in turn while the text looks wrong (default: 0,0.2,0.4,0.6,0.8,1); one alone means no "
                            + "fallback.")
    private @Nullable List<Double> temperatures;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "Text that the recording follows on from.")
    private @Nullable String prompt;

    @Option(names = "--independent-windows", description = "Do not give a window the text before it as its prompt.")
    private boolean independentWindows;

    @Option(
            names = "--timestamps",
            paramLabel = "LEVEL",
            completionCandidates = Completions.Levels.class,
            defaultValue = "segment",
            description = "none, segment or word (default: ${DEFAULT-VALUE}).")
    private Timestamps timestamps;

    @Option(names = "--vad", description = "Cut out stretches without a voice first.")
    private boolean vad;

    DecodingOptions() {}

    TranscribeOptions transcribeOptions() {
        try {
            TranscribeOptions.Builder builder = TranscribeOptions.builder()
                    .language(Language.parse(language))
                    .task(task)
                    .beamSize(beamSize)
                    .bestOf(bestOf)
                    .prompt(prompt)
                    .conditionOnPreviousText(!independentWindows)
                    .timestamps(timestamps)
                    .vad(vad);
            if (temperatures != null) {
                builder.temperatures(temperatures);
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
