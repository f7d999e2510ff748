package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a benchmark.
 *
 * @param candidates what to measure, in order, each with its own name and with options of the transcription
 * @param inputs the recordings, at least one
 * @param dataset where the recordings come from, null if they were named one by one
 * @param rounds how many rounds to measure
 * @param timeLimit the time limit for each candidate, null for none
 * @param silenceCheck whether to count what each candidate writes where nobody speaks
 * @param pinned files by name of the candidate, for those that must not look for the model by its name
 */
public record BenchmarkPlan(
        List<Candidate> candidates,
        List<BenchmarkInput> inputs,
        @Nullable DatasetSettings dataset,
        Rounds rounds,
        @Nullable Duration timeLimit,
        boolean silenceCheck,
        Map<String, ModelFiles> pinned) {
    /** Copies the lists and the map, and checks the values. */
    public BenchmarkPlan {
        candidates = List.copyOf(candidates);
        inputs = List.copyOf(inputs);
        pinned = Map.copyOf(pinned);
        Objects.requireNonNull(rounds, "rounds");
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("a benchmark needs at least one candidate");
        }
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("a benchmark needs at least one recording");
        }
        if (timeLimit != null && (timeLimit.isNegative() || timeLimit.isZero())) {
            throw new IllegalArgumentException("timeLimit must be positive, but was " + timeLimit);
        }
        List<String> names = candidates.stream().map(Candidate::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("the candidates must have different names, but are " + names);
        }
        if (candidates.stream().anyMatch(candidate -> candidate.transcribe() == null)) {
            throw new IllegalArgumentException("every candidate needs options of the transcription");
        }
    }

    /** Creates a plan without a check of silence. */
    public BenchmarkPlan(
            List<Candidate> candidates,
            List<BenchmarkInput> inputs,
            @Nullable DatasetSettings dataset,
            Rounds rounds,
            @Nullable Duration timeLimit,
            Map<String, ModelFiles> pinned) {
        this(candidates, inputs, dataset, rounds, timeLimit, false, pinned);
    }

    /** Creates a plan of implementations that have the same model and options. */
    public BenchmarkPlan(
            List<String> implementations,
            String model,
            List<BenchmarkInput> inputs,
            Rounds rounds,
            LoadOptions load,
            TranscribeOptions transcribe,
            @Nullable Duration timeLimit) {
        this(
                implementations.stream()
                        .map(implementation -> Candidate.of(implementation, model, load, transcribe))
                        .collect(Collectors.toList()),
                inputs,
                null,
                rounds,
                timeLimit,
                Map.of());
    }

    /** Returns the options of the transcription that the first candidate has. */
    TranscribeOptions options() {
        return candidates.get(0).options();
    }

    /** Returns how the first candidate loads its model. */
    LoadOptions load() {
        return candidates.get(0).load();
    }
}
