package io.github.whisperspeedtest.transcription;

/** Whether stretches without a voice are cut out before the model hears them. */
public enum Vad {
    /** As the implementation does by itself: some cut where they can, others never do. */
    AUTO,
    /** They are cut out; an implementation that cannot do so refuses. */
    ON,
    /** The model hears everything. */
    OFF
}
