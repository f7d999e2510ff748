package io.github.whisperspeedtest.process;

/**
 * Connects a task with the parent: passes its events on, and receives the parent's commands.
 *
 * @param <E> type of the events
 */
public interface ChildReporter<E> {
    /**
     * Sends an event without waiting for the listener. Any thread may call this.
     *
     * @throws IllegalArgumentException if the event cannot be written as JSON
     */
    void report(E event);

    /**
     * Waits for the next command that the parent sends with {@link ChildCommands}.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    String awaitCommand() throws InterruptedException;

    /**
     * Waits for the next command that the parent sends with {@link ChildCommands#send(Class, Object)}.
     *
     * @param type the type that the parent sends
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalArgumentException if the command is of another type
     */
    <C> C awaitCommand(Class<C> type) throws InterruptedException;
}
