package io.github.whisperspeedtest.transcription;

/** What Whisper writes down. */
public enum Task {
    /** The speech in the language that is spoken. */
    TRANSCRIBE,
    /** An English translation of the speech. */
    TRANSLATE
}
