package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The combinations of implementations, models and options that are possible.
 *
 * @param candidates the possible combinations, in the order of models, implementations, load options, options of the transcription
 * @param impossible a line for each implementation and option that it does not support
 */
public record Sweep(List<Candidate> candidates, List<String> impossible) {
    /** Copies the lists. */
    public Sweep {
        candidates = List.copyOf(candidates);
        impossible = List.copyOf(impossible);
    }

    /**
     * Combines the options with one model.
     *
     * <p>If there is only one combination for each implementation, one that is not possible stays a candidate: the user asked for it, so
     * the report shows its failure. An option of one engine has no effect on the others, which are combined once.
     *
     * @param implementations ids of the implementations that have the model
     * @throws io.github.whisperspeedtest.error.UnknownNameException if an implementation is not on the class path
     */
    public static Sweep of(
            WhisperSpeedtest library,
            List<String> implementations,
            String model,
            List<LoadOptions> loads,
            List<TranscribeOptions> transcribes) {
        List<Candidate> candidates = new ArrayList<>();
        Set<String> impossible = new LinkedHashSet<>();
        boolean single = loads.size() * transcribes.size() == 1;
        List<Implementation> all =
                implementations.stream().map(library.registry()::require).toList();
        for (Implementation implementation : all) {
            String id = implementation.id();
            List<LoadOptions> own = loads.stream()
                    .map(load -> withOptionsOf(implementation, all, load))
                    .distinct()
                    .toList();
            for (LoadOptions load : own) {
                for (TranscribeOptions transcribe : transcribes) {
                    try {
                        if (!single) {
                            Transcribers.check(implementation, load);
                            Transcribers.check(implementation, transcribe);
                        }
                        candidates.add(Candidate.of(id, model, load, transcribe));
                    } catch (UnsupportedOptionException e) {
                        impossible.add(String.valueOf(e.getMessage()));
                    }
                }
            }
        }
        return new Sweep(candidates, List.copyOf(impossible));
    }

    /** Leaves out the engine options that another implementation has and this one has not. */
    private static LoadOptions withOptionsOf(
            Implementation implementation, List<Implementation> all, LoadOptions load) {
        Map<String, String> options = new LinkedHashMap<>(load.engineOptions());
        options.keySet()
                .removeIf(name ->
                        !declares(implementation, name) && all.stream().anyMatch(other -> declares(other, name)));
        return new LoadOptions(load.device(), load.computeType(), load.threads(), options);
    }

    private static boolean declares(Implementation implementation, String option) {
        return implementation.capabilities().engineOptions().containsKey(option);
    }

    /** Returns the combinations of both. A line that both have appears once. */
    public Sweep plus(Sweep other) {
        List<Candidate> all = new ArrayList<>(candidates);
        all.addAll(other.candidates);
        Set<String> lines = new LinkedHashSet<>(impossible);
        lines.addAll(other.impossible);
        return new Sweep(all, List.copyOf(lines));
    }
}
