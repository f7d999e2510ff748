package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.evaluation.WordErrorRate;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Timings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of one implementation in a benchmark. */
public sealed interface BenchmarkResult {
    /** Returns the id of the implementation. */
    String implementation();

    /** Returns the version of the implementation. */
    String version();

    /**
     * It ran.
     *
     * @param parameters what the model really ran with
     * @param load time to load the model
     * @param firstRun time of the very first run, a warm-up run where there was one
     * @param runs the timed runs in order, each of all recordings; at least one, each longer than zero
     * @param cpu who used the processors in each timed run, empty where that is not known
     * @param audios what it made of each recording
     * @param timings medians over the timed runs of where the time went, null where the engine does not tell
     * @param peakMemoryBytes most memory that its process held at any time, null where that is not known
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
            @Nullable Long peakMemoryBytes)
            implements BenchmarkResult {
        /** Copies the lists. */
        public Measured {
            Objects.requireNonNull(implementation, "implementation");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(parameters, "parameters");
            Objects.requireNonNull(load, "load");
            Objects.requireNonNull(firstRun, "firstRun");
            runs = List.copyOf(runs);
            cpu = List.copyOf(cpu);
            audios = List.copyOf(audios);
            if (runs.isEmpty() || runs.stream().anyMatch(run -> run.isNegative() || run.isZero())) {
                throw new IllegalArgumentException(
                        "runs of '" + implementation + "' must be one or more times above zero, but were " + runs);
            }
            if (!cpu.isEmpty() && cpu.size() != runs.size()) {
                throw new IllegalArgumentException("cpu of '" + implementation + "' must have an entry for each of the "
                        + runs.size() + " runs, but has " + cpu.size());
            }
        }

        /** Returns the statistics of the timed runs. */
        public Statistics statistics() {
            return Statistics.of(runs);
        }

        /** Returns how many processors were used on average over the timed runs, empty where that is not known. */
        public Optional<MeanCores> meanCores() {
            return MeanCores.of(runs, cpu);
        }

        /** Returns the word errors of all recordings with a reference together, empty where there is none. */
        public Optional<WordErrorRate> wordErrorRate() {
            return audios.stream()
                    .map(AudioResult::wordErrorRate)
                    .filter(Objects::nonNull)
                    .reduce(WordErrorRate::plus);
        }
    }

    /**
     * It was tried and failed.
     *
     * @param category what kind of failure it was
     * @param reason what failed
     * @param remedy what the user can do about it, null where the reason says it or nobody knows
     */
    record Failed(
            String implementation,
            String version,
            FailureCategory category,
            String reason,
            @Nullable String remedy) implements BenchmarkResult {
        /** Checks that nothing is null that must not be. */
        public Failed {
            Objects.requireNonNull(implementation, "implementation");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(category, "category");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * It cannot run on this machine and was not tried.
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

    /** Kinds of failure: those of an exception, and two that leave no exception behind. */
    enum FailureCategory {
        /** What was asked for is wrong. */
        USER,
        /** A model is missing, incomplete or damaged. */
        MODEL,
        /** The machine lacks something. */
        ENVIRONMENT,
        /** A fault of this tool or of an engine below it. */
        INTERNAL,
        /** The process ended by itself. */
        CRASHED,
        /** The process was ended because it took too long. */
        TIMED_OUT;

        /** Returns the category of a failure that an exception told of. */
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
