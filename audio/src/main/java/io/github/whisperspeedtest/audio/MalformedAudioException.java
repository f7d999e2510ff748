package io.github.whisperspeedtest.audio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Signals audio that violates its format. The message states the expected and the actual content, but not the file. */
final class MalformedAudioException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedAudioException(String message) {
        this(message, null);
    }

    MalformedAudioException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
