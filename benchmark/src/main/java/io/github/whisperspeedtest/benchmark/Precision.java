package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.List;

final class Precision {
    private Precision() {}

    static boolean isReached(List<Duration> times) {
        return false;
    }

    static int steadyFrom(List<Duration> times) {
        return 0;
    }
}
