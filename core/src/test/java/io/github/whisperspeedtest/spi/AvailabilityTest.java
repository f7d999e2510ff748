package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AvailabilityTest {
    @Test
    void reasonForAFallbackIsTheFirstSentenceOfTheNote() {
        Availability.Available fallback =
                new Availability.Available("r", "CPU (ONNX Runtime)", true, "MLX is missing. Install it. Or not.");

        assertThat(fallback.fallbackReason()).hasValue("MLX is missing");
        assertThat(fallback.furtherNote()).isEqualTo("Install it. Or not.");
        assertThat(new Availability.Available("r", "CPU", true, "No CoreML here.").fallbackReason())
                .hasValue("no CoreML here");
        assertThat(new Availability.Available("r", "CPU", true).fallbackReason())
                .hasValue("");
    }

    @Test
    void noteWithoutAFallbackIsNoReason() {
        Availability.Available plain = new Availability.Available("r", "CPU", false, "Two sentences. Here.");

        assertThat(plain.fallbackReason()).isEmpty();
        assertThat(plain.furtherNote()).isEqualTo("Two sentences. Here.");
    }
}
