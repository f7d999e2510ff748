package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.program.SearchPath;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spark.BatchFormat;
import io.github.whisperspeedtest.spark.SparkBatch;
import io.github.whisperspeedtest.spark.SparkOptions;
import io.github.whisperspeedtest.spi.LoadOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Transcribes many recordings on Apache Spark.
 *
 * <p>This program does not contain Spark. Where its classes are missing, the command runs as an application of the user's Spark.
 */
@Command(
        name = SparkCommand.NAME,
        description = "Transcribe many recordings on Apache Spark: on this machine, or on a cluster.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest spark recordings/ -i faster -m base -o transcripts",
            "  whisper-speedtest spark 'calls/*/*.wav' -m small --format srt -o subtitles",
            "  whisper-speedtest spark s3a://bucket/calls -i faster -m small --download \\",
            "    -o s3a://bucket/transcripts --master spark://host:7077"
        })
final class SparkCommand implements Callable<Integer> {
    /** The name of the command. */
    static final String NAME = "spark";

    private static final String MASTER = "--master";
    private static final String CONF = "--conf";
    private static final String MASTER_KEY = "spark.master";
    private static final String LOCAL = "local[*]";
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int SECONDS_PER_HOUR = 3600;
    private static final double NANOS = 1e9;

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private ImplementationOption implementation;

    @Mixin
    private DecodingOptions decoding;

