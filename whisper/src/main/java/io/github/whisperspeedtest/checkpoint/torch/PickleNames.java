package io.github.whisperspeedtest.checkpoint.torch;

/** What the names in a pickle stand for, and all that a pickle can set going. */
interface PickleNames {
    /**
     * Returns what a name stands for.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if it is not known
     */
    Object global(String module, String name);

    /**
     * Returns what a call returns.
     *
     * @param callee what {@link #global} returned, or any other value
     * @throws io.github.whisperspeedtest.error.ModelException if that cannot be called, or not with these arguments
     */
    Object call(Object callee, Tuple arguments);

    /**
     * Returns what is stored beside the pickle under the given id.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if there is nothing
     */
    Object persistent(Object id);
}
