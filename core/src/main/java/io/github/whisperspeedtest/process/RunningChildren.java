package io.github.whisperspeedtest.process;

import io.github.whisperspeedtest.error.OperationCancelledException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The children that run now, so that none outlives a parent that ends in an orderly way. */
final class RunningChildren {
    private static final Set<ChildProcess> RUNNING = new HashSet<>();
    private static boolean hooked;
    private static boolean ending;

    private RunningChildren() {}

    static void add(ChildProcess child) {
        if (!tryAdd(child)) {
            child.close();
            throw new OperationCancelledException("No child JVM can be started because this JVM is ending.");
        }
    }

    static synchronized void remove(ChildProcess child) {
        RUNNING.remove(child);
    }

    /** Returns whether this JVM is on its way out, and ends its children. */
    static synchronized boolean areEnding() {
        return ending;
    }

    private static synchronized boolean tryAdd(ChildProcess child) {
        if (!hooked && !ending) {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(RunningChildren::endAll, "child-jvm-shutdown"));
                hooked = true;
            } catch (IllegalStateException e) {
                ending = true;
            }
        }
        return !ending && RUNNING.add(child);
    }

    private static void endAll() {
        snapshotAtEnd().forEach(ChildProcess::close);
    }

    private static synchronized List<ChildProcess> snapshotAtEnd() {
        ending = true;
        return List.copyOf(RUNNING);
    }
}
