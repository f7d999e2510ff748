package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link WorkerTask} reports while it runs. */
public sealed interface WorkerEvent {
    /**
     * The implementation cannot run here. The task ends.
     *
     * @param problem what is missing or broken, and what the user can do about it
     */
    record Unavailable(Problem problem) implements WorkerEvent {}

    /** The worker begins to load the model. */
    record Loading() implements WorkerEvent {}

    /**
     * The model is loaded. The worker waits for commands.
     *
     * @param coldStart time since the start of the process
     * @param load time to load the model
     */
    record Loaded(Duration coldStart, Duration load) implements WorkerEvent {}

    /**
     * A run of all recordings is over.
     *
     * @param times the time of each recording
     * @param cpu the CPU usage, null if the system does not report it
     * @param transcripts the transcript of each recording
     * @param stages the time of each stage, summed over the recordings
     * @param parameters the parameters in effect
     * @param options the options in effect
     */
    record Ran(
            List<Duration> times,
            @Nullable CpuUsage cpu,
            List<Transcript> transcripts,
            Timings stages,
            EngineParameters parameters,
            TranscribeOptions options)
            implements WorkerEvent {
        /** Returns the time of the run. */
        Duration time() {
            return times.stream().reduce(Duration.ZERO, Duration::plus);
        }
    }

    /**
     * The silence check is over.
     *
     * @param wordsPerMinute words in a minute of silence and noise
     */
    record SilenceChecked(double wordsPerMinute) implements WorkerEvent {}

    /**
     * The transcript of one recording.
     *
     * @param text the text
     * @param language code of the language
     * @param languageProbability probability of that language, null if it was given or the engine does not report it
     */
    record Transcript(
            String text, String language, @Nullable Double languageProbability) {}
}
