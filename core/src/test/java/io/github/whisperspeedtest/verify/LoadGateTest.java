package io.github.whisperspeedtest.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.system.AvailableMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadGateTest {
    private static final long GIBIBYTE = 1L << 30;
    private static final int LOADS = 6;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void loadsModelsThatFitConcurrently() throws Exception {
        assertThat(loadingAtOnce(new LoadGate(2, () -> 8 * GIBIBYTE), GIBIBYTE)).containsExactly(2, 2, 2, 2, 2, 1);
    }

    @Test
    void loadsModelsThatDoNotFitOneByOne() throws Exception {
        assertThat(loadingAtOnce(new LoadGate(8, () -> 3 * GIBIBYTE), GIBIBYTE)).containsExactly(1, 1, 1, 1, 1, 1);
        assertThat(loadingAtOnce(new LoadGate(8, () -> 0), 100 * GIBIBYTE)).containsExactly(1, 1, 1, 1, 1, 1);
    }

    @Test
    void loadsAtMostOneModelPerProcessor() throws Exception {
        assertThat(loadingAtOnce(new LoadGate(1, () -> 100 * GIBIBYTE), 1)).containsExactly(1, 1, 1, 1, 1, 1);
        assertThat(loadingAtOnce(new LoadGate(3, () -> 100 * GIBIBYTE), 1)).containsExactly(3, 3, 3, 3, 2, 1);
    }

    /**
     * Loads models concurrently; each load ends only on command. Returns how many loads the gate had admitted when all other threads waited
     * in the gate or had ended: with no load ended, with one ended, and so on.
     */
    private static List<Integer> loadingAtOnce(LoadGate gate, long bytes) throws Exception {
        AtomicInteger loading = new AtomicInteger();
        Semaphore ends = new Semaphore(0);
        Thread[] threads = new Thread[LOADS];
        for (int i = 0; i < LOADS; i++) {
            threads[i] = new Thread(() -> load(gate, bytes, loading, ends));
            threads[i].setDaemon(true);
            threads[i].start();
        }
        List<Integer> seen = new ArrayList<>();
        for (int ended = 0; ended < LOADS; ended++) {
            awaitRest(threads, loading, ended);
            seen.add(loading.get());
            ends.release();
        }
        for (Thread thread : threads) {
            thread.join(LIMIT.toMillis());
            assertThat(thread.isAlive()).isFalse();
        }
        return seen;
    }

    private static void load(LoadGate gate, long bytes, AtomicInteger loading, Semaphore ends) {
        try {
            gate.pass(bytes, () -> {
                loading.incrementAndGet();
                ends.acquireUninterruptibly();
                return loading.decrementAndGet();
            });
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until the given number of threads has ended and each of the others loads or waits in the gate. */
    private static void awaitRest(Thread[] threads, AtomicInteger loading, int ended) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (count(threads, Thread.State.TERMINATED) != ended || loading.get() + waiting(threads) != LOADS - ended) {
            assertThat(System.nanoTime()).as("the threads come to rest").isLessThan(end);
            Thread.sleep(1);
        }
    }

    private static long waiting(Thread[] threads) {
        return Arrays.stream(threads)
                .filter(thread -> thread.getState() == Thread.State.WAITING)
                .filter(thread -> Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(LoadGate.class.getName())
                                && frame.getMethodName().equals("enter")))
                .count();
    }

    private static long count(Thread[] threads, Thread.State state) {
        return Arrays.stream(threads)
                .filter(thread -> thread.getState() == state)
                .count();
    }

    /** Most of the memory of a machine that has run for a while is a cache of files, which is not free but available. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void cachesOfFilesAreAvailable() {
        long before = AvailableMemory.bytes().orElseThrow();
        long free = LoadGate.freeMemoryOfThisMachine();
        long after = AvailableMemory.bytes().orElseThrow();

        assertThat(free).isGreaterThan(Math.min(before, after) / 10 * 9);
    }
}
