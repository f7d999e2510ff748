package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.benchmark.machine.KeepAwake;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ModelMemory;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures candidates in interleaved rounds, each in its own JVM, which stays alive from round to round. A failure becomes a result of
 * the report.
 *
 * <p>If the memory does not suffice for all candidates at once, it measures one group of them after the other.
 */
public final class BenchmarkRunner {
    private static final Logger LOG = LoggerFactory.getLogger(BenchmarkRunner.class);

    private final WhisperSpeedtest library;
    private final Supplier<Runnable> keepAwake;

    /** Creates a runner for the implementations and models of a library. */
    public BenchmarkRunner(WhisperSpeedtest library) {
        this(library, () -> KeepAwake.start()::close);
    }

    /**
     * Creates a runner.
     *
     * @param keepAwake keeps the machine awake, and returns what ends that
     */
    BenchmarkRunner(WhisperSpeedtest library, Supplier<Runnable> keepAwake) {
        this.library = library;
        this.keepAwake = keepAwake;
    }

    /**
     * Runs a benchmark.
     *
     * <p>All implementations are resolved and all recordings read before the first measurement. Text from random weights or of
     * a part of a recording is not compared with the reference. A Mac does not go to sleep meanwhile.
     *
     * @return a result for every candidate of the plan
     * @throws io.github.whisperspeedtest.error.AudioException if a recording cannot be read
     * @throws io.github.whisperspeedtest.error.UnknownNameException if an implementation is not on the class path
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted
     */
    public BenchmarkReport run(BenchmarkPlan plan, BenchmarkListener listener) {
        Runnable sleepAgain = keepAwake.get();
        try {
            return measure(plan, listener);
        } finally {
            sleepAgain.run();
        }
    }

    private BenchmarkReport measure(BenchmarkPlan plan, BenchmarkListener listener) {
        List<CandidateRun> runs = new ArrayList<>();
        for (Candidate candidate : plan.candidates()) {
            Implementation implementation = library.registry().require(candidate.implementation());
            runs.add(new CandidateRun(candidate, implementation, inputsOf(candidate, plan), plan.timeLimit()));
        }
        BenchmarkReport empty = new BenchmarkReport(
                BenchmarkEnvironment.detect(),
                settings(plan),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                List.of());
        listener.onStart(empty);
        RoundMeasurement measurement = new RoundMeasurement(library, plan, empty, runs, listener);
        runs.forEach(run -> findFiles(run, plan));
        if (runs.stream().anyMatch(CandidateRun::hasFailed)) {
            listener.onUpdate(measurement.report());
        }
        List<List<CandidateRun>> groups = WorkerGroups.of(
                runs.stream().filter(run -> !run.hasFailed()).toList(),
                ModelMemory.budget(),
                run -> ModelMemory.estimate(run.files()));
        for (int i = 0; i < groups.size(); i++) {
            measurement.measure(groups.get(i), i, groups.size());
        }
        return measurement.report();
    }

    private static BenchmarkSettings settings(BenchmarkPlan plan) {
        boolean comparable = plan.candidates().stream().anyMatch(BenchmarkRunner::isComparable);
        List<BenchmarkAudio> audios = new ArrayList<>();
        for (BenchmarkInput input : plan.inputs()) {
            audios.add(describe(comparable ? input : input.withoutReference(), plan.options()));
        }
        return BenchmarkSettings.of(
                plan.candidates(),
                audios,
                plan.rounds(),
                plan.options(),
                plan.load(),
                plan.dataset(),
                plan.silenceCheck());
    }

    /** Reads a recording once for its length and warnings, so that an unreadable one fails before the first measurement. */
    private static BenchmarkAudio describe(BenchmarkInput input, TranscribeOptions options) {
        Audio audio = input.read();
        Duration length = options.transcribedLength(audio.duration());
        if (length.isZero()) {
            throw new AudioException("No part to transcribe is inside " + input.name() + ", which lasts "
                    + audio.duration().toMillis() / 1000.0 + " s.");
        }
        return new BenchmarkAudio(
                input.name(), length, input.reference(), audio.warnings(), input.source(), input.language());
    }

    private static List<BenchmarkInput> inputsOf(Candidate candidate, BenchmarkPlan plan) {
        return isComparable(candidate)
                ? plan.inputs()
                : plan.inputs().stream().map(BenchmarkInput::withoutReference).toList();
    }

    /** Returns whether the text can be compared with the reference, which is that of the whole recording. */
    private static boolean isComparable(Candidate candidate) {
        return !RandomModel.isName(candidate.model()) && TranscribeOption.CLIP_TIMESTAMPS.isBasic(candidate.options());
    }

    private void findFiles(CandidateRun run, BenchmarkPlan plan) {
        Candidate candidate = run.candidate();
        try {
            ModelFiles pinned = plan.pinned().get(candidate.name());
            run.setFiles(pinned == null ? library.models().filesOf(run.implementation(), candidate.model()) : pinned);
        } catch (WhisperSpeedtestException e) {
            run.fail(FailureCategory.of(e.kind()), String.valueOf(e.getMessage()), null);
        } catch (RuntimeException | LinkageError e) {
            // A failure to list or generate models must not stop the other candidates.
            LOG.debug("{} failed before its JVM was started", candidate.name(), e);
            run.fail(FailureCategory.INTERNAL, e.toString(), null);
        }
    }
}
