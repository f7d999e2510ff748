package io.github.whisperspeedtest.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A size of memory on the command line, such as {@code 1G} or {@code 500M}.
 *
 * @param bytes the size, at least 1
 */
record MemorySize(long bytes) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)\\s*([KMGT])(?:I?B)?");
    private static final String UNITS = "KMGT";

    /** Reads a number with its unit; units are binary, as in the reports: {@code 1G} is 1024 MiB. */
    static final class Converter implements ITypeConverter<MemorySize> {
        Converter() {}

        @Override
        public MemorySize convert(String text) {
            Matcher matcher = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
            long bytes = matcher.matches()
                    ? (long) (Double.parseDouble(matcher.group(1)) * (1L << 10 * (1 + UNITS.indexOf(matcher.group(2)))))
                    : 0;
            if (bytes == 0) {
                throw new TypeConversionException("'" + text + "' is not a size such as 500M or 1G");
            }
            return new MemorySize(bytes);
        }
    }
}
