package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Timings;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of one implementation in a benchmark. */
public sealed interface BenchmarkResult {
    /** Returns the id of the implementation. */
    String implementation();

    /** Returns the version of the implementation. */
    String version();

    /**
     * The implementation ran.
     *
     * @param parameters the parameters in effect
     * @param load time to load the model
     * @param firstRun time of the first run, a warm-up run if there was one
     * @param runs the timed runs in order, each of all recordings; at least one, each longer than zero
     * @param cpu the CPU usage during each timed run, empty if unknown
     * @param audios the transcript of each recording
     * @param timings median times of the stages over the timed runs, null if the engine does not report them
     * @param peakMemoryBytes peak memory of its process, null if unknown
     * @param model the files of the model, null in reports of early versions
     * @param options every option of the transcription as it was used, by name; those left to the implementation have the values that it
     *     chose. Empty in reports of early versions
     */
    record Measured(
            String implementation,
            String version,
            EngineParameters parameters,
            Duration load,
            Duration firstRun,
            List<Duration> runs,
            List<CpuUsage> cpu,
            List<AudioResult> audios,
            @Nullable Timings timings,
            @Nullable Long peakMemoryBytes,
            @Nullable ModelProvenance model,
            Map<String, String> options)
            implements BenchmarkResult {
        /** Copies the lists and the map, keeping its order. */
        public Measured {
            Objects.requireNonNull(implementation, "implementation");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(parameters, "parameters");
            Objects.requireNonNull(load, "load");
            Objects.requireNonNull(firstRun, "firstRun");
            runs = List.copyOf(runs);
            cpu = List.copyOf(cpu);
            audios = List.copyOf(audios);
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
            if (runs.isEmpty() || runs.stream().anyMatch(run -> run.isNegative() || run.isZero())) {
                throw new IllegalArgumentException(
                        "'" + implementation + "' must have one or more positive run times, but has " + runs);
            }
            if (!cpu.isEmpty() && cpu.size() != runs.size()) {
                throw new IllegalArgumentException("cpu of '" + implementation + "' must have an entry for each of the "
                        + runs.size() + " runs, but has " + cpu.size());
            }
        }

        /** Creates a result whose model and options are unknown. */
        public Measured(
                String implementation,
                String version,
                EngineParameters parameters,
                Duration load,
                Duration firstRun,
                List<Duration> runs,
                List<CpuUsage> cpu,
                List<AudioResult> audios,
                @Nullable Timings timings,
                @Nullable Long peakMemoryBytes) {
            this(
                    implementation,
                    version,
                    parameters,
                    load,
                    firstRun,
                    runs,
                    cpu,
                    audios,
                    timings,
                    peakMemoryBytes,
                    null,
                    Map.of());
        }

        /** Returns this result with the files of its model and its options. */
        public Measured with(ModelProvenance files, Map<String, String> used) {
            return new Measured(
                    implementation,
                    version,
                    parameters,
                    load,
                    firstRun,
                    runs,
                    cpu,
                    audios,
                    timings,
                    peakMemoryBytes,
                    files,
                    used);
        }

        /** Returns the statistics of the timed runs. */
        public Statistics statistics() {
            return Statistics.of(runs);
        }

        /** Returns the average number of cores in use during the timed runs, empty if unknown. */
        public Optional<MeanCores> meanCores() {
            return MeanCores.of(runs, cpu);
        }

        /** Returns the word error rate over all recordings with a reference in a language that separates words, empty without one. */
        public Optional<ErrorRate> wordErrorRate() {
            return errorRate(ErrorRate.Unit.WORD);
        }

        /** Returns the character error rate over all recordings with a reference in a language that does not separate words, empty without one. */
        public Optional<ErrorRate> characterErrorRate() {
            return errorRate(ErrorRate.Unit.CHARACTER);
        }

        private Optional<ErrorRate> errorRate(ErrorRate.Unit unit) {
            return audios.stream()
                    .map(AudioResult::errorRate)
                    .filter(rate -> rate != null && rate.unit() == unit)
                    .reduce(ErrorRate::plus);
        }
    }

    /**
     * The implementation failed.
     *
     * @param category the category of the failure
     * @param reason the failure
     * @param remedy what the user can do about it, null if unknown or stated in the reason
     */
    record Failed(
            String implementation,
            String version,
            FailureCategory category,
            String reason,
            @Nullable String remedy) implements BenchmarkResult {
        /** Checks for null. */
        public Failed {
            Objects.requireNonNull(implementation, "implementation");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(category, "category");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * The implementation cannot run on this machine.
     *
     * @param problem what is missing or broken, and what the user can do about it
     */
    record Unavailable(String implementation, String version, Problem problem) implements BenchmarkResult {
        /** Checks that nothing is null. */
        public Unavailable {
            Objects.requireNonNull(implementation, "implementation");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(problem, "problem");
        }

        /**
         * Creates the result from its parts.
         *
         * @param reason what is missing or broken
         * @param remedy what the user can do about it
         */
        public Unavailable(String implementation, String version, String reason, String remedy) {
            this(implementation, version, new Problem(reason, remedy));
        }
    }

    /** Categories of failure: those of exceptions, and two without an exception. */
    enum FailureCategory {
        /** The request is invalid or not supported. */
        USER,
        /** A model is missing, incomplete or damaged. */
        MODEL,
        /** The machine lacks a requirement. */
        ENVIRONMENT,
        /** An internal error of this tool or of an engine. */
        INTERNAL,
        /** The process crashed. */
        CRASHED,
        /** The process exceeded the time limit. */
        TIMED_OUT;

        /** Returns the category for the kind of an exception. */
        public static FailureCategory of(ErrorKind kind) {
            return switch (kind) {
                case USER -> USER;
                case MODEL -> MODEL;
                case ENVIRONMENT -> ENVIRONMENT;
                case INTERNAL -> INTERNAL;
            };
        }
    }
}
