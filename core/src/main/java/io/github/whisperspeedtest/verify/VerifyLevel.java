package io.github.whisperspeedtest.verify;

/** Thoroughness of a check. Each level includes the first one. */
public enum VerifyLevel {
    /**
     * All files are present, no link is broken, no file is a placeholder, and sizes match the files' headers and, if
     * cached, the hub's listing.
     */
    CACHE_CHECK,
    /** The contents match the hashes from their blob names, the hub's listing or the model's source. */
    HASH,
    /** The implementation loads the model. */
    LOAD
}
