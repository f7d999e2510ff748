package io.github.whisperspeedtest.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A percentage or a number of percentage points on the command line.
 *
 * @param fraction 0.05 for 5 %
 */
record Percentage(double fraction) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,9})?)\\s*%?");

    /** Reads a number with or without a percent sign: {@code 5%} and {@code 5} are the same. */
    static final class Converter implements ITypeConverter<Percentage> {
        Converter() {}

        @Override
        public Percentage convert(String text) {
            Matcher matcher = TEXT.matcher(text.strip());
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not a percentage such as 5%, 5 or 0.5");
            }
            return new Percentage(Double.parseDouble(matcher.group(1)) / 100);
        }
    }
}
