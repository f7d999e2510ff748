package io.github.whisperspeedtest.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SetupNoticeTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @BeforeEach
    void listen() {
        SetupNotice.setListener(told::add);
    }

    @AfterEach
    void stopListening() {
        SetupNotice.setListener(description -> {});
    }

    @Test
    void announcesWorkThatTakesLongerThanTheDelay() throws InterruptedException {
        try (SetupNotice.Pending slow = SetupNotice.announceAfter(Duration.ofMillis(1), "slow")) {
            assertThat(told.poll(1, TimeUnit.MINUTES)).isEqualTo("slow");
            assertThat(slow).isNotNull();
        }
    }

    @Test
    void announcesNothingAboutWorkThatEndedBefore() throws InterruptedException {
        SetupNotice.announceAfter(Duration.ofMillis(100), "fast").close();
        try (SetupNotice.Pending slow = SetupNotice.announceAfter(Duration.ofMillis(200), "slow")) {
            assertThat(told.poll(1, TimeUnit.MINUTES)).isEqualTo("slow");
            assertThat(slow).isNotNull();
        }
    }
}
