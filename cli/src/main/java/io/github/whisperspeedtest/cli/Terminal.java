package io.github.whisperspeedtest.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where output goes, and what can be shown there.
 *
 * @param out data
 * @param err everything else
 * @param outIsTerminal whether somebody watches {@code out}
 * @param errIsTerminal whether somebody watches {@code err}
 * @param unicode whether characters outside ASCII arrive as they are
 * @param color whether colours are wanted on a terminal
 */
record Terminal(
        PrintWriter out,
        PrintWriter err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        boolean unicode,
        boolean color) {
    /** System property with the names of the streams that are terminals, set by the start script. */
    static final String TERMINAL_PROPERTY = "whisperspeedtest.terminal";

    /**
     * Returns the terminal of this process, and keeps standard output for data.
     *
     * <p>Some audio decoders print to {@code System.out}; from here on that is standard error.
     */
    static Terminal takeOver() {
        Charset charset = charset();
        String known = System.getProperty(TERMINAL_PROPERTY);
        boolean console = known == null && isConsole();
        List<String> terminals = known == null ? List.of() : Arrays.asList(known.split(","));
        boolean outIsTerminal = console || terminals.contains("stdout");
        // A pipe or a file gets what -o writes: no locale may turn letters of a transcript into question marks.
        PrintWriter out = new PrintWriter(System.out, true, outIsTerminal ? charset : StandardCharsets.UTF_8);
        System.setOut(System.err);
        PrintWriter err = new PrintWriter(System.err, true, charset);
        return new Terminal(
                out,
                err,
                outIsTerminal,
                console || terminals.contains("stderr"),
                charset.newEncoder().canEncode('×'),
                wantsColor(System.getenv()));
    }

    /** Returns how to ask the person at the terminal, null where nobody is there to see a question or to answer it. */
    @Nullable
    Prompt prompt() {
        if (!outIsTerminal || !errIsTerminal || !isConsole()) {
            return null;
        }
        return question -> {
            err.flush();
            String answer = System.console().readLine("%s", question);
            return answer == null ? null : answer.strip();
        };
    }

    /** Returns whether colours may be used on standard output. */
    boolean colorOut() {
        return color && outIsTerminal;
    }

    /** Follows https://no-color.org, and leaves terminals alone that say they can do nothing. */
    static boolean wantsColor(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
    }

    /** Java 17 tells the terminal's encoding in {@code native.encoding}, later versions in {@code stdout.encoding}. */
    private static Charset charset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("native.encoding"));
        try {
            return name == null ? Charset.defaultCharset() : Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return Charset.defaultCharset();
        }
    }

    /** From Java 22 on there is always a console, and whether it is a terminal is a question of its own. */
    private static boolean isConsole() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException | UncheckedIOException e) {
            return false;
        }
    }
}
