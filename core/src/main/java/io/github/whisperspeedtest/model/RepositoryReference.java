package io.github.whisperspeedtest.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A repository of the Hugging Face hub as users name it: {@code owner/name}, {@code owner/name@revision},
 * {@code owner/name:file}, with or without {@code hf:} in front, or the URL of its page.
 *
 * @param repository {@code owner/name}
 * @param revision branch, tag or commit
 * @param file the file that the user chose, null if the user chose none
 */
record RepositoryReference(
        String repository, String revision, @Nullable String file) {
    /** The branch that downloads use by default. */
    static final String MAIN = "main";

    private static final String SCHEME = "hf:";

    /** The hub's rule for names: letters, digits, {@code -}, {@code _} and {@code .}, at most 96 characters. */
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}";

    private static final Pattern SHORT =
            Pattern.compile("(" + NAME + "/" + NAME + ")(?:@([^:@\\s]+))?(?::([^:\\s][^:]*))?");

    private static final Pattern PAGE =
            Pattern.compile("/(" + NAME + "/" + NAME + ")(?:/(?:tree|blob|resolve|raw)/([^/]+)(?:/(.+))?)?/?");

    private static final List<String> HOSTS = List.of("huggingface.co", "www.huggingface.co", "hf.co");

    /** Endings of model files. A text with one of them is the path of a file, which is missing. */
    private static final List<String> FILE_ENDINGS = List.of(".bin", ".pt", ".safetensors", ".npz", ".gguf");

    RepositoryReference {
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(revision, "revision");
    }

    /** Returns the repository that a text names, or empty if it does not have the form of one. */
    static Optional<RepositoryReference> parse(String text) {
        if (text.startsWith("https://") || text.startsWith("http://")) {
            return ofPage(text);
        }
        boolean explicit = text.startsWith(SCHEME);
        String rest = explicit ? text.substring(SCHEME.length()) : text;
        if (explicit && rest.startsWith("//")) {
            rest = rest.substring(2);
        }
        Matcher matcher = SHORT.matcher(rest);
        if (!matcher.matches() || !explicit && isFileName(matcher.group(1))) {
            return Optional.empty();
        }
        return Optional.of(of(matcher.group(1), matcher.group(2), matcher.group(3)));
    }

    private static Optional<RepositoryReference> ofPage(String text) {
        try {
            URI url = new URI(text);
            String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
            Matcher matcher = PAGE.matcher(url.getRawPath() == null ? "" : url.getRawPath());
            return HOSTS.contains(host) && matcher.matches()
                    ? Optional.of(of(matcher.group(1), decoded(matcher.group(2)), decoded(matcher.group(3))))
                    : Optional.empty();
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static @Nullable String decoded(@Nullable String text) {
        // A + is not a space in the path of a URL.
        return text == null ? null : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static boolean isFileName(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return FILE_ENDINGS.stream().anyMatch(lower::endsWith);
    }

    private static RepositoryReference of(String repository, @Nullable String revision, @Nullable String file) {
        return new RepositoryReference(repository, revision == null ? MAIN : revision, file);
    }

    /** Returns whether the revision is the branch that downloads use by default. */
    boolean isMain() {
        return revision.equals(MAIN);
    }

    /** Returns the shortest text that names the same. */
    @Override
    public String toString() {
        return repository + (isMain() ? "" : "@" + revision) + (file == null ? "" : ":" + file);
    }
}
