package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** Content without any sound, for which no other decoder is asked; the message says what was found and what to do. */
final class NoSoundException extends IOException {
    private static final long serialVersionUID = 1L;

    NoSoundException(String message) {
        super(message);
    }
}
