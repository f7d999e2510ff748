package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.BenchmarkEnvironment;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.Machine;
import io.github.whisperspeedtest.benchmark.Recommendation;
import io.github.whisperspeedtest.benchmark.RecommendationCriteria;
import io.github.whisperspeedtest.benchmark.SavedReport;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.transcription.Language;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Recommends an implementation, a model and options from the saved results of this machine. */
@Command(
        name = "recommend",
        description =
                "Recommend an implementation and a model from the saved results of this machine, or from a quick benchmark.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Exit codes: 0 a result fits, 1 none does, 2 wrong usage.",
            "",
            "Examples:",
            "  whisper-speedtest recommend",
            "  whisper-speedtest recommend --max-wer 10 --max-memory 1G -l de",
            "  whisper-speedtest recommend --measure 2m --dataset recordings"
        })
final class RecommendCommand implements Callable<Integer> {
    private static final int SHOWN = 3;
    private static final String DEFAULT_MODELS = "tiny,base,small";

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Option(
            names = {"-m", "--model"},
            order = 1,
            paramLabel = "MODEL",
            split = ",",
            completionCandidates = Completions.Models.class,
            description =
                    "Models to choose from, such as tiny,base (default: all that were measured, or that --measure finds).")
    private List<String> models = new ArrayList<>();

    @Option(
            names = {"-l", "--language"},
            order = 2,
            paramLabel = "LANG",
            completionCandidates = Completions.Languages.class,
            description = "Language of your recordings: only word errors in this language count.")
    private @Nullable String language;

    @Option(
            names = "--max-wer",
            order = 3,
            paramLabel = "PERCENT",
            converter = Percentage.Converter.class,
            description = "Largest word error rate, such as 10; the fastest result within it is recommended.")
    private @Nullable Percentage maxErrorRate;

    @Option(
            names = "--max-memory",
            order = 4,
            paramLabel = "SIZE",
            converter = MemorySize.Converter.class,
            description = "Largest peak memory, such as 500M or 1G.")
    private @Nullable MemorySize maxMemory;

    @Option(
            names = "--measure",
            order = 5,
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description =
                    "Run a benchmark first that takes about this time, such as 2m, with the models of -m or all published ones"
                            + " on this machine.")
    private @Nullable TimeSpan budget;

    @Option(
            names = {"-a", "--audio"},
            order = 6,
            paramLabel = "FILE",
            description = "Recording for --measure; repeatable (default: a built-in recording).")
    private List<Path> audios = new ArrayList<>();

    @Option(
            names = "--dataset",
            order = 7,
            paramLabel = "DIR|FILE",
            description =
                    "Recordings with texts for --measure, as for benchmark; without texts the word error rate is unknown.")
    private @Nullable Path dataset;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", description = "Print the recommendation as JSON.")
    private boolean json;

    RecommendCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        String code = languageCode();
        if (budget == null && (dataset != null || !audios.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(), "--audio and --dataset need --measure TIME, such as --measure 2m");
        }
        if (budget != null) {
            int measured = measure(budget, code);
            if (measured != ExitCode.OK && measured != ExitCode.FAILED) {
                return measured;
            }
        }
        Machine machine = Machine.of(BenchmarkEnvironment.detect());
        List<BenchmarkReport> reports = new ArrayList<>();
        for (SavedReport saved : ResultsDirectory.of(common.library()).readable(terminal)) {
            reports.add(Objects.requireNonNull(saved.report(), "report"));
        }
        Recommendation found = Recommendation.of(
                reports,
                machine,
                new RecommendationCriteria(
                        Set.copyOf(models),
                        code,
                        maxErrorRate == null ? null : maxErrorRate.fraction(),
                        maxMemory == null ? null : maxMemory.bytes()));
        Recommendation.Choice best = found.best();
        String command =
                best == null ? benchmark(code) : TranscribeLine.of(best.result().candidate(), code);
        if (json) {
            terminal.out().println(ResultsJson.recommendation(found, machine, command));
        } else {
            print(found, machine, command);
        }
        return best == null ? ExitCode.FAILED : ExitCode.OK;
    }

    /** Runs a benchmark, whose results are saved, and returns its exit code. */
    private int measure(TimeSpan time, @Nullable String code) {
        List<String> names = models.isEmpty() ? publishedModelsHere() : models;
        if (names.isEmpty()) {
            return ExitCode.OK;
        }
        List<String> arguments = new ArrayList<>(List.of(
                "benchmark",
                "-m",
                String.join(",", names),
                "--budget",
                time.duration().toSeconds() + "s"));
        if (code != null) {
            arguments.addAll(List.of("-l", code));
        }
        audios.forEach(file -> arguments.addAll(List.of("-a", file.toString())));
        if (dataset != null) {
            arguments.addAll(List.of("--dataset", dataset.toString()));
        }
        arguments.addAll(common.arguments());
        return Main.run(terminal.withoutOut(), arguments.toArray(String[]::new));
    }

    private List<String> publishedModelsHere() {
        WhisperSpeedtest library = common.library();
        return library.implementations().stream()
                .flatMap(implementation ->
                        library.models().installed(implementation).stream().map(ModelInfo::name))
                .filter(Recommendation::isPublished)
                .distinct()
                .toList();
    }

    private @Nullable String languageCode() {
        if (language == null) {
            return null;
        }
        Language parsed = Language.parse(language);
        return parsed == Language.auto() ? null : parsed.code();
    }

    private String benchmark(@Nullable String code) {
        String names = models.isEmpty()
                ? DEFAULT_MODELS
                : models.stream().map(TranscribeLine::quoted).collect(Collectors.joining(","));
        return "whisper-speedtest benchmark -m " + names + " --download --dataset DIR"
                + (code == null ? "" : " -l " + code);
    }

    private void print(Recommendation found, Machine machine, String command) {
        if (found.best() == null) {
            line("No saved result of this machine (" + machine.describe() + ") fits.");
            if (found.misses().isEmpty()) {
                line("None is of a published model" + (models.isEmpty() ? "" : " named " + String.join(" or ", models))
                        + ".");
            }
            found.misses().stream().limit(SHOWN).forEach(miss -> line("  " + miss.candidate() + ": " + miss.reason()));
            line("To find out, with recordings and their texts in DIR, type:");
            terminal.out().println("  " + command);
            return;
        }
        line(found.reason());
        terminal.out().println("  " + command);
        if (!found.others().isEmpty()) {
            terminal.out().println();
            line("Runners-up:");
            found.others().stream()
                    .limit(SHOWN)
                    .forEach(choice -> line("  " + choice.result().candidate().name() + ": " + choice.describe()));
        }
    }

    private void line(String text) {
        String indent = text.startsWith("  ") ? "  " : "";
        terminal.out().println(TerminalText.wrap(indent + TerminalText.oneLine(text), terminal.lineColumns(), 2));
    }
}
