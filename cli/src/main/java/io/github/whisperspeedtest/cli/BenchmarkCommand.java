package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.BenchmarkInput;
import io.github.whisperspeedtest.benchmark.BenchmarkPlan;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult;
import io.github.whisperspeedtest.benchmark.BenchmarkRunner;
import io.github.whisperspeedtest.benchmark.Candidate;
import io.github.whisperspeedtest.benchmark.DatasetSettings;
import io.github.whisperspeedtest.benchmark.Repetition;
import io.github.whisperspeedtest.benchmark.Sweep;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.registry.DiscoveryProblem;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Vad;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks implementations and compares their speed and transcripts. */
@Command(
        name = "benchmark",
        description = "Benchmark implementations on this machine: speed, load time, memory and transcripts.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest benchmark",
            "  whisper-speedtest benchmark -m small -n 5 -a talk.mp3 -a interview.wav",
            "  whisper-speedtest benchmark -m base -a talk.mp3 --reference-text talk.txt",
            "  whisper-speedtest benchmark -m base --dataset recordings --limit 50",
            "  whisper-speedtest benchmark -m tiny,base,small -t 2,4 --budget 10m",
            "  whisper-speedtest benchmark -m random-small -l en",
            "  whisper-speedtest benchmark -i whispercpp --json results.json",
            "  whisper-speedtest benchmark --repeat results.json",
            "  whisper-speedtest benchmark --json - |",
            "    jq '.results[].statistics.median_seconds'"
        })
