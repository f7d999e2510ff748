package io.github.whisperspeedtest.convert;

/** Is told how far a conversion is. */
public interface ConversionListener {
    /** A step of a conversion; they come in this order. */
    enum Step {
        /** The source's files are opened and checked. */
        READ,
        /** The weights are converted and written. */
        WRITE,
        /** What was written is loaded. */
        LOAD
    }

    /** Called when a step begins. */
    void onStep(Step step);
}
