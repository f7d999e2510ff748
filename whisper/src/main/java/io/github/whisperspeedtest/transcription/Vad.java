package io.github.whisperspeedtest.transcription;

/** Whether non-speech is removed before transcription. */
public enum Vad {
    /** The implementation decides. */
    AUTO,
    /** Non-speech is removed; implementations without voice activity detection reject the option. */
    ON,
    /** The whole recording is transcribed. */
    OFF
}
