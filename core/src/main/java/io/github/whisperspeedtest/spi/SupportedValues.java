package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;

/** The values of one transcription option that an implementation supports besides the default. */
public sealed interface SupportedValues {
    /** Returns whether the option's value is one of these. */
    boolean contains(TranscribeOption option, TranscribeOptions options);

    /** Returns the values as text, such as {@code 1 to 8}; empty if there are none. */
    String describe();

    /** Every value that {@link TranscribeOptions} allows. */
    record Any() implements SupportedValues {
        @Override
        public boolean contains(TranscribeOption option, TranscribeOptions options) {
            return true;
        }

        @Override
        public String describe() {
            return "any value";
        }
    }

    /**
     * The listed values; none if the list is empty.
     *
     * @param values as in {@link TranscribeOption#text}
     */
    record OneOf(List<String> values) implements SupportedValues {
        /** Copies the list. */
        public OneOf {
            values = List.copyOf(values);
        }

        @Override
        public boolean contains(TranscribeOption option, TranscribeOptions options) {
            return values.contains(option.text(options));
        }

        @Override
        public String describe() {
            return String.join(", ", values);
        }
    }

    /**
     * A range of numbers.
     *
     * @param minimum the smallest value
     * @param exclusiveMinimum whether the minimum itself is excluded
     * @param maximum the largest value, included
     */
    record Range(double minimum, boolean exclusiveMinimum, double maximum) implements SupportedValues {
        /** Checks the order of the bounds. */
        public Range {
            if (!(minimum <= maximum)) {
                throw new IllegalArgumentException("The range from " + minimum + " to " + maximum + " is empty");
            }
        }

        @Override
        public boolean contains(TranscribeOption option, TranscribeOptions options) {
            Double value = option.number(options);
            return value != null && value <= maximum && (exclusiveMinimum ? value > minimum : value >= minimum);
        }

        @Override
        public String describe() {
            return (exclusiveMinimum ? "above " : "") + number(minimum) + " to " + number(maximum);
        }

        private static String number(double value) {
            return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
        }
    }
}
