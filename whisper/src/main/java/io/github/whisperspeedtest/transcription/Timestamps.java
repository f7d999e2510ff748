package io.github.whisperspeedtest.transcription;

/** The granularity of timestamps. */
public enum Timestamps {
    /** The model decodes without timestamp tokens; a segment spans whatever the engine decodes at once. */
    NONE,
    /** Each segment has a start and an end. */
    SEGMENT,
    /** Each segment also lists its words, each with a start and an end. */
    WORD
}
