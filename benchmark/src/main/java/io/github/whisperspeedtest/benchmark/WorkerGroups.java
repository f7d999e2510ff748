package io.github.whisperspeedtest.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Divides candidates into groups whose workers fit into the memory together. */
final class WorkerGroups {
    private WorkerGroups() {}

    /**
     * Divides candidates into as few groups as possible without changing their order. A candidate that does not fit at all is a group
     * of its own.
     *
     * @param available memory for workers in bytes
     * @param size estimated memory of a worker in bytes
     */
    static <T> List<List<T>> of(List<T> candidates, long available, ToLongFunction<T> size) {
        List<List<T>> groups = new ArrayList<>();
        long free = 0;
        for (T candidate : candidates) {
            long needed = size.applyAsLong(candidate);
            if (groups.isEmpty() || needed > free) {
                groups.add(new ArrayList<>());
                free = available;
            }
            groups.get(groups.size() - 1).add(candidate);
            free -= needed;
        }
        return groups;
    }
}
