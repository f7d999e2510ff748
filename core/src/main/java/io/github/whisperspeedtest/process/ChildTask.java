package io.github.whisperspeedtest.process;

/**
 * Work that {@link ChildJvm} does in another JVM.
 *
 * <p>A task is a public class with a public constructor without parameters. Its input, events and output cross over as
 * JSON: records of numbers, strings, enums, lists, maps, {@link java.time.Duration}, {@link java.nio.file.Path} and each
 * other; sealed interfaces over such records; and the types of this library.
 *
 * @param <I> what the task is given
 * @param <E> what the task tells while it runs, {@link Void} where it tells nothing
 * @param <O> what the task returns, {@link Void} where it returns nothing
 */
public interface ChildTask<I, E, O> {
    /**
     * Does the work, on the main thread of the child.
     *
     * @param reporter passes events on to the parent
     * @throws Exception if the work fails; the parent gets it as {@link ChildOutcome.Failed}
     */
    O run(I input, ChildReporter<E> reporter) throws Exception;
}
