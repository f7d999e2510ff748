package io.github.whisperspeedtest.process;

/**
 * Passes events from a task to the parent.
 *
 * @param <E> what a task tells
 */
@FunctionalInterface
public interface ChildReporter<E> {
    /**
     * Sends an event; returns once it is on its way, and never waits for whoever listens. Any thread may call it.
     *
     * @throws IllegalArgumentException if the event cannot be written as JSON
     */
    void report(E event);
}
