package io.github.whisperspeedtest.spi;

import java.util.Locale;

/** Kinds of sources for an implementation's models. */
public enum ModelOrigin {
    /** A repository on the Hugging Face hub. */
    HUB,
    /** A file with its own URL. */
    DOWNLOAD,
    /** This machine: the demo model, random weights and converted models, written in the implementation's own format. */
    LOCAL;

    /** Returns the origin of a model source. */
    public static ModelOrigin of(ModelSource source) {
        if (source instanceof ModelSource.HubRepository) {
            return HUB;
        }
        return source instanceof ModelSource.DirectDownload ? DOWNLOAD : LOCAL;
    }

    /** Returns the name in reports, such as {@code hub}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
