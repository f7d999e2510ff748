package io.github.whisperspeedtest.benchmark;

/** The few characters of a report that a plain terminal may lack. */
record Glyphs(String plusMinus, String times, String ellipsis, String sigma) {
    static final Glyphs UNICODE = new Glyphs("±", "×", "…", "σ");
    static final Glyphs ASCII = new Glyphs("+-", "x", "..", "sd");
}
