package io.github.whisperspeedtest.benchmark.machine;

import io.github.whisperspeedtest.program.SystemPrograms;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Samples the state of a machine. */
interface MachineSampler {
    /** Returns the present state, with null for what is unknown. */
    MachineState sample();

    static MachineSampler ofThisMachine() {
        Path root = Path.of("/");
        if (Files.isReadable(root.resolve("proc/stat"))) {
            return new LinuxMachine(root, availableProcessors());
        }
        return new MacMachine(SystemPrograms::output, availableProcessors(), loadAverage());
    }

    private static int availableProcessors() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static @Nullable Double loadAverage() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load >= 0 ? load : null;
    }
}
