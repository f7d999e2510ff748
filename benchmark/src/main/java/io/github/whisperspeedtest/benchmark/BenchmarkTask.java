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
 * Measures one implementation in a child JVM, so that its crashes and its memory use do not affect other implementations.
 *
 * <p>Recordings are decoded before timing starts, so every implementation gets the same samples.
 */
public final class BenchmarkTask implements ChildTask<BenchmarkTask.Input, BenchmarkProgress, BenchmarkTask.Outcome> {
    /** Creates the task. */
    public BenchmarkTask() {}

    /**
     * The measurement to make.
     *
     * @param implementation id of the implementation
     * @param context the directories and settings for it
     * @param files the model's files
     * @param recordings the recordings
     * @param warmupRuns runs that do not count
     * @param runs runs that count
     * @param load how to load the model
     * @param transcribe how to transcribe
     */
    public record Input(
            String implementation,
            ImplementationContext context,
            ModelFiles files,
            List<BenchmarkInput> recordings,
            int warmupRuns,
            int runs,
            LoadOptions load,
            TranscribeOptions transcribe) {}

    /** The outcome. */
    public sealed interface Outcome {
        /** Calls the function for this kind of outcome and returns its result. */
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
     * @param parameters the parameters in effect
     * @param load time to load the model
     * @param warmups times of the runs that do not count
     * @param runs the transcriptions of each run that counts, one per recording
     * @param runTimes times of the runs that count
     * @param cpu the CPU usage of each timed run, empty if the system does not report it
     * @param options the options in effect
     */
    public record Measurement(
            EngineParameters parameters,
            Duration load,
            List<Duration> warmups,
            List<List<Transcription>> runs,
            List<Duration> runTimes,
            List<CpuUsage> cpu,
            TranscribeOptions options)
            implements Outcome {
        @Override
        public <R> R fold(Function<Measurement, R> measurement, Function<Unavailable, R> unavailable) {
            return measurement.apply(this);
        }
    }

    @Override
    public Outcome run(Input input, ChildReporter<BenchmarkProgress> reporter) {
        Implementation implementation = ImplementationRegistry.discover(
                        BenchmarkTask.class.getClassLoader(), unused -> input.context())
                .require(input.implementation());
        if (implementation.availability() instanceof Availability.Unavailable missing) {
            return new Unavailable(missing.problem());
        }
        // Fails before the recordings are decoded and the model is loaded.
        Transcribers.check(implementation, input.load());
        Transcribers.check(implementation, input.transcribe());
        List<Audio> audios =
                input.recordings().stream().map(BenchmarkInput::read).toList();

        reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.LOAD, 1, null));
        long loadStart = System.nanoTime();
        try (Transcriber transcriber =
                Transcribers.open(implementation, input.context(), input.files(), input.load())) {
            Duration load = since(loadStart);
            reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.LOAD, 1, load));

            List<Duration> warmups = new ArrayList<>();
            for (int i = 1; i <= input.warmupRuns(); i++) {
                reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.WARM_UP, i, null));
                long start = System.nanoTime();
                transcribeAll(transcriber, audios, input.transcribe());
                warmups.add(since(start));
                reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.WARM_UP, i, warmups.get(i - 1)));
            }

            List<List<Transcription>> runs = new ArrayList<>();
            List<Duration> runTimes = new ArrayList<>();
            List<CpuUsage> cpu = new ArrayList<>();
            for (int i = 1; i <= input.runs(); i++) {
                reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.RUN, i, null));
                CpuMeter meter = CpuMeter.start();
                long start = System.nanoTime();
                runs.add(transcribeAll(transcriber, audios, input.transcribe()));
                runTimes.add(since(start));
                CpuUsage usage = meter.stop();
                if (usage != null) {
                    cpu.add(usage);
                }
                reporter.report(new BenchmarkProgress(BenchmarkProgress.Stage.RUN, i, runTimes.get(i - 1)));
            }
            return new Measurement(
                    transcriber.parameters(),
                    load,
                    warmups,
                    runs,
                    runTimes,
                    cpu,
                    transcriber.resolve(input.transcribe()));
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
