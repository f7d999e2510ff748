package io.github.whisperspeedtest.format;

import java.math.BigDecimal;
import java.time.Duration;

/** Converts durations to exact decimal seconds and back, for files. */
public final class Seconds {
    private static final int NANO_DIGITS = 9;

    private Seconds() {}

    /** Returns the seconds without trailing zeros. */
    public static BigDecimal of(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds())
                .add(BigDecimal.valueOf(duration.getNano(), NANO_DIGITS))
                .stripTrailingZeros();
        return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
    }

    /**
     * Returns the duration of the given seconds.
     *
     * @throws ArithmeticException if they are too large or more precise than nanoseconds
     */
    public static Duration toDuration(BigDecimal seconds) {
        return Duration.ofNanos(seconds.movePointRight(NANO_DIGITS).longValueExact());
    }
}
