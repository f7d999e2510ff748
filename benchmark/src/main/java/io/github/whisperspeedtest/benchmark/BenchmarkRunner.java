package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.Transcription;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures implementations one after the other, each in its own JVM. A failure becomes a result of the report. */
public final class BenchmarkRunner {
    private static final Logger LOG = LoggerFactory.getLogger(BenchmarkRunner.class);

    private static final String RANDOM_WEIGHTS = "random weights: the speed is meaningful, the text is not";

    private final WhisperSpeedtest library;

    /** Creates a runner for the implementations and models of a library. */
    public BenchmarkRunner(WhisperSpeedtest library) {
        this.library = library;
    }

    /**
     * Runs a benchmark.
     *
     * <p>All implementations are resolved and all recordings read before the first measurement. Text from random weights or of
     * a part of a recording is not compared with the reference.
     *
     * @return a result for every implementation of the plan
     * @throws io.github.whisperspeedtest.error.AudioException if a recording cannot be read
     * @throws io.github.whisperspeedtest.error.UnknownNameException if an implementation is not on the class path
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted
     */
    public BenchmarkReport run(BenchmarkPlan plan, BenchmarkListener listener) {
        boolean comparable =
                !RandomModel.isName(plan.model()) && TranscribeOption.CLIP_TIMESTAMPS.isBasic(plan.transcribe());
        return runAsPlanned(comparable ? plan : plan.withoutReferences(), listener);
    }

    private BenchmarkReport runAsPlanned(BenchmarkPlan plan, BenchmarkListener listener) {
        List<Implementation> implementations =
                plan.implementations().stream().map(library.registry()::require).toList();
        BenchmarkReport report = new BenchmarkReport(
                BenchmarkEnvironment.detect(),
                BenchmarkSettings.of(
                        plan.model(), describe(plan), plan.runs(), plan.warmupRuns(), plan.transcribe(), plan.load()),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                List.of());
        listener.onStart(report);
        for (Implementation implementation : implementations) {
            report = report.with(measure(implementation, plan, listener));
            listener.onResult(report);
        }
        return report;
    }

    /** Reads every recording once for its length and warnings, so that an unreadable one fails before the first measurement. */
    private static List<BenchmarkAudio> describe(BenchmarkPlan plan) {
        List<BenchmarkAudio> audios = new ArrayList<>();
        for (BenchmarkInput input : plan.inputs()) {
            Audio audio = input.read();
            Duration length = plan.transcribe().transcribedLength(audio.duration());
            if (length.isZero()) {
                throw new AudioException("No part to transcribe is inside " + input.name() + ", which lasts "
                        + audio.duration().toMillis() / 1000.0 + " s.");
            }
            audios.add(new BenchmarkAudio(input.name(), length, input.reference(), audio.warnings(), input.source()));
        }
        return audios;
    }

    private BenchmarkResult measure(Implementation implementation, BenchmarkPlan plan, BenchmarkListener listener) {
        String id = implementation.id();
        String version = implementation.version();
        ModelFiles files;
        try {
            ModelFiles pinned = plan.pinned().get(id);
            files = pinned == null ? library.models().filesOf(implementation, plan.model()) : pinned;
        } catch (WhisperSpeedtestException e) {
            return new BenchmarkResult.Failed(
                    id, version, FailureCategory.of(e.kind()), String.valueOf(e.getMessage()), null);
        } catch (RuntimeException | LinkageError e) {
            // A failure to list or generate models must not stop the other implementations.
            LOG.debug("{} failed before its JVM was started", id, e);
            return new BenchmarkResult.Failed(id, version, FailureCategory.INTERNAL, e.toString(), null);
        }
        ImplementationContext context = library.contextOf(implementation);
        BenchmarkTask.Input input = new BenchmarkTask.Input(
                id, context, files, plan.inputs(), plan.warmupRuns(), plan.runs(), plan.load(), plan.transcribe());
        return library.children().toBuilder()
                .addProperties(context.settings().properties())
                .timeLimit(plan.timeLimit())
                .build()
                .run(BenchmarkTask.class, input, progress -> listener.onProgress(id, progress))
                .fold(
                        completed -> completed
                                .value()
                                .fold(
                                        measurement -> measured(
                                                        implementation,
                                                        plan,
                                                        measurement,
                                                        completed.stats().peakMemoryBytes())
                                                .with(
                                                        origin(id, files, listener),
                                                        TranscribeOption.texts(measurement.options())),
                                        missing -> new BenchmarkResult.Unavailable(id, version, missing.problem())),
                        failed -> {
                            LOG.debug("{} failed in its JVM: {}", id, failed.details());
                            return new BenchmarkResult.Failed(
                                    id, version, FailureCategory.of(failed.kind()), failed.message(), null);
                        },
                        crashed -> new BenchmarkResult.Failed(
                                id,
                                version,
                                FailureCategory.CRASHED,
                                crashed.describe(),
                                "Native code of the engine ended the process. Enable the debug log for details."),
                        timedOut -> new BenchmarkResult.Failed(
                                id,
                                version,
                                FailureCategory.TIMED_OUT,
                                timedOut.describe(),
                                "Increase the time limit or use a smaller model."));
    }

