package io.github.whisperspeedtest.benchmark.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MachineStateTest {
    @Test
    void warnsAboutPowerHeatTranslationAndLimits() {
        MachineState state = new MachineState(
                4, 3.26, null, null, null, null, null, 0.7, true, true, null, null, true, 1.5, null, "heavy");

        assertThat(state.warnings())
                .containsExactly(
                        "The machine runs on battery in low-power mode.",
                        "The system limits the processor to 70 % of its speed because of heat.",
                        "The machine is hot: macOS reports heavy thermal pressure and reduces the speed.",
                        "Rosetta translates this JVM, which is for Intel processors; use one for Apple silicon.",
                        "The container may use 1.5 processors, fewer than the 4 that programs see.");
    }

    @Test
    void namesBatteryAndLowPowerModeAlone() {
        assertThat(power(true, false).warnings()).containsExactly("The machine runs on battery.");
        assertThat(power(false, true).warnings()).containsExactly("The machine is in low-power mode.");
        assertThat(power(false, false).warnings()).isEmpty();
        assertThat(power(null, null).warnings()).isEmpty();
    }

    @Test
    void quietMachineHasNoWarnings() {
        assertThat(new MachineState(4, 2.0, 1L, 0L, 1e9, 2e9, 5L, 1.0, false, false, 2, 2, false, 4.0, 1L, "nominal")
                        .warnings())
                .isEmpty();
    }

    @Test
    void warnsAboutStolenTimeThrottlingAndUnplugging() {
        MachineState before = counters(1000, 100, 3, false);
        MachineState after = counters(2000, 220, 17, true);

        assertThat(after.stolenShareSince(before)).isEqualTo(0.12);
        assertThat(after.warningsSince(before))
                .containsExactly(
                        "Other virtual machines took 12 % of the processor time.",
                        "The processor slowed down because of heat: the system counted 14 throttling events.",
                        "The machine changed from mains power to battery.");
    }

    @Test
    void oldEventsAreNoWarning() {
        MachineState before = counters(1000, 100, 3, true);

        assertThat(counters(2000, 110, 3, true).warningsSince(before)).isEmpty();
    }

    @Test
    void unknownCountersGiveNoShare() {
        MachineState unknown = power(null, null);
        MachineState known = counters(1000, 100, 3, false);

        assertThat(unknown.stolenShareSince(known)).isNull();
        assertThat(known.stolenShareSince(unknown)).isNull();
        assertThat(known.stolenShareSince(known)).isNull();
        assertThat(known.warningsSince(unknown)).isEmpty();
    }

    @Test
    void samplesThisMachine() {
        assertThat(MachineState.sample().processors())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    private static MachineState power(@Nullable Boolean onBattery, @Nullable Boolean lowPowerMode) {
        return new MachineState(
                4,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                onBattery,
                lowPowerMode,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static MachineState counters(long ticks, long stolen, long throttlings, boolean onBattery) {
        return new MachineState(
                4,
                null,
                ticks,
                stolen,
                null,
                null,
                throttlings,
                null,
                onBattery,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
