package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Segment;
import java.util.List;

/** What a {@link WorkerTask} reports. */
public sealed interface WorkerEvent {
    /**
     * The worker begins to load its model.
     *
     * @param pid id of its process
     */
    record Loading(long pid) implements WorkerEvent {}

    /**
     * The model is loaded. The worker waits for commands.
     *
     * @param batches whether it can transcribe several recordings at once
     * @param parameters what the model runs with
     */
    record Loaded(boolean batches, EngineParameters parameters) implements WorkerEvent {}

    /** The recording of a job is decoded, and the engine begins with it. */
    record Started(long job) implements WorkerEvent {}

    /** A segment of a job is finished. */
    record Found(long job, Segment segment) implements WorkerEvent {}

    /** A job has ended. */
    record Ended(long job, JobEnd end) implements WorkerEvent {}

    /** The recordings of several jobs are being transcribed at once. */
    record Batched(List<Long> jobs) implements WorkerEvent {
        /** Copies the list. */
        public Batched {
            jobs = List.copyOf(jobs);
        }
    }

    /** The worker is ready for the next recordings: all jobs of the last command have ended. */
    record Idle() implements WorkerEvent {}

    /** The worker reads its commands. */
    record Pong() implements WorkerEvent {}

    /** A live stream takes audio. */
    record LiveReady(long stream) implements WorkerEvent {}

    /**
     * Audio arrived.
     *
     * @param bytes length of the audio
     */
    record LiveReceived(long stream, int bytes) implements WorkerEvent {}

    /** An event of a live stream. */
    record LiveEvent(long stream, StreamingEvent event) implements WorkerEvent {}

    /** All text of a live stream is confirmed. */
    record LiveEnded(long stream, StreamingSummary summary) implements WorkerEvent {}

    /** A live stream failed. */
    record LiveFailed(long stream, JobEnd.Failed failure) implements WorkerEvent {}
}
