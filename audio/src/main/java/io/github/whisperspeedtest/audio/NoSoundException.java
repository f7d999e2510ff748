package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** Signals content without audio, for which no other decoder is tried. The message states the content and the next step. */
final class NoSoundException extends IOException {
    private static final long serialVersionUID = 1L;

    NoSoundException(String message) {
        super(message);
    }
}
