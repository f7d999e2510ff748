package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.statistics.IndependentRatio;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.spi.LoadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A report compared with an earlier one, candidate by candidate. Candidates are matched by their names.
 *
 * <p>Only candidates that had the same task are compared: the same weights, recordings and options. The machine and the versions of the software
 * may differ, because they may be what the comparison is about; they are in the notes.
 *
 * @param notes differences of machines and software, and conditions that make times unreliable, as lines of text
 * @param changes one for each candidate, in the order of the baseline, then those that only the later report has
 */
public record BaselineComparison(List<String> notes, List<Change> changes) {
    /** Copies the lists. */
    public BaselineComparison {
        notes = List.copyOf(notes);
        changes = List.copyOf(changes);
    }

    /**
     * The change of one candidate.
     *
     * @param candidate its name
     * @param baseline its earlier result, null if there is none
     * @param current its later result, null if there is none
     * @param obstacles why its results cannot be compared, such as {@code other weights: …}; empty if they can, or if one is missing
     * @param notes differences in how it ran, such as another device
     * @param time its later time as a multiple of the earlier one, null if they cannot be compared
     * @param errors its later minus its earlier word error rate, 0.01 for one percentage point; null if they cannot be compared or are unknown
     */
    public record Change(
            String candidate,
            @Nullable BenchmarkResult baseline,
            @Nullable BenchmarkResult current,
            List<String> obstacles,
            List<String> notes,
            @Nullable IndependentRatio time,
            @Nullable Double errors) {
        /** Copies the lists. */
        public Change {
            Objects.requireNonNull(candidate, "candidate");
            obstacles = List.copyOf(obstacles);
            notes = List.copyOf(notes);
        }

        /** Returns whether the candidate ran in the baseline, and later failed or was not measured. */
        public boolean isLost() {
            return baseline instanceof Measured && !(current instanceof Measured);
        }

        /**
         * Returns the change of the time, such as {@code slower by 12 % (95 %: 9 % to 15 %)}; empty if it is unknown. Percentages are of the
         * time of the baseline.
         */
        public String describeTime() {
            if (time == null) {
                return "";
            }
            double change = time.ratio() - 1;
            String estimate = (change < 0 ? "faster by " : "slower by ") + Quantities.percent(Math.abs(change));
            if (!time.isKnown()) {
                return estimate + " (too few runs for an interval)";
            }
            double low = time.low() - 1;
            double high = time.high() - 1;
            if (!time.isDifferent()) {
                return "no clear difference (95 %: " + signed(low) + " to " + signed(high) + ")";
            }
            return estimate + " (95 %: " + Quantities.percent(Math.min(Math.abs(low), Math.abs(high))) + " to "
                    + Quantities.percent(Math.max(Math.abs(low), Math.abs(high))) + ")";
        }

        static String signed(double change) {
            return Quantities.percent(Math.abs(change)) + (change < 0 ? " faster" : " slower");
        }

        /** Returns the change of the word error rate, such as {@code 0.50 points more errors}; empty if it is unknown. */
        public String describeErrors() {
            if (errors == null) {
                return "";
            }
            String points = Quantities.hundredths(Math.abs(errors) * 100) + " points";
            return errors == 0 ? "no difference" : points + (errors > 0 ? " more errors" : " fewer errors");
        }
    }

    /** Compares a report with an earlier one, the baseline. */
    public static BaselineComparison of(BenchmarkReport baseline, BenchmarkReport current) {
        List<String> notes =
                new ArrayList<>(ReportDifferences.ofEnvironment(baseline.environment(), current.environment()));
        addUnreliable("baseline", baseline, notes);
        addUnreliable("current", current, notes);
        List<Change> changes = new ArrayList<>();
        for (BenchmarkResult before : baseline.results()) {
            String name = before.candidate().name();
            changes.add(change(baseline, before, current, current.result(name)));
        }
        for (BenchmarkResult after : current.results()) {
            String name = after.candidate().name();
            if (baseline.result(name).isEmpty()) {
                changes.add(new Change(name, null, after, List.of(), List.of(), null, null));
            }
        }
        return new BaselineComparison(notes, changes);
    }

    private static void addUnreliable(String which, BenchmarkReport report, List<String> notes) {
        report.warnings().stream()
                .filter(BenchmarkWarning::affectsRanking)
                .forEach(warning -> notes.add(which + ": " + warning.message()));
    }

