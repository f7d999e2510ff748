package io.github.whisperspeedtest.process;

/** Tells the waiting parent about its child. */
sealed interface ChildSignal {
    /**
     * The child sent a line.
     *
     * @param type the type of the message, a constant of {@link Wire}
     * @param json the rest of the line
     */
    record Message(String type, String json) implements ChildSignal {}

    /** The child closed its connection. No more messages follow. */
    record Disconnected() implements ChildSignal {}

    /** The child's process has ended. Earlier messages may still arrive. */
    record Exited() implements ChildSignal {}
}
