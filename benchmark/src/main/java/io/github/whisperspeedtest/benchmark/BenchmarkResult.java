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

/** The result of one candidate in a benchmark. */
public sealed interface BenchmarkResult {
    /** Returns the candidate. */
    Candidate candidate();

    /** Returns the id of the implementation. */
    default String implementation() {
        return candidate().implementation();
    }

    /** Returns the version of the implementation. */
    String version();

    /** Returns the outcome in a few words: {@code measured}, {@code unavailable}, or such as {@code failed: timed out}. */
    default String outcome() {
        return ResultTable.status(this);
    }

    /**
     * The candidate ran.
     *
     * @param parameters the parameters in effect
     * @param times its times
     * @param audios the transcript of each recording
     * @param timings median times of the stages over the timed runs, null if the engine does not report them
     * @param peakMemoryBytes peak memory of its process, null if unknown
     * @param model the files of the model, null in reports of early versions and of a benchmark that did not finish
     * @param options every option of the transcription as it was used, by name; those left to the implementation have the values that it
     *     chose. Empty in reports of early versions
     * @param silentWordsPerMinute words in a minute of silence and noise, null if that was not checked
     */
    record Measured(
            Candidate candidate,
            String version,
            EngineParameters parameters,
            RunTimes times,
            List<AudioResult> audios,
            @Nullable Timings timings,
            @Nullable Long peakMemoryBytes,
            @Nullable ModelProvenance model,
            Map<String, String> options,
            @Nullable Double silentWordsPerMinute)
            implements BenchmarkResult {
        /** Copies the list and the map, keeping its order. */
        public Measured {
            Objects.requireNonNull(candidate, "candidate");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(parameters, "parameters");
            Objects.requireNonNull(times, "times");
            audios = List.copyOf(audios);
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        }

        /** Creates a result without a check of silence. */
        public Measured(
                Candidate candidate,
                String version,
                EngineParameters parameters,
                RunTimes times,
                List<AudioResult> audios,
                @Nullable Timings timings,
                @Nullable Long peakMemoryBytes,
                @Nullable ModelProvenance model,
                Map<String, String> options) {
            this(candidate, version, parameters, times, audios, timings, peakMemoryBytes, model, options, null);
        }

        /** Returns this result with the files of its model and its options. */
        Measured with(ModelProvenance files, Map<String, String> used) {
            return new Measured(
                    candidate,
                    version,
                    parameters,
                    times,
                    audios,
                    timings,
                    peakMemoryBytes,
                    files,
                    used,
                    silentWordsPerMinute);
        }

        /** Returns the time to load the model. */
        public Duration load() {
            return times.load();
        }

        /** Returns the time of the first run, a warm-up run if there was one. */
        public Duration firstRun() {
            return times.firstRun();
        }

        /** Returns the timed runs in order, each of all recordings. */
        public List<Duration> runs() {
            return times.runs();
        }

        /** Returns the CPU usage during each timed run, empty if unknown. */
        public List<CpuUsage> cpu() {
            return times.cpu();
        }

        /** Returns the statistics of the timed runs in the steady state. */
        public Statistics statistics() {
            return Statistics.of(times.steady());
        }

        /** Returns the average number of cores in use during the timed runs, empty if unknown. */
        public Optional<MeanCores> meanCores() {
            return MeanCores.of(runs(), cpu());
        }

        /** Returns the word error rate over all recordings with a reference in a language that separates words, empty without one. */
        public Optional<ErrorRate> wordErrorRate() {
            return errorRate(ErrorRate.Unit.WORD);
        }

        /** Returns the character error rate over all recordings with a reference in a language that does not separate words, empty without one. */
        public Optional<ErrorRate> characterErrorRate() {
            return errorRate(ErrorRate.Unit.CHARACTER);
        }

        /** Returns the word error rate, or the character error rate if there is no word error rate; empty without references. */
        public Optional<ErrorRate> errorRate() {
            return wordErrorRate().or(this::characterErrorRate);
        }

        private Optional<ErrorRate> errorRate(ErrorRate.Unit unit) {
            return audios.stream()
                    .map(AudioResult::errorRate)
                    .filter(rate -> rate != null && rate.unit() == unit)
                    .reduce(ErrorRate::plus);
        }
    }

    /**
     * The candidate failed.
     *
     * @param category the category of the failure
     * @param reason the failure
     * @param remedy what the user can do about it, null if unknown or stated in the reason
     */
    record Failed(
            Candidate candidate,
            String version,
            FailureCategory category,
            String reason,
            @Nullable String remedy) implements BenchmarkResult {
        /** Checks for null. */
        public Failed {
            Objects.requireNonNull(candidate, "candidate");
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
    record Unavailable(Candidate candidate, String version, Problem problem) implements BenchmarkResult {
        /** Checks that nothing is null. */
        public Unavailable {
            Objects.requireNonNull(candidate, "candidate");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(problem, "problem");
        }

        /**
         * Creates the result from its parts.
         *
         * @param reason what is missing or broken
         * @param remedy what the user can do about it
         */
        public Unavailable(Candidate candidate, String version, String reason, String remedy) {
            this(candidate, version, new Problem(reason, remedy));
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
