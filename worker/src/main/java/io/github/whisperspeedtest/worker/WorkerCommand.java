package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.nio.file.Path;
import java.util.List;

/** What the parent asks of a {@link WorkerTask}. */
sealed interface WorkerCommand {
    /**
     * Transcribe recordings with the same options. Sent only when the worker has no recordings.
     *
     * @param recordings one or, for a batch, several
     */
    record Transcribe(List<Item> recordings, TranscribeOptions options) implements WorkerCommand {
        /** Copies the list. */
        public Transcribe {
            recordings = List.copyOf(recordings);
        }
    }

    /**
     * A recording.
     *
     * @param job number of its job
     * @param name its name in messages
     */
    record Item(long job, String name, Path recording) {}

    /** Drop a job, which may have ended already. */
    record Cancel(long job) implements WorkerCommand {}

    /** Start a live stream. */
    record OpenLive(long stream, StreamingOptions options) implements WorkerCommand {}

    /**
     * Add audio to a live stream.
     *
     * @param pcm 16-bit little-endian samples at 16 kHz, mono; whole samples
     */
    record Append(long stream, byte[] pcm) implements WorkerCommand {}

    /** Confirm the rest of a live stream. */
    record Finish(long stream) implements WorkerCommand {}

    /** Answer with {@link WorkerEvent.Pong}. */
    record Ping() implements WorkerCommand {}

    /** Give a live stream up. */
    record CloseLive(long stream) implements WorkerCommand {}

    /** Give everything up, free the model and end the process. */
    record End() implements WorkerCommand {}
}
