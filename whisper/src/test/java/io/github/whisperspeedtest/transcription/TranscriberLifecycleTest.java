package io.github.whisperspeedtest.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TranscriberLifecycleTest {
    private final List<String> happened = Collections.synchronizedList(new ArrayList<>());
    private final TranscriberLifecycle lifecycle = new TranscriberLifecycle(() -> happened.add("cancel"));

    @Test
    void callsTakeTurns() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread first = start(() -> lifecycle.call(() -> {
            inside.countDown();
            await(end);
            return happened.add("first");
        }));
        await(inside);
        Thread second = start(() -> lifecycle.call(() -> happened.add("second")));
        awaitWaiting(second);

        assertThat(happened).isEmpty();
        end.countDown();
        join(first);
        join(second);
        assertThat(happened).containsExactly("first", "second");
    }

    @Test
    void closeCancelsRunningCallThenReleases() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread call = start(() -> lifecycle.call(() -> {
            inside.countDown();
            await(end);
            return happened.add(lifecycle.isCancelled() ? "cancelled" : "not cancelled");
        }));
        await(inside);
        assertThat(lifecycle.isCancelled()).isFalse();
        Thread closer = start(() -> lifecycle.close(() -> happened.add("free")));
        awaitWaiting(closer);
        end.countDown();
        join(call);
        join(closer);

        assertThat(happened).containsExactly("cancel", "cancelled", "free");
    }

    @Test
    void releasesOnceAndRejectsLaterCalls() {
        lifecycle.close(() -> happened.add("free"));
        lifecycle.close(() -> happened.add("free"));

        assertThat(happened.stream().filter("free"::equals)).hasSize(1);
        assertThatThrownBy(() -> lifecycle.call(() -> happened.add("call")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(happened).doesNotContain("call");
    }

    @Test
    void callCannotCloseItsTranscriber() {
        assertThatThrownBy(() -> lifecycle.call(() -> {
                    lifecycle.close(() -> happened.add("free"));
                    return true;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listener");
        assertThat(lifecycle.call(() -> "works again")).isEqualTo("works again");
        assertThat(happened).isEmpty();
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until a thread is blocked. */
    private static void awaitWaiting(Thread thread) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(System.nanoTime()).as("the thread waits").isLessThan(end);
            Thread.sleep(1);
        }
    }

    private static void join(Thread thread) throws InterruptedException {
        thread.join(TimeUnit.MINUTES.toMillis(1));
        assertThat(thread.isAlive()).isFalse();
    }
}
