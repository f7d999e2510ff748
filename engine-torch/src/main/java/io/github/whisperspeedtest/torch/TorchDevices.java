package io.github.whisperspeedtest.torch;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The devices of this machine, and whether they work. A device is tried out once per process and precision, when it is first needed.
 *
 * <p>Thread-safe.
 */
final class TorchDevices {
    private static final List<TorchDevice> GRAPHICS = List.of(TorchDevice.MPS, TorchDevice.CUDA);

    /** The devices of a machine without a GPU for PyTorch. */
    static final TorchDevices ONLY_CPU = new TorchDevices(
            device -> device == TorchDevice.CPU ? Optional.empty() : Optional.of("there is none"),
            (device, precision) -> Optional.empty());

    private final Function<TorchDevice, Optional<String>> absence;
    private final BiFunction<TorchDevice, TorchPrecision, Optional<String>> trial;
    private final Map<TorchDevice, Map<TorchPrecision, Optional<String>>> problems = new EnumMap<>(TorchDevice.class);

    /**
     * Creates the devices.
     *
     * @param absence returns why the machine does not have a device; empty if it has it
     * @param trial tries out a device with a precision and returns why it cannot be used; empty if it works
     */
    TorchDevices(
            Function<TorchDevice, Optional<String>> absence,
            BiFunction<TorchDevice, TorchPrecision, Optional<String>> trial) {
        this.absence = absence;
        this.trial = trial;
    }

    /** Returns whether the machine has a device, which may not work. */
    boolean has(TorchDevice device) {
        return absence.apply(device).isEmpty();
    }

    /** Returns why a device cannot be used with a precision, without a full stop; empty if it works. */
    synchronized Optional<String> problem(TorchDevice device, TorchPrecision precision) {
        return absence.apply(device)
                .or(() -> problems.computeIfAbsent(device, key -> new EnumMap<>(TorchPrecision.class))
                        .computeIfAbsent(precision, key -> trial.apply(device, precision)));
    }

    /**
     * Returns the best device: a working GPU, otherwise the CPU.
     *
     * @param wanted the precision that it is for; empty for the default of each device
     */
    TorchDevice best(Optional<TorchPrecision> wanted) {
        return GRAPHICS.stream()
                .filter(device -> problem(device, precision(device, wanted)).isEmpty())
                .findFirst()
                .orElse(TorchDevice.CPU);
    }

    /**
     * Says which of some devices are there and do not work, and why.
     *
     * @param wanted as for {@link #best}
     * @return such as {@code MPS is not used: it computes float16 wrongly}, without a full stop; empty if there is none
     */
    String faults(Set<TorchDevice> devices, Optional<TorchPrecision> wanted) {
        return devices.stream()
                .sorted()
                .filter(this::has)
                .flatMap(
                        device -> problem(device, precision(device, wanted))
                                .map(problem -> device.name() + " is not used: " + problem)
                                .stream())
                .collect(Collectors.joining("; "));
    }

    private static TorchPrecision precision(TorchDevice device, Optional<TorchPrecision> wanted) {
        return wanted.filter(TorchPrecision.of(device)::contains).orElseGet(() -> TorchPrecision.automatic(device));
    }
}
