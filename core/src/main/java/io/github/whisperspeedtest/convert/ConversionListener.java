package io.github.whisperspeedtest.convert;

/** Receives the progress of a conversion. */
public interface ConversionListener {
    /** The steps of a conversion, in order. */
    enum Step {
        /** Opening and checking the files of the source. */
        READ,
        /** Converting and writing the weights. */
        WRITE,
        /** Loading the new model. */
        LOAD
    }

    /** Called when a step begins. */
    void onStep(Step step);
}
