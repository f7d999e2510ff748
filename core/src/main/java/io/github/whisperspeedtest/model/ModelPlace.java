package io.github.whisperspeedtest.model;

/** The two places where a model may be. Each is checked separately. */
public enum ModelPlace {
    /** The default Hugging Face cache of this user, shared by all implementations. */
    HUB_CACHE,
    /** The implementation's own place: its own Hugging Face cache, or plain files. */
    LOCAL_CACHE
}
