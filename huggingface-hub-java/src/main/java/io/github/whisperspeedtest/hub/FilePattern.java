package io.github.whisperspeedtest.hub;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A pattern for files of a repository: {@code *} stands for any characters except {@code /}. Of alternatives separated by {@code |}, the
 * first that matches a file counts. A {@code ?} at the end marks files that a repository may lack.
 *
 * <p>Alternatives are for weights that some repositories have in one form and some in another.
 */
public final class FilePattern {
    private static final String OPTIONAL = "?";

    private final List<String> alternatives;
    private final boolean optional;

    private FilePattern(List<String> alternatives, boolean optional) {
        this.alternatives = alternatives;
        this.optional = optional;
    }

    /** Returns the pattern that a text stands for. */
    public static FilePattern of(String text) {
        boolean optional = text.endsWith(OPTIONAL);
        String names = optional ? text.substring(0, text.length() - OPTIONAL.length()) : text;
        return new FilePattern(List.of(names.split("\\|", -1)), optional);
    }

    /** Returns whether a repository without any such file is still complete. */
    public boolean isOptional() {
        return optional;
    }

    /** Returns whether the pattern can match only one file. */
    public boolean isLiteral() {
        return alternatives.size() == 1 && !alternatives.get(0).contains("*");
    }

    /** Returns the first alternative that any of the names fits, and this pattern where none does. */
    public FilePattern firstIn(Collection<String> names) {
        return alternatives.stream()
                .filter(alternative ->
                        names.stream().anyMatch(compiled(alternative).asMatchPredicate()))
                .findFirst()
                .map(alternative -> new FilePattern(List.of(alternative), optional))
                .orElse(this);
    }

    /** Returns the names that fit, in their order; where there are alternatives, those that fit the first that any of them fits. */
    public List<String> select(Collection<String> names) {
        return alternatives.stream()
                .map(alternative -> names.stream()
                        .filter(compiled(alternative).asMatchPredicate())
                        .toList())
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static Pattern compiled(String alternative) {
        return Pattern.compile(
                Arrays.stream(alternative.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]*")));
    }

    /** Returns the pattern for people, such as {@code weights.safetensors or weights.npz}. */
    @Override
    public String toString() {
        return String.join(" or ", alternatives);
    }
}
