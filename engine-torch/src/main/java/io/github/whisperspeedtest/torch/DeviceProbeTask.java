package io.github.whisperspeedtest.torch;

import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Compares a device with the CPU for {@link DeviceProbe}, in a JVM of its own. */
public final class DeviceProbeTask implements ChildTask<DeviceProbeTask.Input, Void, DeviceProbeTask.Answer> {
    /** Creates the task. */
    public DeviceProbeTask() {}

    /**
     * What the task needs.
     *
     * @param device the device
     * @param precision a precision that it can have
     * @param threads threads for the CPU
     * @param nativeLibraries directory for unpacked native libraries
     * @param cache directory of the implementation
     * @param engines directory of the implementation
     */
    public record Input(
            TorchDevice device,
            TorchPrecision precision,
            int threads,
            Path nativeLibraries,
            Path cache,
            Path engines) {}

    /**
     * What it found.
     *
     * @param problem how the device differs from the CPU, without a full stop; null if it does not
     */
    public record Answer(@Nullable String problem) {}

    @Override
    public Answer run(Input input, ChildReporter<Void> reporter) {
        TorchRuntime.start(new ImplementationContext(
                input.nativeLibraries(), input.cache(), input.engines(), Settings.ofProcess()));
        return new Answer(DeviceCheck.problem(input.device(), input.precision(), input.threads())
                .orElse(null));
    }
}
