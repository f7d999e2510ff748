package io.github.whisperspeedtest.checkpoint.torch;

/** Resolves the names in a pickle; defines everything that a pickle can invoke. */
interface PickleNames {
    /**
     * Returns the value of a name.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if it is not known
     */
    Object global(String module, String name);

    /**
     * Calls a value and returns the result.
     *
     * @param callee what {@link #global} returned, or any other value
     * @throws io.github.whisperspeedtest.error.ModelException if that cannot be called, or not with these arguments
     */
    Object call(Object callee, Tuple arguments);

    /**
     * Returns the persistent object with the given id.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if there is nothing
     */
    Object persistent(Object id);
}