    @Parameters(
            paramLabel = "INPUT",
            arity = "1..*",
            description = "Recordings, directories of them, or globs, on any file system that Spark knows.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            order = 4,
            paramLabel = "DIR",
            required = true,
            description =
                    "Directory of the results, on any file system that Spark knows. Recordings already transcribed there are skipped.")
    private String output;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = {"-f", "--format"},
            order = 1,
            paramLabel = "FORMAT",
            completionCandidates = Completions.BatchFormats.class,
            defaultValue = "parquet",
            description =
                    "Tables: parquet or jsonl; or one file per recording: txt, srt, vtt, tsv or json (default: ${DEFAULT-VALUE}).")
    private String format;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", order = 2, description = "Print the summary as JSON.")
    private boolean json;

    @OptionGroup.In(OptionGroup.SPARK)
    @Option(
            names = MASTER,
            order = 1,
            paramLabel = "URL",
            description = "Cluster: spark://HOST:PORT, yarn, k8s://URL or local[N] (default: " + LOCAL + ").")
    private @Nullable String master;

    @OptionGroup.In(OptionGroup.SPARK)
    @Option(names = CONF, order = 2, paramLabel = "KEY=VALUE", description = "Setting of Spark, repeatable.")
    private List<String> configuration = new ArrayList<>();

    @OptionGroup.In(OptionGroup.SPARK)
    @Option(
            names = "--workers",
            order = 3,
            paramLabel = "N",
            defaultValue = "1",
            description = "Parallel transcriber processes per executor (default: ${DEFAULT-VALUE}).")
    private int workers;

    @OptionGroup.In(OptionGroup.SPARK)
    @Option(
            names = "--batch",
            order = 4,
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Recordings that a process transcribes in one batch, where the engine can (default: ${DEFAULT-VALUE}).")
    private int batch;

    @OptionGroup.In(OptionGroup.SPARK)
    @Option(
            names = "--piece-length",
            order = 5,
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = TimeSpan.Converter.class,
            description = "Length of the pieces of long recordings, 2m to 30m (default: ${DEFAULT-VALUE}).")
    private TimeSpan pieceLength;

    @OptionGroup.In(OptionGroup.SPARK)
    @Option(
            names = "--task-length",
            order = 6,
            paramLabel = "TIME",
            defaultValue = "15m",
            converter = TimeSpan.Converter.class,
            description = "Audio per task, such as 90s, 15m or 1h (default: ${DEFAULT-VALUE}).")
    private TimeSpan taskLength;

    @OptionGroup.In(OptionGroup.SPARK)
    @Option(
            names = "--time-limit",
            order = 7,
            paramLabel = "TIME",
            defaultValue = "2h",
            converter = TimeSpan.Converter.class,
            description = "Longest time to transcribe one recording or piece (default: ${DEFAULT-VALUE}).")
    private TimeSpan timeLimit;

    @OptionGroup.In(OptionGroup.SPARK)
    @Option(
            names = "--executor-home",
            order = 8,
            paramLabel = "DIR",
            description = "Tool home on the executors (default: that of their user).")
    private @Nullable String executorHome;

    SparkCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (isSparkHere()) {
            if (master != null || !configuration.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        MASTER + " and " + CONF + " belong to spark-submit here; put them before the application");
            }
            return run(request());
        }
        SparkLaunch launch = new SparkLaunch(master(), configuration, !common.verbose());
        // Wrong options are reported before Spark has started, which takes seconds.
        request();
        Settings settings = Settings.ofProcess();
        SparkInstallation spark = SparkInstallation.find(settings, SearchPath.ofProcess());
        terminal.onInterrupt(() -> "");
        terminal.graceAfterInterrupt(SparkLaunch.END);
        return launch.run(
                spark,
                settings,
                arguments(spec.root().commandLine().getParseResult().expandedArgs()));
    }

    private static boolean isSparkHere() {
        try {
            Class.forName("org.apache.spark.SparkContext", false, SparkCommand.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private String master() {
        String configured = null;
        for (String entry : configuration) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw new ParameterException(spec.commandLine(), CONF + " must be KEY=VALUE, but is '" + entry + "'");
            }
            if (entry.substring(0, equals).equals(MASTER_KEY)) {
                configured = entry.substring(equals + 1);
            }
        }
        if (master != null) {
            return master;
        }
        return configured == null ? LOCAL : configured;
    }

    /** Returns the arguments of the command without those for {@code spark-submit}. */
    static List<String> arguments(List<String> all) {
        List<String> kept = new ArrayList<>();
        boolean options = true;
        for (int i = all.indexOf(NAME) + 1; i < all.size(); i++) {
            String argument = all.get(i);
            options &= !argument.equals("--");
            if (options && (argument.equals(MASTER) || argument.equals(CONF))) {
                i++;
            } else if (!options || !argument.startsWith(MASTER + "=") && !argument.startsWith(CONF + "=")) {
                kept.add(argument);
            }
        }
        return kept;
    }

    private SparkBatch.Request request() {
        List<String> models = engine.models();
        if (models.size() != 1) {
            throw new ParameterException(spec.commandLine(), "spark takes one model with -m");
        }
        if (engine.convert()) {
            throw new ParameterException(
                    spec.commandLine(), "executors do not convert models; use 'whisper-speedtest convert' before");
        }
        BatchFormat wanted = BatchFormat.parse(format);
        LoadOptions load = engine.loadOptions();
        String model = models.get(0);
        try {
            SparkOptions.Builder options = SparkOptions.builder(
                            implementation.choose(common.library(), model).id(), model)
                    .device(load.device())
                    .computeType(load.computeType())
                    .threads(engine.hasThreads() ? load.threads() : SparkOptions.TASK_CPUS)
                    .engineOptions(load.engineOptions())
                    .transcribe(decoding.transcribeOptions())
                    .workers(workers)
                    .batch(batch)
                    .pieceLength(pieceLength.duration())
                    .taskLength(taskLength.duration())
                    .timeLimit(timeLimit.duration())
                    .download(engine.download())
                    .home(executorHome)
                    .properties(common.properties());
            return new SparkBatch.Request(inputs, output, wanted, options.build());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int run(SparkBatch.Request request) {
        TranscribeCommand.noteDemoModel(terminal, request.options().model());
        long start = System.nanoTime();
        AtomicReference<SparkBatch.@Nullable State> last = new AtomicReference<>();
        terminal.onInterrupt(() -> interruptSummary(last.get()));
        SparkBatch.Summary summary;
        try (ProgressLine progress = new ProgressLine(terminal)) {
            progress.show("starting Spark");
            summary = SparkBatch.run(request, state -> {
                last.set(state);
                progress.show(progress(state, System.nanoTime() - start));
            });
        } catch (Exception e) {
            // Spark throws checked exceptions that none of its methods declare.
            throw ofSpark(e);
        }
        print(summary, request);
        return summary.failed() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Returns the failure of this library that made a job fail, or else what Spark says in its first line. */
    private static WhisperSpeedtestException ofSpark(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof WhisperSpeedtestException known) {
                return known;
            }
        }
        return new WhisperSpeedtestException(ErrorKind.INTERNAL, message(failure), failure);
    }

    /** Returns the first line of a failure's message, as a sentence, and what to do. */
    static String message(Throwable failure) {
        String message = failure.getMessage();
        String line =
                message == null ? "" : message.lines().findFirst().orElse("").strip();
        String sentence = failure.getClass().getSimpleName() + (line.isEmpty() ? "" : ": " + line);
        return sentence + (sentence.endsWith(".") ? "" : ".") + " Run again with --debug for the stack trace.";
    }

    private static String progress(SparkBatch.State state, long nanos) {
        return String.format(
                Locale.ROOT,
                "%d done, %d failed; %s of about %s, %.1f times real time",
                state.ended(),
                state.failed(),
                length(state.audioSeconds()),
                length(state.expectedSeconds()),
                state.audioSeconds() / (nanos / NANOS));
    }

    private static String interruptSummary(SparkBatch.@Nullable State state) {
        return state == null
                ? "interrupted"
                : "interrupted; " + length(state.audioSeconds())
                        + " of audio transcribed. The same command transcribes what is missing.";
    }

    /** Returns a length of audio in the unit that suits it. */
    private static String length(double seconds) {
        if (seconds < SECONDS_PER_MINUTE) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        return seconds < SECONDS_PER_HOUR
                ? String.format(Locale.ROOT, "%.1f min", seconds / SECONDS_PER_MINUTE)
                : String.format(Locale.ROOT, "%.1f h", seconds / SECONDS_PER_HOUR);
    }

    private void print(SparkBatch.Summary summary, SparkBatch.Request request) {
        double seconds = seconds(summary.took());
        if (json) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("output", output);
            node.put("recordings", summary.recordings());
            node.put("transcribed", summary.transcribed());
            node.put("already_there", earlier(summary));
            node.put("failed", summary.failed());
            node.put("audio_seconds", summary.audioSeconds());
            node.put("seconds", seconds);
            terminal.out().println(node.toPrettyString());
        } else {
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%d recordings: %d transcribed into %s, %d already there, %d failed",
                            summary.recordings(),
                            summary.transcribed(),
                            output,
                            earlier(summary),
                            summary.failed()));
            if (summary.audioSeconds() > 0) {
                terminal.out()
                        .println(String.format(
                                Locale.ROOT,
                                "%s of audio in %.1f s (%.1f times real time)",
                                length(summary.audioSeconds()),
                                seconds,
                                summary.audioSeconds() / seconds));
            }
        }
        if (summary.failed() > 0) {
            terminal.err()
                    .println("warning: " + summary.failed() + " failed; see the column 'error' in "
                            + request.failures());
        }
    }

    /** Returns the recordings that an earlier run transcribed. */
    private static long earlier(SparkBatch.Summary summary) {
        return summary.recordings() - summary.transcribed() - summary.failed();
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS;
    }
}
