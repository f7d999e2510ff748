package io.github.whisperspeedtest.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadGateTest {
    private static final long GIBIBYTE = 1L << 30;

    @Test
    void modelsThatFitAreLoadedAtOnce() throws Exception {
        LoadGate gate = new LoadGate(2, () -> 8 * GIBIBYTE);
        CountDownLatch both = new CountDownLatch(2);

        CompletableFuture<?> first = pass(gate, GIBIBYTE, () -> meet(both));
        CompletableFuture<?> second = pass(gate, GIBIBYTE, () -> meet(both));

        CompletableFuture.allOf(first, second).get();
    }

    @Test
    void modelsThatDoNotFitTogetherAreLoadedOneAfterTheOtherAndOneAloneAlways() throws Exception {
        assertThat(mostAtOnce(new LoadGate(8, () -> 3 * GIBIBYTE), GIBIBYTE)).isEqualTo(1);
        assertThat(mostAtOnce(new LoadGate(8, () -> 0), 100 * GIBIBYTE)).isEqualTo(1);
    }

    @Test
    void neverMoreAreLoadedThanThereAreProcessors() throws Exception {
        assertThat(mostAtOnce(new LoadGate(1, () -> 100 * GIBIBYTE), 1)).isEqualTo(1);
        assertThat(mostAtOnce(new LoadGate(3, () -> 100 * GIBIBYTE), 1)).isBetween(1, 3);
    }

    private static int mostAtOnce(LoadGate gate, long bytes) throws Exception {
        AtomicInteger loading = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CompletableFuture.allOf(IntStream.range(0, 8)
                        .mapToObj(number -> pass(gate, bytes, () -> {
                            most.accumulateAndGet(loading.incrementAndGet(), Math::max);
                            Thread.onSpinWait();
                            loading.decrementAndGet();
                        }))
                        .toArray(CompletableFuture[]::new))
                .get();
        return most.get();
    }

    private static CompletableFuture<Void> pass(LoadGate gate, long bytes, Runnable work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                gate.pass(bytes, () -> {
                    work.run();
                    return true;
                });
                done.complete(null);
            } catch (InterruptedException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private static void meet(CountDownLatch latch) {
        latch.countDown();
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
