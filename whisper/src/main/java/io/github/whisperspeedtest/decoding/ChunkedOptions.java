package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.Objects;

/**
 * Defaults for an implementation that decodes batches of chunks, used where the options of a transcription leave the
 * choice to it.
 *
 * @param chunkLength chunk length, from {@link TranscribeOptions#SHORTEST_CHUNK} to
 *     {@link TranscribeOptions#LONGEST_CHUNK}; a sixth of it on either side overlaps the neighbour
 * @param batchSize maximum number of chunks decoded at once
 */
public record ChunkedOptions(Duration chunkLength, int batchSize) {
    /** 30 s, the window of Whisper's encoder; source: {@code chunk_length_s} of insanely-fast-whisper's {@code cli.py}. */
    public static final Duration DEFAULT_CHUNK_LENGTH = TranscribeOptions.LONGEST_CHUNK;

    /**
     * 12; source: mac-whisper-speedtest's {@code insanely.py}, which uses it on a Mac with 16 GB to spare or unknown
     * memory. insanely-fast-whisper itself uses 24, for a server GPU.
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

    /** Returns the values from the options of a transcription, or these defaults where those are not set. */
    ChunkedOptions withOverrides(TranscribeOptions options) {
        Duration length = options.chunkLength();
        Integer size = options.batchSize();
        return new ChunkedOptions(length == null ? chunkLength : length, size == null ? batchSize : size);
    }
}
