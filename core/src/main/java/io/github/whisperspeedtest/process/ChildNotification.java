package io.github.whisperspeedtest.process;

/** A notification from or about a child, for the thread that monitors it. */
sealed interface ChildNotification {
    /**
     * The child sent a line.
     *
     * @param type the type of the message, a constant of {@link Protocol}
     * @param json the rest of the line
     */
    record Message(String type, String json) implements ChildNotification {}

    /** The child closed its connection. No more messages follow. */
    record Disconnected() implements ChildNotification {}

    /** The child's process has ended. Earlier messages may still arrive. */
    record Exited() implements ChildNotification {}
}
