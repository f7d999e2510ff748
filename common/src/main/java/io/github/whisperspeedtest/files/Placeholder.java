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

/** Recognizes common placeholders for a model file: a Git LFS pointer, or a web page that a server sent instead. */
public final class Placeholder {
    /** Maximum size of a Git LFS pointer by its specification. Web pages are recognizable within fewer bytes. */
    private static final int LOOKED_AT = 1024;

    private static final int SHOWN = 80;

    /** Source: docs/spec.md of git-lfs/git-lfs. */
    private static final String POINTER = "version https://git-lfs.github.com/spec/v1";

    private static final Pattern POINTER_SIZE = Pattern.compile("^size (\\d{1,18})$", Pattern.MULTILINE);

    private static final Pattern MARKUP = Pattern.compile("^[\\s\\x{feff}]*<[!?a-zA-Z]");
    private static final Pattern ERROR = Pattern.compile("^\\s*\\{\\s*\"errors?\"\\s*:");

    private Placeholder() {}

    /**
     * Describes the placeholder in a file as a predicate, such as {@code is a Git LFS pointer}. Reads only the
     * beginning of the file.
     *
     * @return empty if the file is not a known placeholder or cannot be read
     */
    public static Optional<String> describe(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return describe(new String(in.readNBytes(LOOKED_AT), StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The code that opens the file next reports why.
            return Optional.empty();
        }
    }

    private static Optional<String> describe(String start) {
        if (start.startsWith(POINTER)) {
            Matcher size = POINTER_SIZE.matcher(start);
            return Optional.of("is a Git LFS pointer, not the actual file"
                    + (size.find() ? " of " + size.group(1) + " bytes" : ""));
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
