package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.benchmark.machine.MachineState;
import io.github.whisperspeedtest.process.MemoryMeter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MachineLogTest {
    private static final String SAMPLED =
            "Peak memory is the largest of the sizes that were sampled, without compressed memory and all memory of the GPU.";

    @Test
    void saysHowMemoryIsMeasured() {
        MachineLog log = MachineLog.start(state(0, null), new Meter("VmHWM", true));

        assertThat(log.memoryMeasure()).isEqualTo("VmHWM");
        assertThat(log.warnings()).isEmpty();
        assertThat(log.next(state(0, null)).memoryMeasure()).isEqualTo("VmHWM");
        assertThat(MachineJson.write(log).path("memory_measure").asText()).isEqualTo("VmHWM");
        assertThat(MachineJson.read(MachineJson.write(log))).isEqualTo(log);
    }

    @Test
    void warnsThatSampledMemoryIsNotThePeak() {
        MachineLog log = MachineLog.start(state(0, null), new Meter("rss of ps", false));

        assertThat(log.warnings()).containsExactly(SAMPLED);
        assertThat(log.next(state(0, null)).next(state(0, null)).warnings()).containsExactly(SAMPLED);
    }

    @Test
    void unsupportedSystemsHaveNoMeasure() {
        MachineLog log = MachineLog.start(state(0, null), new Meter("", false));

        assertThat(log.memoryMeasure()).isNull();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void heatOfAnEarlierRoundIsNotForgotten() {
        assertThat(MachineLog.start(state(0, "nominal"), new Meter("VmHWM", true))
                        .next(state(0, "heavy"))
                        .next(state(0, "nominal"))
                        .warnings())
                .containsExactly("The machine is hot: macOS reports heavy thermal pressure and reduces the speed.");
    }

    @Test
    void countersAreComparedWithTheStartOnly() {
        assertThat(MachineLog.start(state(3, null), new Meter("VmHWM", true))
                        .next(state(5, null))
                        .next(state(9, null))
                        .warnings())
                .containsExactly("The processor slowed down because of heat: the system counted 6 throttling events.");
    }

    @Test
    void readsReportsOfEarlierVersions() {
        MachineLog log = MachineLog.start(state(0, null), new Meter("VmHWM", true));
        ObjectNode json = (ObjectNode) MachineJson.write(log);
        json.remove("memory_measure");
        ((ObjectNode) json.get("before")).remove("thermal_pressure");

        assertThat(MachineJson.read(json).memoryMeasure()).isNull();
        assertThat(MachineJson.read(json).before()).isEqualTo(log.before());
    }

    private static MachineState state(long throttlings, @Nullable String thermalPressure) {
        return new MachineState(
                4,
                null,
                null,
                null,
                null,
                null,
                throttlings,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                thermalPressure);
    }

    private record Meter(String measure, boolean isPeak) implements MemoryMeter {
        @Override
        public long bytes(long pid) {
            return 0;
        }

        @Override
        public Duration interval() {
            return Duration.ofSeconds(1);
        }
    }
}
