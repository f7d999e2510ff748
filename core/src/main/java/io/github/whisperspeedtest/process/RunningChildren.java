package io.github.whisperspeedtest.process;

import io.github.whisperspeedtest.error.OperationCancelledException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The running children. A shutdown hook closes them. */
final class RunningChildren {
    private static final Set<ChildProcess> RUNNING = new HashSet<>();
    private static boolean hookInstalled;
    private static boolean shuttingDown;

    private RunningChildren() {}

    static void add(ChildProcess child) {
        if (!tryAdd(child)) {
            child.close();
            throw new OperationCancelledException("Cannot start a child JVM: this JVM is shutting down.");
        }
    }

    static synchronized void remove(ChildProcess child) {
        RUNNING.remove(child);
    }

    /** Returns the number of running children. */
    static synchronized int count() {
        return RUNNING.size();
    }

    /** Returns whether this JVM is shutting down and closes its children. */
    static synchronized boolean isShuttingDown() {
        return shuttingDown;
    }

    private static synchronized boolean tryAdd(ChildProcess child) {
        if (!hookInstalled && !shuttingDown) {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(RunningChildren::closeAll, "child-jvm-shutdown"));
                hookInstalled = true;
            } catch (IllegalStateException e) {
                shuttingDown = true;
            }
        }
        return !shuttingDown && RUNNING.add(child);
    }

    private static void closeAll() {
        beginShutdown().forEach(ChildProcess::close);
    }

    private static synchronized List<ChildProcess> beginShutdown() {
        shuttingDown = true;
        return List.copyOf(RUNNING);
    }
}
