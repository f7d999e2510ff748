package io.github.whisperspeedtest.provenance;

/** Hashes for people to read. */
final class Commits {
    /** Unique in every repository in practice, and short enough for a line. */
    private static final int DIGITS = 12;

    private Commits() {}

    /** Returns the first digits of a hash. */
    static String shorten(String hash) {
        return hash.length() <= DIGITS ? hash : hash.substring(0, DIGITS);
    }
}
