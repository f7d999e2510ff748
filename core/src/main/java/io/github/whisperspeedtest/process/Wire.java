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

/** What parent and child say to each other: lines of UTF-8, each a word for what it is, a space, and JSON. */
final class Wire {
    /** An event of the task. */
    static final String EVENT = "event";
    /** Long work that begins in the child, a description. */
    static final String LONG_WORK = "long-work";
    /** What the task returned; the last line. */
    static final String RESULT = "result";
    /** What the task threw, a {@link Failure}; the last line. */
    static final String FAILURE = "failure";
    /** The peak of memory that the child saw, in bytes; stands before the last line. */
    static final String PEAK_MEMORY = "peak-memory";

    static final JavaType TEXT = Json.type(String.class);

    /** Hexadecimal digits of a token: as hard to guess as a random UUID. */
    static final int TOKEN_LENGTH = 32;

    private static final byte[] REPLACEMENT_CHARACTER = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    private Wire() {}

    /**
     * The first line on the child's standard input; the second is the input of the task.
     *
     * @param address where the parent listens
     * @param port where the parent listens
     * @param token what the child says first, so that the parent knows it
     * @param task name of the class to run
     */
    record Invitation(String address, int port, String token, String task) {
        static final JavaType TYPE = Json.type(Invitation.class);
    }

    /**
     * An exception that leaves the child.
     *
     * @param kind who can mend it
     * @param message what failed and what to do
     * @param details the stack trace
     */
    record Failure(ErrorKind kind, String message, String details) {
        static final JavaType TYPE = Json.type(Failure.class);
    }

    /** Half a surrogate pair has no form in UTF-8 and becomes U+FFFD, as it would in a decoder. */
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
