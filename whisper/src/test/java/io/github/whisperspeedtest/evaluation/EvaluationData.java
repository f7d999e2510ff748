package io.github.whisperspeedtest.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tables of inputs and of what published programs made of them; the README beside them has the versions. */
final class EvaluationData {
    private static final Pattern ESCAPED = Pattern.compile("\\\\u([0-9A-F]{4})");

    private EvaluationData() {}

    /** Returns the rows of a table of tab-separated values. */
    static List<List<String>> rows(String resource) {
        try (InputStream in = Objects.requireNonNull(EvaluationData.class.getResourceAsStream(resource), resource)) {
            return Stream.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"))
                    .map(line -> Stream.of(line.split("\t", -1))
                            .map(EvaluationData::unescaped)
                            .toList())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unescaped(String cell) {
        return ESCAPED.matcher(cell).replaceAll(EvaluationData::character);
    }

    private static String character(MatchResult escaped) {
        return Matcher.quoteReplacement(Character.toString(Integer.parseInt(escaped.group(1), 16)));
    }
}
