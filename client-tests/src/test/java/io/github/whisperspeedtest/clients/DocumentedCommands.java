package io.github.whisperspeedtest.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the page about the server shows, with the address of a test's server. */
final class DocumentedCommands {
    static final Path PAGE = Path.of("..", "docs", "serving.md");

    private static final Pattern ADDRESS = Pattern.compile("(http|ws)://127\\.0\\.0\\.1:8000/");

    private DocumentedCommands() {}

    /** Returns the first block in a language. */
    static String block(String language, String server) throws IOException {
        Matcher block = Pattern.compile("```" + language + "\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE));
        if (!block.find()) {
            throw new IllegalStateException("No block in " + language);
        }
        return at(block.group(1), server);
    }

    /** Returns code with the address of a server. */
    static String at(String code, String server) {
        return ADDRESS.matcher(code)
                .replaceAll(match -> Matcher.quoteReplacement(match.group(1) + server.substring(server.indexOf(':'))));
    }
}
