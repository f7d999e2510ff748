package io.github.whisperspeedtest.verify;

/** How thorough a check is; each level includes the first one. */
public enum VerifyLevel {
    /**
     * All files are there, no link leads to nothing, none is a placeholder, and sizes are those of the hub's listing, where the cache has
     * one, and those that the files' own headers imply.
     */
    CACHE_CHECK,
    /** The contents hash to what their names in the cache, the hub's listing or the model's source say. */
    HASH,
    /** The implementation loads the model. */
    LOAD
}
