package io.github.whisperspeedtest.benchmark;

/** Characters of a report that a plain terminal may not support. */
record Symbols(String plusMinus, String times, String ellipsis, String sigma) {
    static final Symbols UNICODE = new Symbols("±", "×", "…", "σ");
    static final Symbols ASCII = new Symbols("+-", "x", "..", "sd");
}
