package io.github.whisperspeedtest.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A threshold that can be disabled.
 *
 * @param value the threshold, or null if disabled
 */
record Threshold(@Nullable Double value) {
    /** Reads a number or {@code off}. */
    static final class Converter implements ITypeConverter<Threshold> {
        Converter() {}

        @Override
        public Threshold convert(String text) {
            if (text.equalsIgnoreCase("off")) {
                return new Threshold(null);
            }
            try {
                return new Threshold(Double.valueOf(text));
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is neither a number nor off");
            }
        }
    }
}
