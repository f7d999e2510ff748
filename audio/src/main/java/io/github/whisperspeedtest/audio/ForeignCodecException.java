package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** Audio that no decoder of this package knows and that ffmpeg may know; the message is a clause that says what it is. */
final class ForeignCodecException extends IOException {
    private static final long serialVersionUID = 1L;

    ForeignCodecException(String message) {
        super(message);
    }
}
