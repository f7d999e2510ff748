package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.time.Duration;

/** Signals audio that goes on beyond a limit. Nothing more of it is decoded, with any decoder. */
final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Duration limit;

    TooLongException(Duration limit) {
        super("it is longer than " + limit.toMillis() / 1000.0 + " s");
        this.limit = limit;
    }

    Duration limit() {
        return limit;
    }
}
