package io.github.whisperspeedtest.spark;

import java.util.Optional;

/** The child JVMs of this JVM's models. */
final class ExecutorModelProcesses {
    private ExecutorModelProcesses() {}

    /**
     * Waits for a child JVM that has been transcribing for a moment, and kills it.
     *
     * @param before the id of the process that was killed before
     * @return its id
     */
    static long killNextBusy(SparkOptions options, long before) {
        while (true) {
            Optional<ProcessHandle> worker = ProcessHandle.current()
                    .children()
                    .filter(child -> child.pid() != before && child.isAlive())
                    .filter(child -> child.info()
                            .totalCpuDuration()
                            .filter(used -> used.toMillis() > 4_000)
                            .isPresent())
                    .findFirst();
            if (worker.isPresent()) {
                worker.get().destroyForcibly();
                return worker.get().pid();
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return before;
            }
        }
    }
}
