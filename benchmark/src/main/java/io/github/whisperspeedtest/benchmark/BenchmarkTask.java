package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.registry.ImplementationRegistry;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Measures one implementation; runs in a JVM of its own, so that neither a crash nor memory of one touches another.
 *
 * <p>The recordings are decoded before the clock starts: every implementation gets the same samples.
 */
public final class BenchmarkTask implements ChildTask<BenchmarkTask.Order, BenchmarkProgress, BenchmarkTask.Outcome> {
    /** Creates the task. */
    public BenchmarkTask() {}

    /**
     * The measurement to make.
     *
     * @param implementation id of the implementation
     * @param context the directories and settings for it
     * @param files the model's files
     * @param inputs the recordings
     * @param warmupRuns runs that do not count
     * @param runs runs that count
     * @param load how to load the model
     * @param transcribe how to transcribe
     */
    public record Order(
            String implementation,
            ImplementationContext context,
            ModelFiles files,
            List<BenchmarkInput> inputs,
            int warmupRuns,
            int runs,
            LoadOptions load,
            TranscribeOptions transcribe) {}

    /** The outcome. */
    public sealed interface Outcome {
        /** Returns what the function for its kind makes of this outcome. */
        <R> R fold(Function<Measurement, R> measurement, Function<Unavailable, R> unavailable);
    }

    /**
     * The implementation cannot run here.
     *
     * @param problem what is missing or broken, and what the user can do about it
     */
    public record Unavailable(Problem problem) implements Outcome {
        @Override
        public <R> R fold(Function<Measurement, R> measurement, Function<Unavailable, R> unavailable) {
            return unavailable.apply(this);
        }
    }

    /**
     * The measurements.
     *
     * @param parameters what the model really ran with
     * @param load time to load the model
     * @param warmups times of the runs that do not count
     * @param runs the transcriptions of each run that counts, one per recording
     * @param runTimes times of the runs that count
     * @param cpu the CPU usage of each timed run, empty if the system does not report it
     */
    public record Measurement(
            EngineParameters parameters,
            Duration load,
            List<Duration> warmups,
            List<List<Transcription>> runs,
            List<Duration> runTimes,
            List<CpuUsage> cpu)
            implements Outcome {
        @Override
        public <R> R fold(Function<Measurement, R> measurement, Function<Unavailable, R> unavailable) {
            return measurement.apply(this);
        }
    }

    @Override
    public Outcome run(Order order, ChildReporter<BenchmarkProgress> reporter) {
        Implementation implementation = ImplementationRegistry.discover(
                        BenchmarkTask.class.getClassLoader(), unused -> order.context())
                .require(order.implementation());
        if (implementation.availability() instanceof Availability.Unavailable missing) {
            return new Unavailable(missing.problem());
        }
        // Before time is spent on recordings and the model.
        Transcribers.check(implementation, order.load());
        Transcribers.check(implementation, order.transcribe());
        List<Audio> audios = order.inputs().stream().map(BenchmarkInput::read).toList();

        reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.LOAD, 1, null));
        long loadStart = System.nanoTime();
        try (Transcriber transcriber = Transcribers.open(implementation, order.files(), order.load())) {
            Duration load = since(loadStart);
            reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.LOAD, 1, load));

            List<Duration> warmups = new ArrayList<>();
            for (int i = 1; i <= order.warmupRuns(); i++) {
                reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.WARM_UP, i, null));
                long start = System.nanoTime();
                transcribeAll(transcriber, audios, order.transcribe());
                warmups.add(since(start));
                reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.WARM_UP, i, warmups.get(i - 1)));
            }

            List<List<Transcription>> runs = new ArrayList<>();
            List<Duration> runTimes = new ArrayList<>();
            List<CpuUsage> cpu = new ArrayList<>();
            for (int i = 1; i <= order.runs(); i++) {
                reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.RUN, i, null));
                CpuMeter meter = CpuMeter.start();
                long start = System.nanoTime();
                runs.add(transcribeAll(transcriber, audios, order.transcribe()));
                runTimes.add(since(start));
                CpuUsage usage = meter.stop();
                if (usage != null) {
                    cpu.add(usage);
                }
                reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.RUN, i, runTimes.get(i - 1)));
            }
            return new Measurement(transcriber.parameters(), load, warmups, runs, runTimes, cpu);
        }
    }

    private static List<Transcription> transcribeAll(
            Transcriber transcriber, List<Audio> audios, TranscribeOptions options) {
        return audios.stream()
                .map(audio -> transcriber.transcribe(audio, options))
                .toList();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
