package io.github.whisperspeedtest.process;

/**
 * Passes events from a task to the parent.
 *
 * @param <E> type of the events
 */
@FunctionalInterface
public interface ChildReporter<E> {
    /**
     * Sends an event without waiting for the listener. Any thread may call this.
     *
     * @throws IllegalArgumentException if the event cannot be written as JSON
     */
    void report(E event);
}
