package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.registry.ImplementationRegistry;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Loads the model of one candidate in a child JVM, so that its crashes and its memory use do not affect others, and transcribes the
 * recordings whenever the parent asks for a run.
 */
public final class WorkerTask implements ChildTask<WorkerTask.Input, WorkerEvent, Void> {
    /** The command for a run. */
    static final String RUN = "run";

    /** The command to transcribe silence and noise. */
    static final String CHECK_SILENCE = "check-silence";

    /** The command to end. */
    static final String END = "end";

    /** Creates the task. */
    public WorkerTask() {}

    /**
     * The candidate and the recordings.
     *
     * @param implementation id of the implementation
     * @param context the directories and settings for it
     * @param files the model's files
     * @param recordings the recordings
     * @param keepAudio whether all recordings stay in memory; otherwise each is read before it is transcribed
     * @param load how to load the model
     * @param transcribe how to transcribe
     */
    public record Input(
            String implementation,
            ImplementationContext context,
            ModelFiles files,
            List<BenchmarkInput> recordings,
            boolean keepAudio,
            LoadOptions load,
            TranscribeOptions transcribe) {}

    @Override
    public @Nullable Void run(Input input, ChildReporter<WorkerEvent> reporter) throws InterruptedException {
        Implementation implementation = ImplementationRegistry.discover(
                        WorkerTask.class.getClassLoader(), unused -> input.context())
                .require(input.implementation());
        if (implementation.availability() instanceof Availability.Unavailable missing) {
            reporter.report(new WorkerEvent.Unavailable(missing.problem()));
            return null;
        }
        // Fails before the model is loaded.
        Transcribers.check(implementation, input.load());
        Transcribers.check(implementation, input.transcribe());
        reporter.report(new WorkerEvent.Loading());
        long loadStart = System.nanoTime();
        try (Transcriber transcriber =
                Transcribers.open(implementation, input.context(), input.files(), input.load())) {
            Duration load = since(loadStart);
            reporter.report(new WorkerEvent.Loaded(sinceProcessStart(), load));
            List<Audio> kept = input.keepAudio()
                    ? input.recordings().stream().map(BenchmarkInput::read).toList()
                    : List.of();
            for (String command = reporter.awaitCommand(); !command.equals(END); command = reporter.awaitCommand()) {
                reporter.report(
                        command.equals(RUN)
                                ? run(input, kept, transcriber)
                                : new WorkerEvent.SilenceChecked(
                                        SilenceCheck.wordsPerMinute(transcriber, input.transcribe())));
            }
        }
        return null;
    }

    private static WorkerEvent.Ran run(Input input, List<Audio> kept, Transcriber transcriber) {
        List<Duration> times = new ArrayList<>();
        List<CpuUsage> cpu = new ArrayList<>();
        List<WorkerEvent.Transcript> transcripts = new ArrayList<>();
        List<Timings> stages = new ArrayList<>();
        CpuMeter whole = CpuMeter.start();
        for (int i = 0; i < input.recordings().size(); i++) {
            Audio audio = kept.isEmpty() ? input.recordings().get(i).read() : kept.get(i);
            CpuMeter meter = kept.isEmpty() ? CpuMeter.start() : whole;
            TranscribeOptions options = input.recordings().get(i).options(input.transcribe());
            long start = System.nanoTime();
            Transcription transcription = transcriber.transcribe(audio, options);
            times.add(since(start));
            if (kept.isEmpty()) {
                addUsage(meter, cpu);
            }
            transcripts.add(new WorkerEvent.Transcript(
                    transcription.text(), transcription.language(), transcription.languageProbability()));
            stages.add(transcription.timings());
        }
        if (!kept.isEmpty()) {
            addUsage(whole, cpu);
        }
        return new WorkerEvent.Ran(
                times,
                cpu.stream().reduce(CpuUsage::plus).orElse(null),
                transcripts,
                sum(stages),
                transcriber.parameters(),
                transcriber.resolve(input.transcribe()));
    }

    private static void addUsage(CpuMeter meter, List<CpuUsage> cpu) {
        CpuUsage usage = meter.stop();
        if (usage != null) {
            cpu.add(usage);
        }
    }

    private static Timings sum(List<Timings> stages) {
        return new Timings(
                stages.stream().map(Timings::total).reduce(Duration.ZERO, Duration::plus),
                sum(stages, Timings::mel),
                sum(stages, Timings::encode),
                sum(stages, Timings::decode));
    }

    /** Returns null if the engine does not report the stage of a recording. */
    private static @Nullable Duration sum(List<Timings> all, Function<Timings, @Nullable Duration> stage) {
        Duration sum = Duration.ZERO;
        for (Timings timings : all) {
            Duration time = stage.apply(timings);
            if (time == null) {
                return null;
            }
            sum = sum.plus(time);
        }
        return sum;
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Duration sinceProcessStart() {
        return Duration.ofMillis(Math.max(
                0,
                System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime()));
    }
}
