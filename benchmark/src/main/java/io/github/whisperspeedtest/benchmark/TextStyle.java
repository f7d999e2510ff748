package io.github.whisperspeedtest.benchmark;

/** Styles of text on a terminal: parameters of the escape sequence "select graphic rendition"; source: ECMA-48. */
enum TextStyle {
    PLAIN(0),
    BOLD(1),
    RED(31),
    GREEN(32),
    YELLOW(33);

    private final int code;

    TextStyle(int code) {
        this.code = code;
    }

    /**
     * Returns the text in this style.
     *
     * @param color whether the terminal shows styles; otherwise the text stays as it is
     */
    String apply(String text, boolean color) {
        return color && this != PLAIN ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
    }
}