final class BenchmarkCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(BenchmarkCommand.class);

    /** A higher temperature does not improve random text, and implementations differ in when they retry. */
    private static final List<Double> ONCE = List.of(0.0);

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private DecodingOptions decoding;

    @Mixin
    private StandardInputOptions input;

    @Mixin
    private RecordOptions recording;

    @Mixin
    private DatasetOptions dataset;

    @Mixin
    private RoundOptions rounds;

    @Mixin
    private BenchmarkExports exports;

    @Option(
            names = {"-i", "--implementations"},
            order = 2,
            paramLabel = "ID",
            split = ",",
            completionCandidates = Completions.Implementations.class,
            description = "Implementations, separated by commas (default: all that can run here).")
    private List<String> implementations = new ArrayList<>();

    @Option(
            names = {"-a", "--audio"},
            order = 4,
            paramLabel = "FILE",
            description = "Audio file, or - for standard input; repeatable (default: a built-in recording).")
    private List<Path> audios = new ArrayList<>();

    @Option(
            names = "--reference-text",
            paramLabel = "FILE|TEXT",
            order = 6,
            description =
                    "Reference transcript for the word error rate: a UTF-8 file or the text itself. One for each --audio, in"
                            + " the same order.")
    private List<String> references = new ArrayList<>();

    @Option(
            names = "--vad-both",
            order = 12,
            description = "Measure each candidate with and without voice activity detection.")
    private boolean vadBoth;

    @Option(
            names = "--silence-check",
            order = 13,
            description = "Count the words that each candidate writes where nobody speaks: silence and quiet noise.")
    private boolean silenceCheck;

    @Option(
            names = "--repeat",
            paramLabel = "FILE",
            description =
                    "Repeat the benchmark of a JSON results file and report what differs; -a gives the recordings if they moved.")
    private @Nullable Path repeat;

    BenchmarkCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        check();
        VoiceRecorder recorder = recording.recorder(terminal);
        try (StandardInput stdin = input.open(terminal, audios)) {
            return measure(stdin, recorder);
        }
    }

    private int measure(StandardInput stdin, @Nullable VoiceRecorder recorder) {
        WhisperSpeedtest library = common.library();
        for (DiscoveryProblem problem : library.registry().problems()) {
            terminal.err().println("warning: " + problem.describe());
        }
        if (repeat == null) {
            DatasetOptions.Chosen chosen = dataset.choose(rounds.seed(), terminal.err());
            if (recorder != null) {
                String reference = references.isEmpty() ? null : ReferenceText.of(references.get(0));
                return run(library, () -> List.of(recorded(library, recorder, reference)), null);
            }
            List<BenchmarkInput> inputs = chosen == null ? inputs(stdin) : chosen.inputs();
            return run(library, () -> inputs, chosen == null ? null : chosen.settings());
        }
        return repeat(
                library,
                RepeatedBenchmark.of(library, Settings.ofProcess().paths().expand(repeat.toString()), audios));
    }

    /**
     * Finds the candidates and runs them.
     *
     * @param inputs called once the models are here: nobody speaks in vain
     */
    private int run(WhisperSpeedtest library, Supplier<List<BenchmarkInput>> inputs, @Nullable DatasetSettings source) {
        List<String> ids = implementations.isEmpty()
                ? library.implementations().stream().map(Implementation::id).toList()
                : implementations.stream().map(String::strip).distinct().toList();
        if (ids.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "There is no implementation on the class path. Put the jar of a backend into plugins/.");
        }
        List<String> models = engine.models();
        // A typing error in the last name must not appear after the download of the first model.
        for (String model : models) {
            if (models.size() > 1 && !RandomModel.isName(model)) {
                library.models().resolve(library.implementations(), model);
            }
        }
        Sweep sweep = new Sweep(List.of(), List.of());
        Map<String, ModelFiles> pinned = new LinkedHashMap<>();
        boolean leftAny = false;
        for (String model : models) {
            BenchmarkModels found = new BenchmarkModels(terminal, library, model);
            List<String> usable = ids;
            if (!RandomModel.isName(model)) {
                int downloaded = found.complete(
                        ids, engine.download(), engine.convert(), !implementations.isEmpty(), common.debug());
                if (downloaded != ExitCode.OK && found.usable().isEmpty()) {
                    return downloaded;
                }
                usable = found.usable();
                leftAny |= found.leftAny();
            }
            Sweep own = Sweep.of(library, usable, model, engine.loadVariants(), transcribeVariants(model));
            for (Candidate candidate : own.candidates()) {
                ModelFiles converted = found.converted().get(candidate.implementation());
                if (converted != null) {
                    pinned.put(candidate.name(), converted);
                }
            }
            sweep = sweep.plus(own);
        }
        sweep.impossible().forEach(line -> terminal.err().println("note: not measured: " + line));
        if (sweep.candidates().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "No implementation supports any combination of these options");
        }
        BenchmarkPlan plan = new BenchmarkPlan(
                sweep.candidates(), inputs.get(), source, rounds.rounds(), rounds.timeLimit(), silenceCheck, pinned);
        int code = run(library, plan, sweep.candidates(), null);
        return leftAny ? ExitCode.FAILED : code;
    }

    private List<TranscribeOptions> transcribeVariants(String model) {
        List<TranscribeOptions> variants = decoding.transcribeVariants(RandomModel.isName(model) ? ONCE : null);
        return vadBoth
                ? variants.stream()
                        .flatMap(options -> Stream.of(Vad.OFF, Vad.ON)
                                .map(vad -> options.toBuilder().vad(vad).build()))
                        .toList()
                : variants;
    }

    /** Runs the candidates of a file; those whose files are not where the file says look for the model by its name. */
    private int repeat(WhisperSpeedtest library, RepeatedBenchmark repeated) {
        Repetition repetition = repeated.repetition();
        Map<String, List<String>> unpinned = new LinkedHashMap<>();
        repetition
                .unpinned()
                .forEach(candidate -> unpinned.computeIfAbsent(candidate.model(), unused -> new ArrayList<>())
                        .add(candidate.implementation()));
        for (Map.Entry<String, List<String>> missing : unpinned.entrySet()) {
            String model = missing.getKey();
            if (!RandomModel.isName(model)) {
                int downloaded = new BenchmarkModels(terminal, library, model)
                        .complete(
                                missing.getValue().stream().distinct().toList(),
                                engine.download(),
                                engine.convert(),
                                true,
                                common.debug());
                if (downloaded != ExitCode.OK) {
                    return downloaded;
                }
            }
        }
        return run(library, repetition.plan(rounds.timeLimit()), repetition.unpinned(), repeated);
    }

    private int run(
            WhisperSpeedtest library,
            BenchmarkPlan plan,
            List<Candidate> unpinned,
            @Nullable RepeatedBenchmark repeated) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            writeRandom(library, unpinned, progress);
            BenchmarkPrinter printer = new BenchmarkPrinter(
                    terminal, progress, ResultsDirectory.of(library), plan, exports.all(), common.verbose());
            terminal.onInterrupt(printer::interruptSummary);
            if (repeated != null) {
                String differences = repeated.before(progress);
                progress.clear();
                printer.printAlways(differences);
            }
            BenchmarkReport report = new BenchmarkRunner(library).run(plan, printer);
            printer.finish(report);
            if (repeated != null) {
                printer.printAlways(repeated.after(report));
            }
            return printer.lostAnExport() ? ExitCode.FAILED : exitCode(report);
        }
    }

    /** Writes the models first, because a large one takes minutes; a failure becomes a row of the report. */
    private void writeRandom(WhisperSpeedtest library, List<Candidate> candidates, ProgressLine progress) {
        ModelStore store = library.models();
        for (Candidate candidate : candidates) {
            if (RandomModel.isName(candidate.model())) {
                progress.show("writing " + candidate.model() + " for " + candidate.implementation());
                try {
                    store.filesOf(library.registry().require(candidate.implementation()), candidate.model());
                } catch (WhisperSpeedtestException e) {
                    LOG.debug("Cannot write the model of {}", candidate.name(), e);
                }
            }
        }
    }

    private void check() {
        if (repeat != null) {
            RepeatedBenchmark.check(spec);
        }
        rounds.rounds();
        recording.checkAlone(!audios.isEmpty() || repeat != null, "--audio or --repeat");
        int recordings = recording.isWanted() ? 1 : audios.size();
        dataset.check(recordings > 0, !references.isEmpty());
        if (!references.isEmpty() && references.size() != recordings) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--reference-text must be given once for each recording, but there are " + references.size()
                            + " for " + recordings);
        }
        exports.check();
    }

    private static BenchmarkInput recorded(
            WhisperSpeedtest library, VoiceRecorder recorder, @Nullable String reference) {
        Path file = VoiceRecorder.newFile(library);
        recorder.record(file);
        return BenchmarkInput.of(file, reference);
    }

    private List<BenchmarkInput> inputs(StandardInput stdin) {
        if (audios.isEmpty()) {
            return List.of(BenchmarkInput.of(EmbeddedModel.demoSample()));
        }
        List<BenchmarkInput> inputs = new ArrayList<>();
        for (int i = 0; i < audios.size(); i++) {
            String reference = references.isEmpty() ? null : ReferenceText.of(references.get(i));
            inputs.add(
                    StandardInput.isMeantBy(audios.get(i))
                            ? standardInput(stdin, reference)
                            : BenchmarkInput.of(audios.get(i), reference));
        }
        return inputs;
    }

    private BenchmarkInput standardInput(StandardInput stdin, @Nullable String reference) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            return new BenchmarkInput(StandardInput.NAME, stdin.file(progress), stdin.format(), reference);
        }
    }

    private int exitCode(BenchmarkReport report) {
        boolean failed = report.failures().stream()
                .anyMatch(result -> result instanceof BenchmarkResult.Failed || !implementations.isEmpty());
        return failed || report.ranking().isEmpty() ? ExitCode.FAILED : ExitCode.OK;
    }
}
