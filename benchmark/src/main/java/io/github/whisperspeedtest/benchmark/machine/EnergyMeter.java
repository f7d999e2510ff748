package io.github.whisperspeedtest.benchmark.machine;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * Measures the energy that the processors of this machine use, whichever program uses it, from the counters of Linux's power capping
 * framework (RAPL; the kernel's document "powercap").
 *
 * <p>It counts processor packages with everything in them, but not memory on servers, discrete graphics cards or the screen. Since Linux 5.10
 * only the superuser may read the counters.
 */
public final class EnergyMeter {
    private static final Pattern ZONE = Pattern.compile("intel-rapl:\\d+");
    private static final double MICROJOULES = 1e6;

    private final SystemFiles files;
    private final Map<String, Counter> start;

    private EnergyMeter(SystemFiles files, Map<String, Counter> start) {
        this.files = files;
        this.start = start;
    }

    /** Starts measuring; empty if this machine has no counters or this process may not read them. */
    public static Optional<EnergyMeter> start() {
        return start(Path.of("/"));
    }

    static Optional<EnergyMeter> start(Path root) {
        SystemFiles files = new SystemFiles(root);
        Map<String, Counter> counters = new LinkedHashMap<>();
        for (String zone : files.directories("sys/class/powercap", ZONE)) {
            String name = files.text(zone + "/name");
            // The zone "psys" contains the packages.
            if (name != null && name.startsWith("package")) {
                Long energy = files.number(zone + "/energy_uj");
                Long range = files.number(zone + "/max_energy_range_uj");
                if (energy == null || range == null) {
                    return Optional.empty();
                }
                counters.put(zone, new Counter(energy, range));
            }
        }
        return counters.isEmpty() ? Optional.empty() : Optional.of(new EnergyMeter(files, counters));
    }

    /**
     * Returns the energy since the start in joules, empty if a counter is no longer readable.
     *
     * <p>The counters wrap around, those of most processors after 262 kJ (44 minutes at 100 W). One wrap is recognised, so start a new meter for
     * each round.
     */
    public OptionalDouble joules() {
        double microjoules = 0;
        for (Map.Entry<String, Counter> counter : start.entrySet()) {
            Long energy = files.number(counter.getKey() + "/energy_uj");
            if (energy == null) {
                return OptionalDouble.empty();
            }
            microjoules += counter.getValue().until(energy);
        }
        return OptionalDouble.of(microjoules / MICROJOULES);
    }

    /** A counter at the start, and the value after which it continues with 0. */
    private record Counter(long energy, long range) {
        double until(long later) {
            return later >= energy ? later - energy : (double) range - energy + later;
        }
    }
}
