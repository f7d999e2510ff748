package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Unavailable;
import io.github.whisperspeedtest.benchmark.WorkerEvent.Ran;
import io.github.whisperspeedtest.benchmark.WorkerEvent.Transcript;
import io.github.whisperspeedtest.benchmark.machine.EnergyMeter;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.provenance.HashProgress;
import io.github.whisperspeedtest.provenance.ModelHasher;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The measurement of one candidate: its worker, what it has measured so far, and how it failed if it did. */
final class CandidateRun {
    private static final Logger LOG = LoggerFactory.getLogger(CandidateRun.class);

    /** Freeing a large model takes seconds. */
    private static final Duration END_TIMEOUT = Duration.ofSeconds(30);

    private static final String RANDOM_WEIGHTS = "random weights: the speed is meaningful, the text is not";

    private final Candidate candidate;
    private final Implementation implementation;
    private final List<BenchmarkInput> inputs;
    private final List<Ran> warmups = new ArrayList<>();
    private final List<Ran> runs = new ArrayList<>();
    private final List<Duration> started = new ArrayList<>();
    private final List<Double> joules = new ArrayList<>();
    private WorkerEvent.@Nullable Loaded loaded;
    private @Nullable ModelFiles files;
    private int group;
    private @Nullable Worker worker;
    private final @Nullable Duration timeLimit;
    private Duration spent = Duration.ZERO;
    private @Nullable Long peakMemoryBytes;
    private @Nullable ModelProvenance model;
    private @Nullable Double silentWordsPerMinute;
    private @Nullable BenchmarkResult failure;

    /**
     * Creates the run of a candidate.
     *
     * @param timeLimit the longest time for its start and its runs together, null for no limit
     */
    CandidateRun(
            Candidate candidate,
            Implementation implementation,
            List<BenchmarkInput> inputs,
            @Nullable Duration timeLimit) {
        this.candidate = candidate;
        this.implementation = implementation;
        this.inputs = inputs;
        this.timeLimit = timeLimit;
    }

    Candidate candidate() {
        return candidate;
    }

    Implementation implementation() {
        return implementation;
    }

    /** Returns the recordings, without the references that its texts cannot be compared with. */
    List<BenchmarkInput> inputs() {
        return inputs;
    }

    void setFiles(ModelFiles value) {
        files = value;
    }

