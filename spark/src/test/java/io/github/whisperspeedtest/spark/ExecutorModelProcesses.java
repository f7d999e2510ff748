package io.github.whisperspeedtest.spark;

import java.time.Duration;
import java.util.Optional;

/** The child JVMs of this JVM's models. */
final class ExecutorModelProcesses {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private ExecutorModelProcesses() {}

    /**
     * Waits for a child JVM that has been transcribing for a moment, and kills it.
     *
     * @param before the id of the process that was killed before
     * @return its id
     * @throws IllegalStateException if there is none within two minutes
     */
    static long killNextBusy(long before) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
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
        throw new IllegalStateException("No process transcribed within " + LIMIT.toSeconds() + " s");
    }
}
