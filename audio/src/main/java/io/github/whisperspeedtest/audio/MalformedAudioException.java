package io.github.whisperspeedtest.audio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Audio that breaks the rules of its own format; the message says what was expected and found, and not in which file. */
final class MalformedAudioException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedAudioException(String message) {
        this(message, null);
    }

    MalformedAudioException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
