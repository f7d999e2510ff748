package io.github.whisperspeedtest.transcription;

/** The task of the decoder. */
public enum Task {
    /** Transcribe in the spoken language. */
    TRANSCRIBE,
    /** Translate the speech into English. */
    TRANSLATE
}
