package io.github.whisperspeedtest.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The standard streams and the capabilities of the terminal. */
final class Terminal {
    /** System property with the names of the streams that are terminals, set by the start script. */
    static final String TERMINAL_PROPERTY = "whisperspeedtest.terminal";

    private final InputStream in;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean inIsTerminal;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;
    private final boolean unicode;
    private final boolean color;
    private final Width width;
    private final StatusLine status;
    private final AtomicReference<Supplier<String>> interruptSummary;
    private final AtomicReference<Duration> interruptGrace;

    /**
     * Describes a terminal.
     *
     * @param in standard input
     * @param out data
     * @param err everything else
     * @param inIsTerminal whether {@code in} is a terminal
     * @param outIsTerminal whether {@code out} is a terminal
     * @param errIsTerminal whether {@code err} is a terminal
     * @param unicode whether characters outside ASCII arrive as they are
     * @param color whether colours are wanted on a terminal
     * @param width the width to lay output out for
     */
    Terminal(
            InputStream in,
            PrintWriter out,
            PrintWriter err,
            boolean inIsTerminal,
            boolean outIsTerminal,
            boolean errIsTerminal,
            boolean unicode,
            boolean color,
            Width width) {
        status = new StatusLine(err, errIsTerminal);
        this.out = status.aroundOut(out);
        this.err = errIsTerminal || width.requested()
                ? new WrappingWriter(status.aroundErr(), width.columns())
                : status.aroundErr();
        this.in = in;
        this.inIsTerminal = inIsTerminal;
        this.outIsTerminal = outIsTerminal;
        this.errIsTerminal = errIsTerminal;
        this.unicode = unicode;
        this.color = color;
        this.width = width;
        interruptSummary = new AtomicReference<>(() -> "interrupted");
        interruptGrace = new AtomicReference<>(Termination.GRACE);
    }

    private Terminal(Terminal other, PrintWriter out) {
        this.out = out;
        in = other.in;
        err = other.err;
        inIsTerminal = other.inIsTerminal;
        outIsTerminal = other.outIsTerminal;
        errIsTerminal = other.errIsTerminal;
        unicode = other.unicode;
        color = other.color;
        width = other.width;
        status = other.status;
        interruptSummary = other.interruptSummary;
        interruptGrace = other.interruptGrace;
    }

    /** Returns the same terminal without standard output, for a command that is a step of another one. */
    Terminal withoutOut() {
        return new Terminal(this, new PrintWriter(Writer.nullWriter()));
    }

    /**
     * Returns the terminal of this process, and keeps standard output for data.
     *
     * <p>Some audio decoders print to {@code System.out}; from here on that is standard error.
     *
     * @param readerGone runs once a pipe that is written to has no reader any more; what is written to it from then on is dropped
     */
    static Terminal takeOver(Runnable readerGone) {
        Charset charset = charset();
        String known = System.getProperty(TERMINAL_PROPERTY);
        boolean console = known == null && isConsole();
        List<String> terminals = known == null ? List.of() : Arrays.asList(known.split(","));
        boolean outIsTerminal = console || terminals.contains("stdout");
        OutputStream stdout = StandardStream.of(FileDescriptor.out, "/dev/fd/1", readerGone);
        OutputStream stderr = StandardStream.of(FileDescriptor.err, "/dev/fd/2", readerGone);
        Terminal terminal = new Terminal(
                new FileInputStream(FileDescriptor.in),
                // A pipe or a file gets what -o writes: no locale may turn letters of a transcript into question marks.
                new PrintWriter(
                        new OutputStreamWriter(
                                new BufferedOutputStream(stdout), outIsTerminal ? charset : StandardCharsets.UTF_8),
                        true),
                new PrintWriter(new OutputStreamWriter(stderr, charset), true),
                console || terminals.contains("stdin"),
                outIsTerminal,
                console || terminals.contains("stderr"),
                charset.newEncoder().canEncode('×'),
                wantsColor(System.getenv()),
                Width.of(System.getenv(), System.getProperty(Width.COLUMNS_PROPERTY)));
        PrintStream log = terminal.status.aroundErr(stderr);
        System.setErr(log);
        System.setOut(log);
        return terminal;
    }

    /** Drops what Java and libraries print to {@code System.out} from here on. */
    static void dropSystemOut() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    }

    /** Returns standard input. */
    InputStream in() {
        return in;
    }

    /** Returns the writer for data. */
    PrintWriter out() {
        return out;
    }

    /** Returns the writer for everything but data. */
    PrintWriter err() {
        return err;
    }

    boolean inIsTerminal() {
        return inIsTerminal;
    }

    boolean outIsTerminal() {
        return outIsTerminal;
    }

    boolean errIsTerminal() {
        return errIsTerminal;
    }

    boolean unicode() {
        return unicode;
    }

    boolean color() {
        return color;
    }

    /** Returns the width for tables and help. */
    int columns() {
        return width.columns();
    }

    /** Returns the width at which prose on standard output wraps; in a pipe a line stays whole unless the user sets a width. */
    int lineColumns() {
        return outIsTerminal || width.requested() ? width.columns() : Integer.MAX_VALUE;
    }

    StatusLine status() {
        return status;
    }

    /** Sets the supplier of the last line that an interrupt prints, such as the progress; it is called from another thread. */
    void onInterrupt(Supplier<String> summary) {
        interruptSummary.set(summary);
    }

    String interruptSummary() {
        return interruptSummary.get().get();
    }

    /** Sets how long an interrupted command may take to end; a second signal ends it at once. */
    void graceAfterInterrupt(Duration grace) {
        interruptGrace.set(grace);
    }

    Duration graceAfterInterrupt() {
        return interruptGrace.get();
    }

    /** Returns a prompt for the user, null where standard input, output or error is not a terminal. */
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

    /** Follows https://no-color.org, and uses no colours on a dumb terminal. */
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

    /** From Java 22 on there is always a console, which may not be a terminal. */
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
