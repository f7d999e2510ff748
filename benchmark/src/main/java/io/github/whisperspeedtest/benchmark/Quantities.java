package io.github.whisperspeedtest.benchmark;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * Formats numbers with units for display, independent of the locale.
 *
 * <p>Public because the command line uses it for its own tables and messages.
 */
public final class Quantities {
    private static final int DIGITS = 3;
    private static final MathContext PRECISION = new MathContext(DIGITS, RoundingMode.HALF_UP);
    private static final MathContext DEVIATION_PRECISION = new MathContext(2, RoundingMode.HALF_UP);
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Quantities() {}

    /** Returns a number with a noun, such as {@code 1 core} or {@code 2 cores}. */
    public static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** Returns three significant digits, in milliseconds below one second and otherwise in seconds. */
    public static String duration(Duration duration) {
        boolean inSeconds = inSeconds(duration);
        return number(in(duration, inSeconds)) + unit(inSeconds);
    }

    /** Returns a mean and its deviation in the unit of the mean. The deviation has two significant digits. */
    static String durationWithDeviation(Duration mean, Duration deviation, String plusMinus) {
        boolean inSeconds = inSeconds(mean);
        BigDecimal rounded = in(deviation, inSeconds).round(DEVIATION_PRECISION);
        return number(in(mean, inSeconds)) + " " + plusMinus + " "
                + rounded.stripTrailingZeros().toPlainString() + unit(inSeconds);
    }

    /** Decides after rounding, so that 999.9 ms becomes 1 s. */
    private static boolean inSeconds(Duration duration) {
        return in(duration, false).round(PRECISION).compareTo(THOUSAND) >= 0;
    }

    private static BigDecimal in(Duration duration, boolean seconds) {
        return BigDecimal.valueOf(duration.toNanos(), seconds ? 9 : 6);
    }

    private static String unit(boolean seconds) {
        return seconds ? " s" : " ms";
    }

    /** Returns three significant digits, or more if the integer part is longer. */
    public static String number(double value) {
        return number(BigDecimal.valueOf(value));
    }

    private static String number(BigDecimal value) {
        if (value.signum() == 0) {
            return "0";
        }
        BigDecimal rounded = value.round(PRECISION);
        int integerDigits = rounded.precision() - rounded.scale();
        return value.setScale(Math.max(0, DIGITS - integerDigits), RoundingMode.HALF_UP)
                .toPlainString();
    }

    /** Returns a number with two decimals. */
    static String hundredths(double value) {
        return BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_UP).toPlainString();
    }

    /** Returns a fraction as a percentage with one decimal. */
    public static String percent(double fraction) {
        return BigDecimal.valueOf(fraction)
                        .movePointRight(2)
                        .setScale(1, RoundingMode.HALF_UP)
                        .toPlainString()
                + " %";
    }

    /** Returns a size in the largest binary unit that gives at least 1. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return number(value) + " " + BYTE_UNITS[unit];
    }
}
