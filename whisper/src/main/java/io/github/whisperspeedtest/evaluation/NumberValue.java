package io.github.whisperspeedtest.evaluation;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The number that consecutive words make up.
 *
 * <p>It is an integer as long as the words follow the grammar of numbers ({@code twenty five}). It becomes a sequence of digits where
 * they are read out one after the other ({@code twenty twenty six}, {@code three point one}), and after a zero.
 */
final class NumberValue {
    /** Longest number to calculate with, so that hostile texts take no quadratic time. Longer ones stay sequences of digits. */
    static final int MAX_DIGITS = 300;

    private static final BigInteger THOUSAND = BigInteger.valueOf(1000);

    private @Nullable BigInteger integer;
    private final StringBuilder digits = new StringBuilder();

    private NumberValue(@Nullable BigInteger integer, String digits) {
        this.integer = integer;
        this.digits.append(digits);
    }

    static NumberValue of(BigInteger integer) {
        return new NumberValue(integer, "");
    }

    static NumberValue of(long integer) {
        return of(BigInteger.valueOf(integer));
    }

    /** Creates a sequence of digits. */
    static NumberValue ofDigits(String digits) {
        return new NumberValue(null, digits);
    }

    /** Creates the value of digits, with decimals or without; an integer if the decimals are zero. */
    static NumberValue parse(String number) {
        int point = number.indexOf('.');
        boolean whole = point < 0
                || number.chars().skip(point + 1L).allMatch(digit -> Character.digit(digit, Character.MAX_RADIX) == 0);
        String units = point < 0 ? number : number.substring(0, point);
        return whole && units.length() <= MAX_DIGITS ? of(new BigInteger(units)) : ofDigits(number);
    }

    boolean isSequence() {
        return integer == null;
    }

    boolean endsWithPoint() {
        return isSequence() && !digits.isEmpty() && digits.charAt(digits.length() - 1) == '.';
    }

    /** Returns whether the integer is a multiple of the power of ten, so that a smaller number can follow it. */
    private boolean takes(int power) {
        return integer != null && integer.mod(BigInteger.valueOf(power)).signum() == 0;
    }

    /** Writes digits or a point behind the number. An integer of zero disappears. */
    void append(String text) {
        if (integer != null && integer.signum() != 0) {
            digits.append(integer);
        }
        integer = null;
        digits.append(text);
    }

    /** Adds a number of one to nineteen, or writes it behind the number where the sum is not what the words mean. */
    void addOnes(int ones, boolean afterOnes, boolean afterTens) {
        if (afterTens && ones < 10 && isSequence()) {
            digits.setLength(digits.length() - 1);
            digits.append(ones);
        } else if (integer != null && !afterOnes && takes(ones < 10 ? 10 : 100)) {
            integer = integer.add(BigInteger.valueOf(ones));
        } else {
            append(String.valueOf(ones));
        }
    }

    /** Adds twenty, thirty and so on. */
    void addTens(int tens) {
        if (integer != null && takes(100)) {
            integer = integer.add(BigInteger.valueOf(tens));
        } else {
            append(String.valueOf(tens));
        }
    }

    /** Multiplies the part of an integer below a thousand: {@code two thousand three} times a hundred is 2300. */
    void multiplyLastThousand(BigInteger multiplier) {
        if (integer != null) {
            BigInteger[] parts = integer.divideAndRemainder(THOUSAND);
            integer = parts[0].multiply(THOUSAND).add(parts[1].multiply(multiplier));
        }
    }

    /** Returns the product, null if the digits are no number or the product is no integer. */
    @Nullable
    BigInteger times(BigInteger multiplier) {
        if (integer != null) {
            return integer.multiply(multiplier);
        }
        if (digits.length() > MAX_DIGITS || digits.chars().anyMatch(part -> part != '.' && !Character.isDigit(part))) {
            return null;
        }
        try {
            BigDecimal product = new BigDecimal(digits.toString()).multiply(new BigDecimal(multiplier));
            return product.stripTrailingZeros().scale() <= 0 ? product.toBigInteger() : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    boolean isZero() {
        return integer != null && integer.signum() == 0;
    }

    @Override
    public String toString() {
        return integer == null ? digits.toString() : integer.toString();
    }
}
