package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.evaluation.TextNormalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A warning about the results.
 *
 * @param kind the kind of warning
 * @param implementation label of the affected candidate, null for all
 * @param message the observation, as a sentence
 */
public record BenchmarkWarning(Kind kind, @Nullable String implementation, String message) {
    private static final Duration SHORT_AUDIO = Duration.ofSeconds(10);
    private static final double SLOW_FIRST_RUN = 2;
    private static final double NOISY_DEVIATION = 0.05;
    private static final double NOISY_SPREAD = 1.5;
    private static final double BUSY_SHARE = 0.1;

    /** Checks for null. */
    public BenchmarkWarning {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(message, "message");
    }

    /** The kinds, each with advice. */
    public enum Kind {
        /** Other programs or other virtual machines used more than a tenth of the CPU time that the timed runs needed. */
        BUSY_MACHINE("The machine was busy", "Repeat the benchmark on an idle machine; the ranking may change."),
        /** The machine does not run at its full speed, or its speed changed. */
        MACHINE("The machine is not in its normal state", "Results may differ from those of its normal state."),
        /** A recording is truncated, damaged, or does not match its header. */
        RECORDING("Recordings have problems", "Transcripts and word error rates cover only the part that was read."),
        /** The audio is short, so the overhead of each call distorts the comparison. */
        SHORT_AUDIO("The audio is short", "Use longer recordings for a fair comparison."),
        /** There is only one timed run. */
        SINGLE_RUN("There is only one timed run", "Use at least three runs to see the variation."),
        /** An implementation did not use the requested device. */
        DEVICE_FALLBACK("The requested device was not used", "Compare it only with results from the same device."),
        /** The first run took more than twice the median. */
        SLOW_FIRST_RUN(
                "The first run took more than twice the median",
                "Expect this time from a program that transcribes one file and exits."),
        /** The standard deviation is above 5 % of the mean, or the longest run took more than 1.5 times the shortest. */
        NOISY_RUNS("The runs vary by more than 5 %", "Close other programs, keep the machine cool, or use more runs."),
        /** The times of an implementation have a trend, so there is no steady state. */
        DRIFT(
                "The times have a trend",
                "The medians describe an average state; compare candidates by their ratios, which come from the same rounds."),
        /** Results of one report come from different models, as far as names and architectures tell. */
        DIFFERENT_MODELS(
                "The rows are not the same model",
                "Compare speed and word error rate only between rows of the same model."),
        /** Implementations produced different transcripts. */
        DIFFERENT_TRANSCRIPTS(
                "Transcripts differ", "Weigh speed against the transcripts and, where known, the word error rate.");

        private final String summary;
        private final String advice;

        Kind(String summary, String advice) {
            this.summary = summary;
            this.advice = advice;
        }

        /** Returns the observation without numbers, for several candidates. */
        String summary() {
            return summary;
        }

        /** Returns the advice, as a sentence. */
        public String advice() {
            return advice;
        }
    }

    /** Returns the advice, as a sentence. */
    public String advice() {
        return kind.advice();
    }

    /** Returns whether it makes the ranking unreliable. */
    boolean affectsRanking() {
        return kind == Kind.BUSY_MACHINE || kind == Kind.MACHINE;
    }

    /** Returns the warnings about a report, those for all implementations first. */
    static List<BenchmarkWarning> of(BenchmarkReport report) {
        List<BenchmarkWarning> warnings = new ArrayList<>();
        for (BenchmarkAudio recording : report.settings().audios()) {
            recording
                    .warnings()
                    .forEach(warning -> warnings.add(
                            new BenchmarkWarning(Kind.RECORDING, null, recording.name() + ": " + warning)));
        }
        List<Measured> ranking = report.ranking();
        if (ranking.isEmpty()) {
            return List.copyOf(warnings);
        }
        addBusyMachine(ranking, warnings);
        MachineLog machine = report.machine();
        if (machine != null) {
            machine.warnings().forEach(warning -> warnings.add(new BenchmarkWarning(Kind.MACHINE, null, warning)));
        }
        Duration audio = report.settings().audioDuration();
        if (audio.compareTo(SHORT_AUDIO) < 0) {
            warnings.add(new BenchmarkWarning(
                    Kind.SHORT_AUDIO, null, "The audio is only " + Quantities.duration(audio) + " long."));
        }
        if (ranking.stream().allMatch(result -> result.runs().size() == 1)) {
            warnings.add(new BenchmarkWarning(Kind.SINGLE_RUN, null, "There is only one timed run."));
        }
        ranking.forEach(result -> addWarnings(report, result, warnings));
        Map<String, List<Measured>> byModel = new LinkedHashMap<>();
        ranking.forEach(result -> byModel.computeIfAbsent(result.candidate().model(), unused -> new ArrayList<>())
                .add(result));
        byModel.forEach((model, rows) -> addDifferences(report, model, rows, warnings));
        return List.copyOf(warnings);
    }

    /** Compares rows that were asked for the same model. Rows of a sweep over models differ by intention. */
    private static void addDifferences(
            BenchmarkReport report, String model, List<Measured> rows, List<BenchmarkWarning> warnings) {
        addDifferentModels(report, rows, warnings);
        if (RandomModel.isName(model)) {
            return;
        }
        for (int i = 0; i < report.settings().audios().size(); i++) {
            addDifferences(report, i, rows, warnings);
        }
    }

