package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.Objects;

/**
 * How an implementation that decodes many chunks at once does so where the options of a transcription leave it open.
 *
 * @param chunkLength length of a chunk, from {@link TranscribeOptions#SHORTEST_CHUNK} to {@link TranscribeOptions#LONGEST_CHUNK}; a
 *     sixth of it on either side is shared with the neighbour
 * @param batchSize how many chunks are decoded at once at most
 */
public record ChunkedOptions(Duration chunkLength, int batchSize) {
    /** 30 s, what Whisper's encoder hears at once; source: {@code chunk_length_s} of insanely-fast-whisper's {@code cli.py}. */
    public static final Duration DEFAULT_CHUNK_LENGTH = TranscribeOptions.LONGEST_CHUNK;

    /**
     * 12; source: what mac-whisper-speedtest's {@code insanely.py} takes on a Mac with 16 GB to spare, and where it cannot tell how
     * much there is. insanely-fast-whisper itself takes 24, for a server's GPU.
     */
    public static final int DEFAULT_BATCH_SIZE = 12;

    /** Checks both. */
    public ChunkedOptions {
        Objects.requireNonNull(chunkLength, "chunkLength");
        TranscribeOptions.builder().chunkLength(chunkLength).batchSize(batchSize);
    }

    /** Returns chunks of 30 s and batches of 12. */
    public static ChunkedOptions defaults() {
        return new ChunkedOptions(DEFAULT_CHUNK_LENGTH, DEFAULT_BATCH_SIZE);
    }

    /** Returns these options with another length of chunks. */
    public ChunkedOptions withChunkLength(Duration value) {
        return new ChunkedOptions(value, batchSize);
    }

    /** Returns these options with another size of batches. */
    public ChunkedOptions withBatchSize(int value) {
        return new ChunkedOptions(chunkLength, value);
    }

    /** Returns what a transcription asks for, and these options where it leaves that open. */
    ChunkedOptions orAsAsked(TranscribeOptions options) {
        Duration length = options.chunkLength();
        Integer size = options.batchSize();
        return new ChunkedOptions(length == null ? chunkLength : length, size == null ? batchSize : size);
    }
}
