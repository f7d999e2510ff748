package io.github.whisperspeedtest.benchmark.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the operating system says about the machine at one moment; null is what it does not say.
 *
 * @param processors logical processors that this process may use
 * @param loadAverage mean number of running or waiting threads in the last minute
 * @param processorTicks time of all processors since the start of the system, in ticks of the kernel
 * @param stolenTicks the part of it that other virtual machines got from the hypervisor
 * @param frequencyHertz present frequency, the mean of all processors
 * @param maxFrequencyHertz highest frequency of the fastest processor
 * @param throttlings how often heat has reduced the frequency since the start of the system, summed over processors
 * @param speedLimit fraction of the full speed that the system allows because of heat, 1 without a limit
 * @param onBattery whether a battery supplies the power
 * @param lowPowerMode whether the user or the system prefers saving power to speed
 * @param performanceCores fast cores of a processor with two kinds
 * @param efficiencyCores slow cores of a processor with two kinds
 * @param translated whether Rosetta translates this process
 * @param processorLimit processor time per time that the container may use, such as 1.5
 * @param memoryLimitBytes memory that the container may use
 * @param thermalPressure how much macOS reduces the speed because of heat: {@code nominal} (not at all), {@code moderate}, {@code heavy},
 *     {@code trapping} or {@code sleeping}
 */
public record MachineState(
        int processors,
        @Nullable Double loadAverage,
        @Nullable Long processorTicks,
        @Nullable Long stolenTicks,
        @Nullable Double frequencyHertz,
        @Nullable Double maxFrequencyHertz,
        @Nullable Long throttlings,
        @Nullable Double speedLimit,
        @Nullable Boolean onBattery,
        @Nullable Boolean lowPowerMode,
        @Nullable Integer performanceCores,
        @Nullable Integer efficiencyCores,
        @Nullable Boolean translated,
        @Nullable Double processorLimit,
        @Nullable Long memoryLimitBytes,
        @Nullable String thermalPressure) {
    /** The level of thermal pressure without effect. */
    static final String NOMINAL = "nominal";

    private static final double NOTICEABLE_STEAL = 0.02;

    /**
     * Samples this machine: files of {@code /proc} and {@code /sys} on Linux, {@code sysctl}, {@code pmset} and {@code notifyutil} on macOS, and
     * only the number of processors elsewhere. It never fails; on macOS it takes at most a few seconds.
     */
    public static MachineState sample() {
        return MachineSampler.ofThisMachine().sample();
    }

    /** Returns warnings about this state, each a sentence. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        boolean savesPower = Boolean.TRUE.equals(lowPowerMode);
        if (Boolean.TRUE.equals(onBattery)) {
            warnings.add("The machine runs on battery" + (savesPower ? " in low-power mode." : "."));
        } else if (savesPower) {
            warnings.add("The machine is in low-power mode.");
        }
        if (speedLimit != null && speedLimit < 1) {
            warnings.add(
                    "The system limits the processor to " + percent(speedLimit) + " of its speed because of heat.");
        }
        if (thermalPressure != null && !thermalPressure.equals(NOMINAL)) {
            warnings.add("The machine is hot: macOS reports " + thermalPressure
                    + " thermal pressure and reduces the speed.");
        }
        if (Boolean.TRUE.equals(translated)) {
            warnings.add("Rosetta translates this JVM, which is for Intel processors; use one for Apple silicon.");
        }
        if (processorLimit != null && processorLimit < processors) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "The container may use %.1f processors, fewer than the %d that programs see.",
                    processorLimit,
                    processors));
        }
        return List.copyOf(warnings);
    }

    /** Returns warnings about what happened between an earlier state and this one, each a sentence. */
    public List<String> warningsSince(MachineState earlier) {
        List<String> warnings = new ArrayList<>();
        Double stolen = stolenShareSince(earlier);
        if (stolen != null && stolen > NOTICEABLE_STEAL) {
            warnings.add("Other virtual machines took " + percent(stolen) + " of the processor time.");
        }
        if (throttlings != null && earlier.throttlings != null && throttlings > earlier.throttlings) {
            warnings.add("The processor slowed down because of heat: the system counted "
                    + (throttlings - earlier.throttlings) + " throttling events.");
        }
        if (Boolean.TRUE.equals(onBattery) && Boolean.FALSE.equals(earlier.onBattery)) {
            warnings.add("The machine changed from mains power to battery.");
        }
        return List.copyOf(warnings);
    }

    /** Returns the fraction of the processor time since an earlier state that other virtual machines got, null if unknown. */
    public @Nullable Double stolenShareSince(MachineState earlier) {
        if (processorTicks == null
                || stolenTicks == null
                || earlier.processorTicks == null
                || earlier.stolenTicks == null
                || processorTicks <= earlier.processorTicks) {
            return null;
        }
        return Math.max(0, stolenTicks - earlier.stolenTicks) / (double) (processorTicks - earlier.processorTicks);
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * fraction);
    }
}
