package io.github.whisperspeedtest.error;

/** Signals logits that are no numbers, as a faulty device or a number format with too small a range computes. */
public class InvalidLogitsException extends EngineException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception. */
    public InvalidLogitsException() {
        super("The engine computed invalid logits (NaN). Try another device or compute type.");
    }
}
