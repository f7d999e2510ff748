package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.machine.FootprintMeter;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.process.MemoryMeter;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Measures groups of candidates in rounds, and has the report so far. */
final class RoundMeasurement {
    /** Twenty minutes of audio take 77 MB in each worker. */
    private static final Duration MAX_KEPT_AUDIO = Duration.ofMinutes(20);

    private final WhisperSpeedtest library;
    private final BenchmarkPlan plan;
    private final Rounds rounds;
    private final BenchmarkReport empty;
    private final List<CandidateRun> all;
    private final BenchmarkListener listener;
    private final RoundOrder order;
    private final boolean keepAudio;
    private final long start = System.nanoTime();
    private final MemoryMeter memory;
    private MachineLog machine;

    RoundMeasurement(
            WhisperSpeedtest library,
            BenchmarkPlan plan,
            BenchmarkReport empty,
            List<CandidateRun> all,
            BenchmarkListener listener) {
        this.library = library;
        this.plan = plan;
        this.empty = empty;
        this.all = all;
        this.listener = listener;
        memory = FootprintMeter.orOfSystem(new LibraryStore(library.home().nativeLibraries()));
        machine = MachineLog.start(memory);
        rounds = plan.rounds();
        order = new RoundOrder(rounds.seed());
        keepAudio = empty.settings().audioDuration().compareTo(MAX_KEPT_AUDIO) <= 0;
    }

    /** Returns the report so far: the candidates that have failed or have finished a round, in the order of the plan. */
    BenchmarkReport report() {
        return empty.with(
                all.stream()
                        .map(run -> run.result(this::steadyFrom))
                        .flatMap(Optional::stream)
                        .toList(),
                machine);
    }

    /**
     * Measures the candidates of a group.
     *
     * @param number number of the group, from 0
     * @param count number of groups
     */
    void measure(List<CandidateRun> group, int number, int count) {
        try {
            // Each loads its model and runs for the first time while the others of the group are idle.
            for (CandidateRun run : order.next(group)) {
                start(run, number);
            }
            measureRounds(group, deadline(count - number));
            if (plan.silenceCheck()) {
                for (CandidateRun run : group) {
                    progress(run, BenchmarkProgress.Stage.SILENCE, 1);
                    run.checkSilence();
                }
            }
            group.forEach(CandidateRun::requestEnd);
            group.forEach(CandidateRun::awaitEnd);
        } finally {
            group.forEach(CandidateRun::close);
        }
        // Reading the files before would make loading look faster than it is.
        group.forEach(this::identify);
        listener.onUpdate(report());
    }

    private void start(CandidateRun run, int group) {
        Candidate candidate = run.candidate();
        ImplementationContext context = library.contextOf(run.implementation());
        run.start(
                library.children().toBuilder()
                        .addProperties(context.settings().properties())
                        .memoryMeter(memory)
                        .build(),
                new WorkerTask.Input(
                        candidate.implementation(),
                        context,
                        run.files(),
                        run.inputs(),
                        keepAudio,
                        candidate.load(),
                        candidate.options()),
                group,
                () -> progress(run, BenchmarkProgress.Stage.LOAD, 1));
        for (int i = 1; i <= rounds.warmups() && !run.hasFailed(); i++) {
            progress(run, BenchmarkProgress.Stage.WARM_UP, i);
            run.warmUp();
        }
        if (run.hasFailed()) {
            listener.onUpdate(report());
        }
    }

    private void measureRounds(List<CandidateRun> group, Duration deadline) {
        for (int round = 1; !isDone(group, round, deadline); round++) {
            for (CandidateRun run : order.next(group)) {
                if (!run.hasFailed()) {
                    progress(run, BenchmarkProgress.Stage.RUN, round);
                    run.measure(elapsed());
                }
            }
            machine = machine.next();
            listener.onUpdate(report());
        }
    }

    /** Returns whether the rounds are over before the given one. */
    private boolean isDone(List<CandidateRun> group, int round, Duration deadline) {
        List<CandidateRun> running =
                group.stream().filter(run -> !run.hasFailed()).toList();
        if (running.isEmpty()) {
            return true;
        }
        int finished = round - 1;
        if (finished < 1 || finished < rounds.runs() && rounds.budget() == null) {
            return false;
        }
        if (finished >= rounds.maximum()) {
            return true;
        }
        Duration last =
                running.stream().map(run -> run.times().get(finished - 1)).reduce(Duration.ZERO, Duration::plus);
        if (elapsed().plus(last).compareTo(deadline) > 0) {
            return true;
        }
        return !rounds.fixed()
                && finished >= rounds.runs()
                && running.stream().allMatch(run -> Precision.isReached(run.times()));
    }

    /** Divides the rest of the budget by the groups that are left. */
    private Duration deadline(int groupsLeft) {
        Duration budget = rounds.budget();
        if (budget == null) {
            return rounds.fixed()
                    ? Duration.ofSeconds(Long.MAX_VALUE)
                    : elapsed().plus(Rounds.DEFAULT_MEASURING);
        }
        return elapsed().plus(budget.minus(elapsed()).dividedBy(groupsLeft));
    }

    private void identify(CandidateRun run) {
        run.identify(
                library.hasher(),
                (file, fraction) -> progress(run, BenchmarkProgress.Stage.HASH, (int) (100 * fraction)));
    }

    private int steadyFrom(List<Duration> times) {
        return rounds.fixed() ? 0 : Precision.steadyFrom(times);
    }

    private void progress(CandidateRun run, BenchmarkProgress.Stage stage, int number) {
        listener.onProgress(run.candidate(), new BenchmarkProgress(stage, number));
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
