package io.github.whisperspeedtest.process;

/**
 * A task that {@link ChildJvm} runs in another JVM.
 *
 * <p>A task is a public class with a public constructor without parameters. Its input, events and output are sent as JSON.
 * They may be records of numbers, strings, enums, lists, maps, {@link java.time.Duration}, {@link java.nio.file.Path} and
 * other such records; sealed interfaces of such records; and types of this library.
 *
 * @param <I> the input
 * @param <E> the events that the task reports while it runs, {@link Void} for none
 * @param <O> the output, {@link Void} for none
 */
public interface ChildTask<I, E, O> {
    /**
     * Runs the task on the main thread of the child.
     *
     * @param reporter sends events to the parent
     * @throws Exception if the task fails; the parent gets it as {@link ChildOutcome.Failed}
     */
    O run(I input, ChildReporter<E> reporter) throws Exception;
}
