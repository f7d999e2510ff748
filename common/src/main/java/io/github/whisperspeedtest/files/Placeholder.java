package io.github.whisperspeedtest.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognizes what is often stored in place of a model file: a Git LFS pointer, or the page that a server sent instead. */
public final class Placeholder {
    /** The Git LFS specification limits a pointer to this size; a page tells its kind earlier. */
    private static final int LOOKED_AT = 1024;

    private static final int SHOWN = 80;

    /** Source: docs/spec.md of git-lfs/git-lfs. */
    private static final String POINTER = "version https://git-lfs.github.com/spec/v1";

    private static final Pattern POINTER_SIZE = Pattern.compile("^size (\\d{1,18})$", Pattern.MULTILINE);

    private static final Pattern MARKUP = Pattern.compile("^[\\s\\x{feff}]*<[!?a-zA-Z]");
    private static final Pattern ERROR = Pattern.compile("^\\s*\\{\\s*\"errors?\"\\s*:");

    private Placeholder() {}

    /**
     * Returns what a file holds instead of a model, as a predicate such as {@code is a Git LFS pointer}; reads only its beginning.
     *
     * @return empty if it is none of the known placeholders, or cannot be read
     */
    public static Optional<String> describe(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return describe(new String(in.readNBytes(LOOKED_AT), StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Whoever opens it next says why.
            return Optional.empty();
        }
    }

    private static Optional<String> describe(String start) {
        if (start.startsWith(POINTER)) {
            Matcher size = POINTER_SIZE.matcher(start);
            return Optional.of("is a Git LFS pointer, not the file"
                    + (size.find() ? " of " + size.group(1) + " bytes" : "") + " that it stands for");
        }
        if (MARKUP.matcher(start).find()) {
            boolean html = start.toLowerCase(Locale.ROOT).contains("html");
            return Optional.of("is " + (html ? "an HTML page" : "an XML document")
                    + ", not a model file; a server or a login page answered in its place");
        }
        if (ERROR.matcher(start).find()) {
            String text = start.strip().replaceAll("\\p{C}", "?");
            return Optional.of("is the error message of a server, not a model file: "
                    + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text));
        }
        return Optional.empty();
    }
}
