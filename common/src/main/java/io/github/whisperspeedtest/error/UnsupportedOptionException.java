package io.github.whisperspeedtest.error;

/** An option that an implementation cannot honour; nothing is ever ignored silently. */
public class UnsupportedOptionException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    private final String implementation;
    private final String option;

    /**
     * Creates an exception that names both sides.
     *
     * @param implementation id of the implementation that was asked
     * @param option name of the option with its value, such as {@code vad=on}
     * @param advice what to do instead, as a sentence
     */
    public UnsupportedOptionException(String implementation, String option, String advice) {
        super(
                ErrorKind.USER,
                "Implementation '" + implementation + "' does not support the option " + option + ". " + advice);
        this.implementation = implementation;
        this.option = option;
    }

    /** Returns the id of the implementation that was asked. */
    public String implementation() {
        return implementation;
    }

    /** Returns the name of the option with its value. */
    public String option() {
        return option;
    }
}