    private static void addBusyMachine(List<Measured> ranking, List<BenchmarkWarning> warnings) {
        double wall = 0;
        double needed = 0;
        double contended = 0;
        double others = 0;
        double stolen = 0;
        int cores = 0;
        for (Measured result : ranking) {
            int threads = result.parameters().threads();
            for (int run = 0; run < result.cpu().size(); run++) {
                CpuUsage usage = result.cpu().get(run);
                Duration time = result.runs().get(run);
                cores = usage.cores();
                wall += seconds(time);
                needed += seconds(time) * Math.min(threads, cores);
                contended += seconds(usage.contention(time, threads));
                others += usage.others() == null ? 0 : seconds(usage.others());
                stolen += usage.stolen() == null ? 0 : seconds(usage.stolen());
            }
        }
        if (contended > BUSY_SHARE * needed) {
            warnings.add(new BenchmarkWarning(
                    Kind.BUSY_MACHINE,
                    null,
                    String.format(
                            Locale.ROOT,
                            "The machine was busy: during the timed runs other programs used %.1f of %d cores on average,"
                                    + " and other virtual machines %.1f.",
                            others / wall,
                            cores,
                            stolen / wall)));
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static void addWarnings(BenchmarkReport report, Measured result, List<BenchmarkWarning> warnings) {
        String id = report.label(result);
        Statistics statistics = result.statistics();
        if (Device.fellBack(result.parameters())) {
            warnings.add(new BenchmarkWarning(
                    Kind.DEVICE_FALLBACK,
                    id,
                    id + " ran on " + result.parameters().device() + ", not on the requested "
                            + result.parameters().requestedDevice() + "."));
        }
        if (ratio(result.firstRun(), statistics.median()) > SLOW_FIRST_RUN) {
            warnings.add(new BenchmarkWarning(
                    Kind.SLOW_FIRST_RUN,
                    id,
                    "The first run of " + id + " took " + Quantities.duration(result.firstRun()) + "; the median is "
                            + Quantities.duration(statistics.median()) + "."));
        }
        if (Precision.isDrifting(result.runs())) {
            warnings.add(new BenchmarkWarning(Kind.DRIFT, id, "The times of " + id + " have a trend over the rounds."));
        }
        if (statistics.relativeDeviation() > NOISY_DEVIATION
                || ratio(statistics.max(), statistics.min()) > NOISY_SPREAD) {
            warnings.add(new BenchmarkWarning(
                    Kind.NOISY_RUNS,
                    id,
                    "The runs of " + id + " vary from " + Quantities.duration(statistics.min()) + " to "
                            + Quantities.duration(statistics.max()) + "; the standard deviation is "
                            + Quantities.percent(statistics.relativeDeviation()) + " of the mean."));
        }
    }

    /**
     * Compares names and architectures of the models; formats and quantizations may differ. Different architectures are proof, different
     * names are not.
     */
    private static void addDifferentModels(
            BenchmarkReport report, List<Measured> ranking, List<BenchmarkWarning> warnings) {
        Map<List<String>, List<Measured>> groups = new LinkedHashMap<>();
        for (Measured result : ranking) {
            if (result.model() != null) {
                groups.computeIfAbsent(
                                List.of(
                                        result.model().trainedModel(),
                                        result.parameters().architecture()),
                                unused -> new ArrayList<>())
                        .add(result);
            }
        }
        if (groups.size() < 2) {
            return;
        }
        boolean proven = groups.keySet().stream()
                        .map(group -> group.get(1))
                        .filter(architecture -> !architecture.isEmpty())
                        .distinct()
                        .count()
                > 1;
        String described = groups.entrySet().stream()
                .map(group -> describe(report, group.getKey().get(0), group.getValue()))
                .collect(Collectors.joining("; "));
        warnings.add(new BenchmarkWarning(
                Kind.DIFFERENT_MODELS,
                null,
                (proven ? "The rows are not the same model: " : "The rows may not be the same model: ") + described
                        + "."));
    }

    private static String describe(BenchmarkReport report, String model, List<Measured> results) {
        return results.stream().map(report::label).collect(Collectors.joining(" and ")) + " used " + model
                + " ("
                + results.stream()
                        .map(result -> Objects.requireNonNull(result.model())
                                .weights()
                                .get(0)
                                .describe())
                        .distinct()
                        .collect(Collectors.joining(", "))
                + ")";
    }

    /** Compares by index, because recordings from different directories may have the same name. */
    private static void addDifferences(
            BenchmarkReport report, int index, List<Measured> ranking, List<BenchmarkWarning> warnings) {
        BenchmarkAudio recording = report.settings().audios().get(index);
        TextNormalizer normalizer = TranscriptLanguage.normalizerFor(
                report.settings().transcribe(),
                ranking.stream().map(result -> result.audios().get(index)).toList());
        Map<String, List<String>> idsByText = new LinkedHashMap<>();
        for (Measured result : ranking) {
            String text = result.audios().get(index).text();
            idsByText
                    .computeIfAbsent(normalizer.normalize(text), unused -> new ArrayList<>())
                    .add(report.label(result));
        }
        if (idsByText.size() > 1) {
            String groups = idsByText.values().stream()
                    .map(ids -> String.join(" = ", ids))
                    .collect(Collectors.joining("; "));
            warnings.add(new BenchmarkWarning(
                    Kind.DIFFERENT_TRANSCRIPTS,
                    null,
                    "The transcripts of " + recording.name() + " differ: " + groups + "."));
        }
    }

    private static double ratio(Duration numerator, Duration denominator) {
        return (double) numerator.toNanos() / denominator.toNanos();
    }
}
