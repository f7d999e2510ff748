package io.github.whisperspeedtest.model;

/** The two places that a model is looked for in; each is judged by itself. */
public enum ModelPlace {
    /** The default Hugging Face cache of this user, whichever implementation put the model there. */
    HUB_CACHE,
    /** Where the implementation keeps the model: a Hugging Face cache of its own, or plain files. */
    LOCAL_CACHE
}
