package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.provenance.HashProgress;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.spi.EngineOption;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a saved benchmark: the same candidates, model files, recordings, rounds and options.
 *
 * <p>A model from the hub is loaded at the commit that the report names, as far as it is on this machine.
 */
public final class Repetition {
    private final WhisperSpeedtest library;
    private final BenchmarkReport saved;
    private final String source;
    private final List<BenchmarkInput> inputs;
    private final Map<String, ModelFiles> pinned = new LinkedHashMap<>();
    private final List<String> omitted = new ArrayList<>();
    private final List<Candidate> candidates;

    /**
     * Prepares a repetition; runs nothing.
     *
     * @param library the implementations and models of this machine
     * @param saved the report to repeat
     * @param source name of its file, for messages
     * @param recordings files to use instead of those that the report names, in the same order; empty for the same files
     * @throws WhisperSpeedtestException if the report lacks something, or a recording is missing
     */
    public Repetition(WhisperSpeedtest library, BenchmarkReport saved, String source, List<Path> recordings) {
        this.library = library;
        this.saved = saved;
        this.source = source;
        if (saved.settings().transcribe() == null
                || saved.settings().audios().stream().anyMatch(audio -> audio.source() == null)) {
            throw impossible("version " + saved.environment().toolVersion()
                    + " of the tool, which wrote it, did not save all options and sources. Run the benchmark again.");
        }
        if (saved.results().isEmpty()) {
            throw impossible("it has no results, so the implementations are unknown. Run the benchmark again.");
        }
        inputs = inputs(recordings);
        candidates = saved.results().stream()
                .map(result -> withoutPaths(result.candidate()))
                .toList();
        for (BenchmarkResult result : saved.results()) {
            if (result instanceof Measured measured && measured.model() != null) {
                library.find(measured.model())
                        .ifPresent(files -> pinned.put(result.candidate().name(), files));
            }
        }
    }

    /** Returns the candidates that ran, but whose files are not on this machine as the report names them. */
    public List<Candidate> unpinned() {
        return saved.ranking().stream()
                .map(Measured::candidate)
                .filter(candidate -> !pinned.containsKey(candidate.name()))
                .toList();
    }

    /**
     * Returns the plan.
     *
     * @param timeLimit the time limit for each candidate, null for none
     */
    public BenchmarkPlan plan(@Nullable Duration timeLimit) {
        return new BenchmarkPlan(
                candidates,
                inputs,
                saved.settings().dataset(),
                saved.settings().rounds(),
                timeLimit,
                saved.settings().silenceCheck(),
                pinned);
    }

    /**
     * Returns the differences that are known before anything runs: tool, machine, versions, recordings and weights.
     *
     * @param progress receives the progress of hashing the weights
     * @return sentences or phrases, those about recordings and weights first; empty if there are none
     */
    public List<String> differencesBefore(HashProgress progress) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            lines.addAll(ReportDifferences.ofAudio(
                    saved.settings().audios().get(i), inputs.get(i).source()));
        }
        for (Measured result : saved.ranking()) {
            ModelProvenance then = result.model();
            Optional<ModelFiles> files = then == null ? Optional.empty() : filesNow(result.candidate());
            if (then != null && files.isPresent()) {
                lines.addAll(ReportDifferences.ofModel(
                        saved.label(result), then, library.hasher().of(files.get(), progress)));
            }
        }
        lines.addAll(omitted);
        lines.addAll(ReportDifferences.ofEnvironment(saved.environment(), BenchmarkEnvironment.detect()));
        saved.results()
                .forEach(result -> find(result.implementation())
                        .ifPresent(now -> lines.addAll(ReportDifferences.ofValue(
                                saved.label(result) + ", version", result.version(), now.version()))));
        return lines;
    }

    /** Returns all differences, those in the results included, of a report that followed the {@link #plan}. */
    public List<String> differencesAfter(BenchmarkReport now) {
        List<String> lines = new ArrayList<>(ReportDifferences.between(saved, now));
        lines.addAll(omitted);
        return lines;
    }

    private Optional<ModelFiles> filesNow(Candidate candidate) {
        ModelFiles files = pinned.get(candidate.name());
        if (files != null) {
            return Optional.of(files);
        }
        try {
            return find(candidate.implementation())
                    .flatMap(found -> Optional.ofNullable(
                            library.models().resolve(found, candidate.model()).found()));
        } catch (WhisperSpeedtestException e) {
            // The run reports it.
            return Optional.empty();
        }
    }

    private Optional<Implementation> find(String id) {
        return library.implementations().stream()
                .filter(implementation -> implementation.id().equals(id))
                .findFirst();
    }

    private List<BenchmarkInput> inputs(List<Path> recordings) {
        List<BenchmarkAudio> audios = saved.settings().audios();
        if (!recordings.isEmpty() && recordings.size() != audios.size()) {
            throw impossible("it has " + audios.size() + " recordings, but " + recordings.size()
                    + " are given. Name them all, in the same order, or none.");
        }
        List<BenchmarkInput> found = new ArrayList<>();
        for (int i = 0; i < audios.size(); i++) {
            BenchmarkAudio audio = audios.get(i);
            Path file = recordings.isEmpty() ? fileOf(audio) : recordings.get(i);
            if (file != null && !Files.isRegularFile(file)) {
                throw impossible("the recording " + file + " does not exist. Put it back, or name its file with -a.");
            }
            found.add(new BenchmarkInput(audio.name(), file, null, audio.reference(), audio.language(), null));
        }
        return found;
    }

    /** Returns the file, null for a built-in recording. */
    private @Nullable Path fileOf(BenchmarkAudio audio) {
        AudioSource origin = audio.source();
        if (origin == null || origin.kind() == AudioSource.Kind.BUILT_IN) {
            return null;
        }
        if (origin.kind() == AudioSource.Kind.STANDARD_INPUT) {
            throw impossible("the recording '" + audio.name()
                    + "' came from standard input, which is not saved. Name a file with the same recording with -a.");
        }
        try {
            if (origin.file() != null) {
                return Path.of(origin.file());
            }
        } catch (InvalidPathException e) {
            // The path of another operating system.
            throw impossible("the recording " + origin.file() + " does not exist. Name its file with -a.");
        }
        throw impossible("it does not name the file of the recording '" + audio.name() + "'. Name it with -a.");
    }

    /** Leaves out engine options that name a path: a report from elsewhere must not decide what is written where. */
    private Candidate withoutPaths(Candidate candidate) {
        LoadOptions options = candidate.load();
        Map<String, String> kept = new LinkedHashMap<>(options.engineOptions());
        options.engineOptions().forEach((name, value) -> {
            boolean path = library.implementations().stream()
                    .map(implementation ->
                            implementation.capabilities().engineOptions().get(name))
                    .anyMatch(option -> option != null
                            && option.kind() == EngineOption.Kind.PATH
                            && !option.choices().contains(value));
            if (path) {
                kept.remove(name);
                String line = "engine option " + name + "=" + value + ": not repeated, because it names a path";
                if (!omitted.contains(line)) {
                    omitted.add(line);
                }
            }
        });
        return new Candidate(
                candidate.name(),
                candidate.implementation(),
                candidate.model(),
                new LoadOptions(options.device(), options.computeType(), options.threads(), kept),
                candidate.transcribe());
    }

    private WhisperSpeedtestException impossible(String reason) {
        return new WhisperSpeedtestException(ErrorKind.USER, "Cannot repeat " + source + ": " + reason);
    }
}