    /** Hashes the files after the runs: reading them before would make loading look faster than it is. */
    private ModelProvenance origin(String id, ModelFiles files, BenchmarkListener listener) {
        return library.hasher()
                .of(
                        files,
                        (file, fraction) -> listener.onProgress(
                                id, new BenchmarkProgress(BenchmarkProgress.Stage.HASH, (int) (100 * fraction), null)));
    }

    private static BenchmarkResult.Measured measured(
            Implementation implementation,
            BenchmarkPlan plan,
            BenchmarkTask.Measurement measurement,
            @Nullable Long peakMemoryBytes) {
        List<Transcription> last = measurement.runs().get(measurement.runs().size() - 1);
        List<BenchmarkInput> inputs = plan.inputs();
        List<AudioResult> audios = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Transcription transcription = last.get(i);
            String reference = inputs.get(i).reference();
            audios.add(new AudioResult(
                    inputs.get(i).name(),
                    transcription.text(),
                    transcription.language(),
                    transcription.languageProbability(),
                    reference == null
                            ? null
                            : ErrorRate.of(
                                    reference,
                                    transcription.text(),
                                    TranscriptLanguage.of(plan.transcribe(), transcription.language()))));
        }
        List<Duration> warmups = measurement.warmups();
        return new BenchmarkResult.Measured(
                implementation.id(),
                implementation.version(),
                RandomModel.isName(plan.model())
                        ? measurement.parameters().withNote(RANDOM_WEIGHTS)
                        : measurement.parameters(),
                measurement.load(),
                warmups.isEmpty() ? measurement.runTimes().get(0) : warmups.get(0),
                measurement.runTimes(),
                measurement.cpu(),
                audios,
                medianTimings(measurement),
                peakMemoryBytes);
    }

    /** Returns the median of each stage over the runs. The time of a run is the sum over its recordings. */
    private static @Nullable Timings medianTimings(BenchmarkTask.Measurement measurement) {
        Duration mel = medianOfStage(measurement.runs(), Timings::mel);
        Duration encode = medianOfStage(measurement.runs(), Timings::encode);
        Duration decode = medianOfStage(measurement.runs(), Timings::decode);
        if (mel == null && encode == null && decode == null) {
            return null;
        }
        return new Timings(Statistics.of(measurement.runTimes()).median(), mel, encode, decode);
    }

    private static @Nullable Duration medianOfStage(
            List<List<Transcription>> runs, Function<Timings, @Nullable Duration> stage) {
        List<Duration> sums = new ArrayList<>();
        for (List<Transcription> run : runs) {
            Duration sum = Duration.ZERO;
            for (Transcription transcription : run) {
                Duration value = stage.apply(transcription.timings());
                if (value == null) {
                    return null;
                }
                sum = sum.plus(value);
            }
            sums.add(sum);
        }
        return Statistics.of(sums).median();
    }
}