    /** Returns the files of the model, which must have been set. */
    ModelFiles files() {
        return Objects.requireNonNull(files, "the files are set first");
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** Returns the times of the rounds so far. */
    List<Duration> times() {
        return runs.stream().map(Ran::time).toList();
    }

    /**
     * Starts the worker and waits until the model is loaded or the start fails.
     *
     * @param groupNumber number of the group that it is measured with
     * @param onLoading called when the worker begins to load the model
     */
    void start(ChildJvm children, WorkerTask.Input input, int groupNumber, Runnable onLoading) {
        group = groupNumber;
        worker = new Worker(children, input, candidate.name());
        long begin = System.nanoTime();
        while (loaded == null && failure == null) {
            Worker.Message message = next(begin);
            if (message instanceof Worker.Reported reported) {
                if (reported.event() instanceof WorkerEvent.Loaded event) {
                    loaded = event;
                } else if (reported.event() instanceof WorkerEvent.Unavailable missing) {
                    fail(new Unavailable(candidate, implementation.version(), missing.problem()));
                } else {
                    onLoading.run();
                }
            }
            failIfEnded(message);
        }
        spend(begin);
    }

    /** Transcribes all recordings once, without counting the time. */
    void warmUp() {
        Ran ran = transcribe();
        if (ran != null) {
            warmups.add(ran);
        }
    }

    /**
     * Transcribes all recordings once.
     *
     * @param start the start of the run, from the start of the benchmark
     */
    void measure(Duration start) {
        Optional<EnergyMeter> meter = EnergyMeter.start();
        Ran ran = transcribe();
        if (ran != null) {
            runs.add(ran);
            started.add(start);
            meter.ifPresent(energy -> energy.joules().ifPresent(joules::add));
        }
    }

    /** Transcribes silence and noise. */
    void checkSilence() {
        if (request(WorkerTask.CHECK_SILENCE) instanceof WorkerEvent.SilenceChecked checked) {
            silentWordsPerMinute = checked.wordsPerMinute();
        }
    }

    /** Asks the worker to end. */
    void requestEnd() {
        if (worker != null) {
            worker.send(WorkerTask.END);
        }
    }

    /**
     * Waits until the worker has ended after {@link #requestEnd}. Its memory is known only afterwards. The time that it needs is not part
     * of its time limit.
     */
    void awaitEnd() {
        if (worker == null) {
            return;
        }
        if (worker.await(END_TIMEOUT) instanceof Worker.Ended ended) {
            peakMemoryBytes = ended.outcome().stats().peakMemoryBytes();
            failUnlessCompleted(ended.outcome());
        }
        close();
    }

    /** Kills the worker if it is still running. */
    void close() {
        if (worker != null) {
            worker.close();
            worker = null;
        }
    }

    /** Adds the hashes of the model's files. */
    void identify(ModelHasher hasher, HashProgress progress) {
        if (failure == null) {
            model = hasher.of(files(), progress);
        }
    }

    void fail(FailureCategory category, String reason, @Nullable String remedy) {
        fail(new Failed(candidate, implementation.version(), category, reason, remedy));
    }

    private void fail(BenchmarkResult result) {
        failure = result;
        close();
    }

    private @Nullable Ran transcribe() {
        return request(WorkerTask.RUN) instanceof Ran ran ? ran : null;
    }

    /** Sends a command and waits for the answer, null if the worker has failed. */
    private @Nullable WorkerEvent request(String command) {
        if (worker == null) {
            return null;
        }
        worker.send(command);
        long begin = System.nanoTime();
        Worker.Message message = next(begin);
        spend(begin);
        failIfEnded(message);
        return message instanceof Worker.Reported reported ? reported.event() : null;
    }

    /** Waits for a message; anything but an event of a working child is a failure. */
    private Worker.Message next(long begin) {
        Duration left = timeLimit == null ? null : timeLimit.minus(spent).minusNanos(System.nanoTime() - begin);
        Worker.Message message = Objects.requireNonNull(worker, "the worker has started")
                .await(left != null && left.isNegative() ? Duration.ZERO : left);
        if (message instanceof Worker.Silent) {
            fail(
                    FailureCategory.TIMED_OUT,
                    "did not finish within " + Objects.requireNonNull(timeLimit).toMillis() / 1000.0 + " s"
                            + afterRounds(),
                    "Increase the time limit or use a smaller model.");
        } else if (message instanceof Worker.Ended ended) {
            failUnlessCompleted(ended.outcome());
        }
        return message;
    }

    private void failUnlessCompleted(ChildOutcome<Void> outcome) {
        if (outcome instanceof ChildOutcome.Failed<Void> failed) {
            LOG.debug("{} failed in its JVM: {}", candidate.name(), failed.details());
            fail(FailureCategory.of(failed.kind()), failed.message(), null);
        } else if (outcome instanceof ChildOutcome.Crashed<Void> crashed) {
            fail(
                    FailureCategory.CRASHED,
                    crashed.describe() + afterRounds(),
                    "Native code of the engine ended the process. Enable the debug log for details.");
        }
    }

    private void failIfEnded(Worker.Message message) {
        if (message instanceof Worker.Ended && failure == null) {
            fail(FailureCategory.INTERNAL, "its JVM ended before it answered", null);
        }
    }

    private void spend(long begin) {
        spent = spent.plusNanos(System.nanoTime() - begin);
    }

    private String afterRounds() {
        return runs.isEmpty() ? "" : ", after " + runs.size() + " timed run" + (runs.size() == 1 ? "" : "s");
    }

    /**
     * Returns the result so far, empty before the first round.
     *
     * @param steadyFrom index of the first run in the steady state
     */
    Optional<BenchmarkResult> result(ToIntFunction<List<Duration>> steadyFrom) {
        if (failure != null) {
            return Optional.of(failure);
        }
        if (loaded == null || runs.isEmpty()) {
            return Optional.empty();
        }
        Ran last = runs.get(runs.size() - 1);
        List<Duration> times = times();
        int steady = steadyFrom.applyAsInt(times);
        return Optional.of(new Measured(
                candidate,
                implementation.version(),
                parameters(last),
                new RunTimes(
                        loaded.coldStart(),
                        loaded.load(),
                        (warmups.isEmpty() ? runs : warmups).get(0).time(),
                        times,
                        started,
                        steady,
                        group,
                        cpu(),
                        joules.size() == runs.size() ? joules : List.of()),
                audios(runs.subList(steady, runs.size())),
                medianStages(runs.subList(steady, runs.size())),
                peakMemoryBytes,
                model,
                TranscribeOption.texts(last.options()),
                silentWordsPerMinute));
    }

    private List<CpuUsage> cpu() {
        List<CpuUsage> cpu =
                runs.stream().map(Ran::cpu).filter(Objects::nonNull).toList();
        return cpu.size() == runs.size() ? cpu : List.of();
    }

    private EngineParameters parameters(Ran last) {
        return RandomModel.isName(candidate.model()) ? last.parameters().withNote(RANDOM_WEIGHTS) : last.parameters();
    }

    private List<AudioResult> audios(List<Ran> steady) {
        List<Transcript> transcripts = steady.get(steady.size() - 1).transcripts();
        List<AudioResult> audios = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            int index = i;
            Transcript transcript = transcripts.get(i);
            String reference = inputs.get(i).reference();
            audios.add(new AudioResult(
                    inputs.get(i).name(),
                    transcript.text(),
                    transcript.language(),
                    transcript.languageProbability(),
                    reference == null
                            ? null
                            : ErrorRate.of(
                                    reference,
                                    transcript.text(),
                                    TranscriptLanguage.of(
                                            inputs.get(i).options(candidate.options()), transcript.language())),
                    Statistics.of(steady.stream()
                                    .map(run -> run.times().get(index))
                                    .toList())
                            .median()));
        }
        return audios;
    }

    /** Returns the median of each stage. The time of a run is the sum over its recordings. */
    private static @Nullable Timings medianStages(List<Ran> steady) {
        Duration mel = medianOf(steady, Timings::mel);
        Duration encode = medianOf(steady, Timings::encode);
        Duration decode = medianOf(steady, Timings::decode);
        if (mel == null && encode == null && decode == null) {
            return null;
        }
        return new Timings(
                Statistics.of(steady.stream().map(Ran::time).toList()).median(), mel, encode, decode);
    }

    private static @Nullable Duration medianOf(List<Ran> steady, Function<Timings, @Nullable Duration> stage) {
        List<Duration> times = new ArrayList<>();
        for (Ran run : steady) {
            Duration time = stage.apply(run.stages());
            if (time == null) {
                return null;
            }
            times.add(time);
        }
        return Statistics.of(times).median();
    }
}
