package io.github.whisperspeedtest.benchmark;

/** The few characters of a report that a plain terminal may lack. */
record Symbols(String plusMinus, String times, String ellipsis, String sigma) {
    static final Symbols UNICODE = new Symbols("±", "×", "…", "σ");
    static final Symbols ASCII = new Symbols("+-", "x", "..", "sd");
}