    private static Change change(
            BenchmarkReport baseline,
            BenchmarkResult before,
            BenchmarkReport current,
            Optional<BenchmarkResult> found) {
        String name = before.candidate().name();
        BenchmarkResult after = found.orElse(null);
        if (!(before instanceof Measured then) || !(after instanceof Measured now)) {
            return new Change(name, before, after, List.of(), List.of(), null, null);
        }
        List<String> obstacles = obstacles(baseline, then, current, now);
        List<String> notes = ReportDifferences.ofParameters(name, then.parameters(), now.parameters());
        if (!obstacles.isEmpty()) {
            return new Change(name, before, after, obstacles, notes, null, null);
        }
        IndependentRatio time = IndependentRatio.of(
                Precision.seconds(now.times().steady()),
                Precision.seconds(then.times().steady()),
                Standings.LEVEL,
                current.settings().rounds().seed());
        return new Change(name, before, after, List.of(), notes, time, errors(baseline, then, current, now));
    }

    private static List<String> obstacles(
            BenchmarkReport baseline, Measured then, BenchmarkReport current, Measured now) {
        List<String> obstacles = new ArrayList<>();
        if (!sameRecordings(baseline.settings(), current.settings())) {
            obstacles.add("other recordings: " + baseline.settings().describeRecordings() + ", now "
                    + current.settings().describeRecordings());
        }
        ModelProvenance before = then.model();
        ModelProvenance after = now.model();
        if (before != null && after != null && !before.weightsHash().equals(after.weightsHash())) {
            obstacles.add("other weights: " + before.describe() + ", now " + after.describe());
        }
        List<String> options = differentOptions(then.candidate(), now.candidate());
        if (!options.isEmpty()) {
            obstacles.add("other options: " + String.join(", ", options));
        }
        return obstacles;
    }

    /** Early reports have no hashes; there the names decide. */
    private static boolean sameRecordings(BenchmarkSettings then, BenchmarkSettings now) {
        if (then.audios().size() != now.audios().size()) {
            return false;
        }
        for (int i = 0; i < then.audios().size(); i++) {
            BenchmarkAudio before = then.audios().get(i);
            BenchmarkAudio after = now.audios().get(i);
            String hashBefore = before.source() == null ? null : before.source().sha256();
            String hashAfter = after.source() == null ? null : after.source().sha256();
            boolean same = hashBefore == null || hashAfter == null
                    ? before.name().equals(after.name())
                    : hashBefore.equals(hashAfter);
            if (!same || !before.duration().equals(after.duration())) {
                return false;
            }
        }
        return true;
    }

    private static List<String> differentOptions(Candidate then, Candidate now) {
        Map<String, String> before = options(then);
        Map<String, String> after = options(now);
        List<String> different = new ArrayList<>();
        before.forEach((name, value) -> {
            String other = after.get(name);
            if (!value.equals(other)) {
                different.add(name + " " + value + ", now " + (other == null ? "none" : other));
            }
        });
        after.forEach((name, value) -> {
            if (!before.containsKey(name)) {
                different.add(name + " none, now " + value);
            }
        });
        if (different.isEmpty()
                && then.transcribe() != null
                && now.transcribe() != null
                && !then.transcribe().equals(now.transcribe())) {
            different.add("decoding");
        }
        return different;
    }

    private static Map<String, String> options(Candidate candidate) {
        LoadOptions load = candidate.load();
        Map<String, String> options = new TreeMap<>(load.engineOptions());
        options.put("device", load.device());
        options.put("compute type", load.computeType());
        options.put("threads", String.valueOf(load.threads()));
        return options;
    }

    private static @Nullable Double errors(
            BenchmarkReport baseline, Measured then, BenchmarkReport current, Measured now) {
        boolean sameTexts = references(baseline).equals(references(current));
        Optional<Double> before = then.errorRate().map(ErrorRate::rate);
        Optional<Double> after = now.errorRate().map(ErrorRate::rate);
        return sameTexts && before.isPresent() && after.isPresent() ? Double.valueOf(after.get() - before.get()) : null;
    }

    private static List<Optional<String>> references(BenchmarkReport report) {
        return report.settings().audios().stream()
                .map(audio -> Optional.ofNullable(audio.reference()))
                .toList();
    }
}
