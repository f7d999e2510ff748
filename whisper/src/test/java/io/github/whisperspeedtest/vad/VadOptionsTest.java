package io.github.whisperspeedtest.vad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class VadOptionsTest {
    @Test
    void silenceThresholdIsBetweenZeroAndThreshold() {
        assertThat(VadOptions.defaults().silenceThreshold()).isEqualTo(0.35f);
        assertThat(new VadOptions(0.1f, Duration.ZERO, Duration.ZERO).silenceThreshold())
                .isEqualTo(0.01f);
    }

    @Test
    void rejectsInvalidValues() {
        for (float wrong : new float[] {0, -1, 1.01f, Float.NaN}) {
            assertThatThrownBy(() -> new VadOptions(wrong, Duration.ZERO, Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(wrong));
        }
        assertThatThrownBy(() -> new VadOptions(0.5f, Duration.ofMillis(-1), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new VadOptions(0.5f, Duration.ZERO, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
