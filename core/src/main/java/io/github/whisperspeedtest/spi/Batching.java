package io.github.whisperspeedtest.spi;

import java.util.Locale;

/** When an implementation decodes chunks of a recording in batches. */
public enum Batching {
    /** Never. */
    NONE,
    /** Where voice activity detection is on and the options have a batch size; the chunks are of speech. */
    SPEECH,
    /** Always; without voice activity detection the chunks overlap. */
    ALWAYS;

    /** Returns the name in JSON output. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
