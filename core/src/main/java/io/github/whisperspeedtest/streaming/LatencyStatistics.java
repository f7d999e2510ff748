package io.github.whisperspeedtest.streaming;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Quantiles of times, exact to 10 ms, in bounded memory. */
final class LatencyStatistics {
    private static final int BIN_MILLIS = 10;

    /** Two minutes, longer than any audio is kept; the last bin has everything above. */
    private final long[] bins = new long[120_000 / BIN_MILLIS + 1];

    private long count;

    void add(Duration latency) {
        long bin = Math.max(0, latency.toMillis()) / BIN_MILLIS;
        bins[(int) Math.min(bin, bins.length - 1)]++;
        count++;
    }

    /** Returns the least time that the given fraction of all times does not exceed, rounded to 10 ms; null without any. */
    @Nullable
    Duration quantile(double fraction) {
        if (count == 0) {
            return null;
        }
        long rank = Math.max(1, (long) Math.ceil(fraction * count));
        long seen = 0;
        int bin = -1;
        while (seen < rank) {
            bin++;
            seen += bins[bin];
        }
        return Duration.ofMillis((long) bin * BIN_MILLIS);
    }
}
