package io.github.whisperspeedtest.process;

import com.fasterxml.jackson.databind.JavaType;
import io.github.whisperspeedtest.error.ErrorKind;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The protocol between parent and child: UTF-8 lines of a message type, a space, and JSON. */
final class Protocol {
    /** An event of the task. */
    static final String EVENT = "event";
    /** Setup work begins in the child; a description of it. */
    static final String SETUP = "setup";
    /** The output of the task; the last line. */
    static final String RESULT = "result";
    /** The exception of the task as a {@link Failure}; the last line. */
    static final String FAILURE = "failure";
    /** The peak memory that the child measured, in bytes; precedes the last line. */
    static final String PEAK_MEMORY = "peak-memory";

    static final JavaType TEXT = Json.type(String.class);

    /** Number of hexadecimal digits of a token: 128 random bits. */
    static final int TOKEN_LENGTH = 32;

    private static final byte[] REPLACEMENT_CHARACTER = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    private Protocol() {}

    /**
     * The first line on the child's standard input; the second is the input of the task.
     *
     * @param address IP address on which the parent listens
     * @param port port on which the parent listens
     * @param token the secret that the child sends first to identify itself
     * @param task name of the task's class
     */
    record Bootstrap(String address, int port, String token, String task) {
        static final JavaType TYPE = Json.type(Bootstrap.class);
    }

    /**
     * An exception that ended the task.
     *
     * @param kind category of the failure
     * @param message what failed and what to do
     * @param details the stack trace
     */
    record Failure(ErrorKind kind, String message, String details) {
        static final JavaType TYPE = Json.type(Failure.class);
    }

    /** Returns a UTF-8 writer. It replaces unpaired surrogates, which UTF-8 cannot encode, with U+FFFD. */
    static Writer writer(OutputStream out) {
        CharsetEncoder encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE)
                .replaceWith(REPLACEMENT_CHARACTER);
        return new BufferedWriter(new OutputStreamWriter(out, encoder));
    }

    static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    static void writeLine(Writer out, String line) throws IOException {
        out.write(line);
        out.write('\n');
        out.flush();
    }
}
