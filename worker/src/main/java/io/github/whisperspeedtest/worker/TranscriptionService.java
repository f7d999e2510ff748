package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Transcribes recordings and live audio for many clients at once, with a bounded queue.
 *
 * <p>Thread-safe. A failure of an engine, also a crash, fails the jobs that it was running and no others.
 */
public interface TranscriptionService extends AutoCloseable {
    /** The name of the default model in the API, which clients of OpenAI have built in. */
    String DEFAULT_MODEL = "whisper-1";

    /** Returns the models that clients may name and that are on this machine, the default model first. */
    List<ServedModel> models();

    /**
     * Returns the model of a name.
     *
     * @param name {@code implementation/model}; the model alone, for the first implementation that serves it; or
     *     {@link #DEFAULT_MODEL}. Case does not matter
     * @throws io.github.whisperspeedtest.error.UnknownNameException if the model is not served; the message lists those that are
     */
    ServedModel require(String name);

    /**
     * Checks options without any work.
     *
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException if the implementation of the model does not declare one of them
     */
    void check(ServedModel model, TranscribeOptions options);

    /**
     * Adds a job to the queue whose recording has no name. Otherwise like {@link #submit(JobRequest, JobListener)}.
     *
     * @param recording a file with a recording in any supported format. The caller deletes it after the end of the job
     */
    default Job submit(ServedModel model, Path recording, TranscribeOptions options, JobListener listener) {
        return submit(new JobRequest(model, Failures.RECORDING, recording, options, false), listener);
    }

    /**
     * Adds a job to the queue.
     *
     * @param listener receives the events of the job, on threads of the service; must return soon
     * @throws RefusedException if the queue is full or the service is closing
     */
    Job submit(JobRequest request, JobListener listener);

    /**
     * Starts a live stream.
     *
     * @param listener receives the events of the stream, on threads of the service; must return soon
     * @throws RefusedException if too many streams are open or the service is closing
     */
    LiveStream openLive(ServedModel model, StreamingOptions options, LiveListener listener);

    /** Returns the current state, for monitoring. */
    ServiceState state();

    /**
     * Refuses new jobs and streams, and waits until the accepted ones have ended.
     *
     * @param limit the longest time to wait
     * @return whether all have ended
     * @throws InterruptedException if the thread is interrupted
     */
    boolean drain(Duration limit) throws InterruptedException;

    /** Cancels what is left and ends all child JVMs. Idempotent. */
    @Override
    void close();
}
