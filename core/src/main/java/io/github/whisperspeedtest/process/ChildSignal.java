package io.github.whisperspeedtest.process;

/** What happens to a child while its parent waits. */
sealed interface ChildSignal {
    /**
     * It said something.
     *
     * @param word what it is, as in {@link Wire}
     * @param json the rest of the line
     */
    record Said(String word, String json) implements ChildSignal {}

    /** It closed its connection: nothing more is to come. */
    record HungUp() implements ChildSignal {}

    /** Its process has ended; something that it said before may still be on its way. */
    record Exited() implements ChildSignal {}
}
