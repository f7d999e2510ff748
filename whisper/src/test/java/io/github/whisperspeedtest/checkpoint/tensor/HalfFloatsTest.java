package io.github.whisperspeedtest.checkpoint.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfFloatsTest {
    @Test
    void convertsEveryHalf() {
        for (int bits = 0; bits < 0x10000; bits++) {
            double expected = value(bits);
            float actual = HalfFloats.toFloat((short) bits);
            assertThat(Double.compare(actual, expected)).as("half 0x%04x", bits).isZero();
        }
    }

    @Test
    void everyHalfRoundTrips() {
        for (int bits = 0; bits < 0x10000; bits++) {
            short half = (short) bits;
            short back = HalfFloats.fromFloat(HalfFloats.toFloat(half));
            if (Float.isNaN(HalfFloats.toFloat(half))) {
                assertThat(HalfFloats.toFloat(back)).isNaN();
            } else {
                assertThat(back).as("half 0x%04x", bits).isEqualTo(half);
            }
        }
    }

    @Test
    void roundsToNearestEven() {
        // All halves from 0 to infinity; the step behind the largest finite one leads to 65536, which overflows.
        for (int bits = 0; bits < 0x7c00; bits++) {
            float lower = HalfFloats.toFloat((short) bits);
            float upper = bits == 0x7bff ? 65536 : HalfFloats.toFloat((short) (bits + 1));
            float middle = (lower + upper) / 2;
            int even = bits % 2 == 0 ? bits : bits + 1;
            assertBothSigns(middle, even);
            assertBothSigns(Math.nextDown(middle), bits);
            assertBothSigns(Math.nextUp(middle), bits + 1);
        }
    }

    @Test
    void agreesWithExactRoundingOfArbitraryFloats() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isNaN(value)) {
                assertThat(HalfFloats.toFloat(HalfFloats.fromFloat(value))).isNaN();
            } else {
                assertThat(HalfFloats.toFloat(HalfFloats.fromFloat(value)))
                        .as("%s", value)
                        .isEqualTo(rounded(value));
            }
        }
    }

    @Test
    void largeValuesBecomeInfinite() {
        assertBothSigns(65504, 0x7bff);
        assertBothSigns(65519.996f, 0x7bff);
        assertBothSigns(65520, 0x7c00);
        assertBothSigns(Float.MAX_VALUE, 0x7c00);
        assertBothSigns(Float.POSITIVE_INFINITY, 0x7c00);
    }

    private static void assertBothSigns(float value, int bits) {
        assertThat(HalfFloats.fromFloat(value)).as("%s", value).isEqualTo((short) bits);
        assertThat(HalfFloats.fromFloat(-value)).as("%s", -value).isEqualTo((short) (bits | 0x8000));
    }

    /** The definition of binary16, in double precision. */
    private static double value(int bits) {
        double sign = bits >= 0x8000 ? -1 : 1;
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 31) {
            return mantissa == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return exponent == 0
                ? sign * mantissa * Math.pow(2, -24)
                : sign * (1024 + mantissa) * Math.pow(2, exponent - 25);
    }

    /** Rounds to a multiple of the step between halves of that size; the remainder of doubles is exact. */
    private static float rounded(float value) {
        double exponent = Math.max(-14, Math.getExponent(value));
        double step = Math.pow(2, exponent - 10);
        double result = Math.rint(value / step) * step;
        return (float) (Math.abs(result) >= 65536 ? Math.copySign(Double.POSITIVE_INFINITY, value) : result);
    }
}
