package io.github.whisperspeedtest.decoding;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The largest batch of chunks that fits in memory, as far as known from batches that did not.
 *
 * <p>Only one thread at a time may lower it; any thread may read it.
 */
final class BatchLimit {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLimit.class);

    private volatile int largest = Integer.MAX_VALUE;

    /** Returns the largest batch worth trying. */
    int largest() {
        return largest;
    }

    /**
     * Records that memory ran out and halves the limit.
     *
     * @param size number of chunks in the batch, at least 2
     * @param failure the failure of the engine
     */
    void ranOutWith(int size, Throwable failure) {
        largest = size / 2;
        LOG.info(
                "Out of memory with a batch of {} chunks; continuing with {}: {}", size, largest, failure.getMessage());
    }

    /** Returns a note for readers of results, empty if memory never ran out. */
    Optional<String> note() {
        int size = largest;
        return size == Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.of("batch size reduced to " + size + (size == 1 ? " chunk" : " chunks")
                        + " after running out of memory");
    }
}
