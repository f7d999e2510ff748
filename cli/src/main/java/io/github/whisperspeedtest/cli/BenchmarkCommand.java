package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.BenchmarkInput;
import io.github.whisperspeedtest.benchmark.BenchmarkListener;
import io.github.whisperspeedtest.benchmark.BenchmarkPlan;
import io.github.whisperspeedtest.benchmark.BenchmarkProgress;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult;
import io.github.whisperspeedtest.benchmark.BenchmarkRunner;
import io.github.whisperspeedtest.benchmark.CsvReport;
import io.github.whisperspeedtest.benchmark.DatasetSettings;
import io.github.whisperspeedtest.benchmark.HumanReport;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.benchmark.MarkdownReport;
import io.github.whisperspeedtest.benchmark.Repetition;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.registry.DiscoveryProblem;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
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

    private static final int INDENT = 4;

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
    private DatasetOptions dataset;

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
            names = {"-n", "--runs"},
            order = 5,
            paramLabel = "N",
            defaultValue = "3",
            description = "Number of timed runs (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of untimed warm-up runs (default: ${DEFAULT-VALUE}).")
    private int warmupRuns;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            description = "Time limit for each implementation (default: none).")
    private @Nullable Integer timeLimit;

    @Option(
            names = "--repeat",
            paramLabel = "FILE",
            description =
                    "Repeat the benchmark of a JSON results file and report what differs; -a gives the recordings if they moved.")
    private @Nullable Path repeat;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", paramLabel = "FILE", description = "Write the results as JSON; - for standard output.")
    private @Nullable String json;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--csv", paramLabel = "FILE", description = "Write the results as CSV; - for standard output.")
    private @Nullable String csv;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Write the results as a Markdown table; - for standard output.")
    private @Nullable String markdown;

    BenchmarkCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        check();
        try (StandardInput stdin = input.open(terminal, audios)) {
            return measure(stdin);
        }
    }

    private int measure(StandardInput stdin) {
        WhisperSpeedtest library = common.library();
        for (DiscoveryProblem problem : library.registry().problems()) {
            terminal.err().println("warning: " + problem.describe());
        }
        if (repeat == null) {
            DatasetOptions.Chosen chosen = dataset.choose(terminal.err());
            return chosen == null
                    ? run(library, inputs(stdin), null)
                    : run(library, chosen.inputs(), chosen.settings());
        }
        return repeat(
                library,
                RepeatedBenchmark.of(library, Settings.ofProcess().paths().expand(repeat.toString()), audios));
    }

    /** Measures one model after the other. */
    private int run(WhisperSpeedtest library, List<BenchmarkInput> inputs, @Nullable DatasetSettings source) {
        List<String> models = engine.models();
        boolean printed = exports(null).stream().anyMatch(Export::toStandardOutput);
        if (models.size() > 1 && printed) {
            throw new ParameterException(
                    spec.commandLine(), "The results of several models cannot go to standard output; name a file");
        }
        // A typing error in the last name must not appear after the first measurement.
        for (String model : models) {
            if (models.size() > 1 && !RandomModel.isName(model)) {
                library.models().resolve(library.implementations(), model);
            }
        }
        List<Integer> codes = new ArrayList<>();
        for (String model : models) {
            codes.add(run(library, inputs, source, model, models.size() > 1));
        }
        return ExitCode.ofAll(codes);
    }

    private int run(
            WhisperSpeedtest library,
            List<BenchmarkInput> inputs,
            @Nullable DatasetSettings source,
            String model,
            boolean several) {
        List<String> ids = implementations.isEmpty()
                ? library.implementations().stream().map(Implementation::id).toList()
                : implementations.stream().map(String::strip).distinct().toList();
        if (ids.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "There is no implementation on the class path. Put the jar of a backend into plugins/.");
        }
        boolean random = RandomModel.isName(model);
        BenchmarkModels models = new BenchmarkModels(terminal, library, model);
        if (!random) {
            int downloaded = models.complete(
                    ids, engine.download(), engine.convert(), !implementations.isEmpty(), common.debug());
            if (downloaded != ExitCode.OK && models.usable().isEmpty()) {
                return downloaded;
            }
            ids = models.usable();
        }
        BenchmarkPlan plan = new BenchmarkPlan(
                ids,
                model,
                inputs,
                runs,
                warmupRuns,
                engine.loadOptions(),
                decoding.transcribeOptions(random ? ONCE : null),
                timeLimit(),
                models.converted());
        int code = run(library, plan, source, random ? ids : List.of(), several, null);
        return models.leftAny() ? ExitCode.FAILED : code;
    }

    /** Runs the implementations of a file; those whose files are not where the file says look for the model by its name. */
    private int repeat(WhisperSpeedtest library, RepeatedBenchmark repeated) {
        Repetition repetition = repeated.repetition();
        boolean random = RandomModel.isName(repetition.model());
        List<String> unpinned = repetition.unpinned();
        if (!random && !unpinned.isEmpty()) {
            int downloaded = new BenchmarkModels(terminal, library, repetition.model())
                    .complete(unpinned, engine.download(), engine.convert(), true, common.debug());
            if (downloaded != ExitCode.OK) {
                return downloaded;
            }
        }
        return run(
                library,
                repetition.plan(timeLimit()),
                repetition.dataset(),
                random ? unpinned : List.of(),
                false,
                repeated);
    }

    private int run(
            WhisperSpeedtest library,
            BenchmarkPlan plan,
            @Nullable DatasetSettings source,
            List<String> generated,
            boolean several,
            @Nullable RepeatedBenchmark repeated) {
        try (ProgressLine progress = new ProgressLine(terminal)) {
            writeRandom(library, plan.model(), generated, progress);
            Listener listener = new Listener(
                    progress,
                    new ResultsDirectory(library.home().data().resolve("results")),
                    plan,
                    source,
                    exports(several ? plan.model() : null));
            terminal.onInterrupt(listener::interruptSummary);
            if (repeated != null) {
                String differences = repeated.before(progress);
                progress.clear();
                listener.printAlways(differences);
            }
            BenchmarkReport report =
                    new BenchmarkRunner(library).run(plan, listener).with(source);
            listener.finish(report);
            if (repeated != null) {
                listener.printAlways(repeated.after(report));
            }
            return listener.lostAnExport() ? ExitCode.FAILED : exitCode(report);
        }
    }

    private @Nullable Duration timeLimit() {
        return timeLimit == null ? null : Duration.ofSeconds(timeLimit);
    }

    /** Writes the models first, because a large one takes minutes; a failure becomes a row of the report. */
    private void writeRandom(WhisperSpeedtest library, String model, List<String> ids, ProgressLine progress) {
        ModelStore store = library.models();
        for (String id : ids) {
            progress.show("writing " + model + " for " + id);
            try {
                store.filesOf(library.registry().require(id), model);
            } catch (WhisperSpeedtestException e) {
                LOG.debug("Cannot write {} for {}", model, id, e);
            }
        }
    }

    private void check() {
        if (repeat != null) {
            RepeatedBenchmark.check(spec);
        }
        if (runs < 1 || warmupRuns < 0 || timeLimit != null && timeLimit < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--runs and --time-limit must be at least 1, --warmup at least 0");
        }
        dataset.check(!audios.isEmpty(), !references.isEmpty());
        if (!references.isEmpty() && references.size() != audios.size()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--reference-text must be given once for each --audio, but there are " + references.size() + " for "
                            + audios.size());
        }
        long onStandardOutput =
                exports(null).stream().filter(Export::toStandardOutput).count();
        if (onStandardOutput > 1) {
            throw new ParameterException(
                    spec.commandLine(), "Only one of --json, --csv and --markdown can go to standard output");
        }
        exports(null).stream().filter(export -> !export.toStandardOutput()).forEach(this::checkPlace);
    }

    /** Runs before any measurement, so that a typing error does not cost the results. */
    private void checkPlace(Export export) {
        Path file = Path.of(export.target()).toAbsolutePath();
        Path directory = file.getParent();
        String problem = null;
        try {
            if (Files.readAttributes(file, BasicFileAttributes.class).isDirectory()) {
                problem = "it is a directory";
            } else if (!Files.isWritable(file)) {
                problem = "permission denied";
            }
        } catch (NoSuchFileException e) {
            if (directory == null || !Files.isDirectory(directory)) {
                problem = "there is no directory " + directory;
            } else if (!Files.isWritable(directory)) {
                problem = "permission denied in " + directory;
            }
        } catch (IOException e) {
            problem = DiskErrors.reason(e);
        }
        if (problem != null) {
            throw new ParameterException(
                    spec.commandLine(), "Cannot write " + export.target() + " (" + export.option() + "): " + problem);
        }
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

    /**
     * Returns the requested exports.
     *
     * @param model a model whose name is added to the names of files, null for none
     */
    private List<Export> exports(@Nullable String model) {
        List<Export> exports = new ArrayList<>();
        if (json != null) {
            exports.add(new Export("--json", target(json, model), JsonReport::render));
        }
        if (csv != null) {
            exports.add(new Export("--csv", target(csv, model), CsvReport::render));
        }
        if (markdown != null) {
            exports.add(new Export("--markdown", target(markdown, model), MarkdownReport::render));
        }
        return exports;
    }

    private static String target(String file, @Nullable String model) {
        if (model == null) {
            return file;
        }
        int dot = file.lastIndexOf('.');
        int stem = dot > file.replace('\\', '/').lastIndexOf('/') + 1 ? dot : file.length();
        return file.substring(0, stem) + "-" + EngineOptions.inFileName(model) + file.substring(stem);
    }

    /**
     * A requested export of the results.
     *
     * @param option the option that requests it
     * @param target a file name, or - for standard output
     * @param format renders a report
     */
    private record Export(String option, String target, Function<BenchmarkReport, String> format) {
        boolean toStandardOutput() {
            return target.equals("-");
        }
    }

    /** Prints and saves results as they arrive. */
    private final class Listener implements BenchmarkListener {
        private final ProgressLine progress;
        private final ResultsDirectory resultsDirectory;
        private final @Nullable DatasetSettings source;
        private final int count;
        private final int runs;
        private final HumanReport human = new HumanReport(
                !terminal.unicode(), terminal.colorOut(), terminal.columns(), terminal.lineColumns(), common.verbose());
        private final List<Export> exports;
        private final boolean quiet;
        private volatile int done;
        private boolean exported = true;
        private boolean keep = true;
        private volatile @Nullable Path saved;

        Listener(
                ProgressLine progress,
                ResultsDirectory resultsDirectory,
                BenchmarkPlan plan,
                @Nullable DatasetSettings source,
                List<Export> exports) {
            this.source = source;
            this.exports = exports;
            this.quiet = exports.stream().anyMatch(Export::toStandardOutput);
            this.progress = progress;
            this.resultsDirectory = resultsDirectory;
            this.count = plan.implementations().size();
            this.runs = plan.runs();
        }

        @Override
        public void onStart(BenchmarkReport report) {
            print(human.header(report.with(source)));
        }

        @Override
        public void onProgress(String implementation, BenchmarkProgress step) {
            String stage = switch (step.stage()) {
                case LOAD -> "loading the model";
                case WARM_UP -> "warming up";
                case RUN -> "run " + step.number() + " of " + runs;
                case HASH -> "hashing the model: " + step.number() + " %";
            };
            progress.show("[" + (done + 1) + "/" + count + "] " + implementation + ": " + stage);
        }

        @Override
        public void onResult(BenchmarkReport measured) {
            BenchmarkReport report = measured.with(source);
            progress.clear();
            print(human.result(report, report.results().get(report.results().size() - 1)));
            save(report);
            done = report.results().size();
        }

        void finish(BenchmarkReport report) {
            progress.clear();
            print(human.conclusion(report));
            for (Export export : exports) {
                if (export.toStandardOutput()) {
                    terminal.out().print(export.format().apply(report));
                    terminal.out().flush();
                }
            }
            if (saved != null) {
                terminal.err().println("Results saved to " + saved);
            }
        }

        String interruptSummary() {
            Path file = saved;
            return "interrupted; " + done + " of " + count + " implementations measured"
                    + (done == 0 || file == null ? "" : ", results saved to " + file);
        }

        /** Returns whether a requested file lacks the final results. */
        boolean lostAnExport() {
            return !exported;
        }

        private void print(String text) {
            if (!quiet) {
                terminal.out().println(text);
            }
        }

        /** Prints on standard error if standard output is for an export. */
        void printAlways(String text) {
            PrintWriter target = quiet ? terminal.err() : terminal.out();
            text.lines().forEach(line -> target.println(TerminalText.wrap(line, terminal.lineColumns(), INDENT)));
            target.println();
        }

        /** Saves after each implementation, so that an interrupt loses nothing. */
        private void save(BenchmarkReport report) {
            exported = true;
            for (Export export : exports) {
                if (!export.toStandardOutput()) {
                    exported &= write(
                            Settings.ofProcess().paths().expand(export.target()),
                            export.format().apply(report));
                }
            }
            if (keep) {
                keep = saveForLater(report);
            }
        }

        private boolean saveForLater(BenchmarkReport report) {
            Path file = saved;
            try {
                if (file == null) {
                    file = resultsDirectory.claim(report.startedAt());
                    saved = file;
                }
            } catch (IOException e) {
                warnOfLost(resultsDirectory.directory(), e);
                return false;
            }
            if (write(file, JsonReport.render(report))) {
                return true;
            }
            saved = null;
            return false;
        }

        /** A failure is a warning: a full disk must not stop the measurements. */
        private boolean write(Path file, String content) {
            try {
                AtomicFiles.write(file, content.getBytes(StandardCharsets.UTF_8));
                return true;
            } catch (IOException e) {
                warnOfLost(file, e);
                return false;
            }
        }

        private void warnOfLost(Path file, IOException e) {
            terminal.err().println("warning: cannot write " + file + ": " + DiskErrors.reason(e));
        }
    }
}
