package io.github.whisperspeedtest.error;

/** Signals an option that an implementation does not support. Options are never ignored silently. */
public class UnsupportedOptionException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    private final String implementation;
    private final String option;

    /**
     * Creates an exception that names the implementation and the option.
     *
     * @param implementation id of the implementation
     * @param option name of the option with its value, such as {@code vad=on}
     * @param advice the alternative, as a sentence
     */
    public UnsupportedOptionException(String implementation, String option, String advice) {
        super(
                ErrorKind.USER,
                "Implementation '" + implementation + "' does not support the option " + option + ". " + advice);
        this.implementation = implementation;
        this.option = option;
    }

    /** Returns the id of the implementation. */
    public String implementation() {
        return implementation;
    }

    /** Returns the name of the option with its value. */
    public String option() {
        return option;
    }
}
