package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.Timings;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhisperCppRunTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "whisper_print_timings:      mel time =     1.50 ms\nwhisper_print_timings:   encode time =    20.25 ms /     1 runs"
                        + "\nwhisper_print_timings:   decode time =     3.00 ms /     1 runs",
                "whisper_print_timings:      mel time =     1,50 ms\nwhisper_print_timings:   encode time =    20,25 ms /     1 runs"
                        + "\nwhisper_print_timings:   decode time =     3,00 ms /     1 runs"
            })
    void readsTimesInEveryLocale(String log) {
        WhisperCppRun.PartTimes times = new WhisperCppRun.PartTimes();
        times.add(log);
        Duration total = Duration.ofSeconds(1);
        assertThat(times.toTimings(total))
                .isEqualTo(new Timings(
                        total, Duration.ofNanos(1_500_000), Duration.ofNanos(20_250_000), Duration.ofNanos(3_000_000)));
    }
}
