package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** Signals audio without a Java decoder that ffmpeg may be able to decode. The message is a clause that names the format. */
final class UnsupportedCodecException extends IOException {
    private static final long serialVersionUID = 1L;

    UnsupportedCodecException(String message) {
        super(message);
    }
}
