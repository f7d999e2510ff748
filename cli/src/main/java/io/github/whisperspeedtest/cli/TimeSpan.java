package io.github.whisperspeedtest.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A length of time on the command line, such as {@code 90s}, {@code 10m} or {@code 1h}.
 *
 * @param duration the length, longer than zero
 */
record TimeSpan(Duration duration) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})\\s*(s|m|h|)");

    /** Reads a number with its unit; without one it is in seconds. */
    static final class Converter implements ITypeConverter<TimeSpan> {
        Converter() {}

        @Override
        public TimeSpan convert(String text) {
            Matcher matcher = TEXT.matcher(text.strip());
            if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
                throw new TypeConversionException("'" + text + "' is not a time such as 90s, 10m or 1h");
            }
            long number = Long.parseLong(matcher.group(1));
            return new TimeSpan(
                    switch (matcher.group(2)) {
                        case "h" -> Duration.ofHours(number);
                        case "m" -> Duration.ofMinutes(number);
                        default -> Duration.ofSeconds(number);
                    });
        }
    }
}
