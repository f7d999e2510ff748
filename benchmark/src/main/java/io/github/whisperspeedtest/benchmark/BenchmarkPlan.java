package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a benchmark.
 *
 * @param implementations ids of the implementations to measure, in order
 * @param model name of the model, or the path of a model file
 * @param inputs the recordings, at least one
 * @param runs timed runs, at least 1
 * @param warmupRuns runs before them that do not count
 * @param load how to load the model
 * @param transcribe how to transcribe
 * @param timeLimit the time limit for each implementation, null for none
 * @param pinned files by implementation, for those that must not look for the model by its name
 */
public record BenchmarkPlan(
        List<String> implementations,
        String model,
        List<BenchmarkInput> inputs,
        int runs,
        int warmupRuns,
        LoadOptions load,
        TranscribeOptions transcribe,
        @Nullable Duration timeLimit,
        Map<String, ModelFiles> pinned) {
    /** Copies the lists and the map, and checks the numbers. */
    public BenchmarkPlan {
        implementations = List.copyOf(implementations);
        inputs = List.copyOf(inputs);
        pinned = Map.copyOf(pinned);
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(load, "load");
        Objects.requireNonNull(transcribe, "transcribe");
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("a benchmark needs at least one recording");
        }
        if (runs < 1 || warmupRuns < 0) {
            throw new IllegalArgumentException(
                    "runs must be at least 1 and warm-up runs at least 0, but were " + runs + " and " + warmupRuns);
        }
        if (timeLimit != null && (timeLimit.isNegative() || timeLimit.isZero())) {
            throw new IllegalArgumentException("timeLimit must be positive, but was " + timeLimit);
        }
    }

    /** Creates a plan in which every implementation looks for the model by its name. */
    public BenchmarkPlan(
            List<String> implementations,
            String model,
            List<BenchmarkInput> inputs,
            int runs,
            int warmupRuns,
            LoadOptions load,
            TranscribeOptions transcribe,
            @Nullable Duration timeLimit) {
        this(implementations, model, inputs, runs, warmupRuns, load, transcribe, timeLimit, Map.of());
    }

    /** Returns this plan without reference transcripts. */
    BenchmarkPlan withoutReferences() {
        return new BenchmarkPlan(
                implementations,
                model,
                inputs.stream().map(BenchmarkInput::withoutReference).toList(),
                runs,
                warmupRuns,
                load,
                transcribe,
                timeLimit,
                pinned);
    }
}
