package io.github.whisperspeedtest.hub;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The name of a file in a repository in which {@code *} stands for any characters except {@code /}. */
final class FilePattern {
    private final String text;
    private final Pattern pattern;

    FilePattern(String text) {
        this.text = text;
        this.pattern = Pattern.compile(
                Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]*")));
    }

    boolean matches(String path) {
        return pattern.matcher(path).matches();
    }

    /** Returns whether only one file can fit. */
    boolean isLiteral() {
        return !text.contains("*");
    }
}
