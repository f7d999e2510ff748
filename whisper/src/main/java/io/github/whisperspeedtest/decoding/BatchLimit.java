package io.github.whisperspeedtest.decoding;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many chunks fit into memory at once, as far as that is known from batches that did not.
 *
 * <p>One thread at a time may lower it; any may read it.
 */
final class BatchLimit {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLimit.class);

    private volatile int largest = Integer.MAX_VALUE;

    /** Returns the most chunks that are worth a try. */
    int largest() {
        return largest;
    }

    /**
     * Notes that memory ran out, and halves the limit.
     *
     * @param size how many chunks there were, at least 2
     * @param failure what said so
     */
    void ranOutWith(int size, Throwable failure) {
        largest = size / 2;
        LOG.info("Memory ran out with {} chunks at once; going on with {}: {}", size, largest, failure.getMessage());
    }

    /** Returns what a reader of results has to know; nothing where memory never ran out. */
    Optional<String> note() {
        int size = largest;
        return size == Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.of("no more than " + size + (size == 1 ? " chunk" : " chunks")
                        + " at once: memory ran out with more");
    }
}
