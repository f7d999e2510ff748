package io.github.whisperspeedtest.benchmark.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyMeterTest {
    private static final String ZONES = "sys/class/powercap/";

    @TempDir
    private Path root;

    private SystemFolder system;

    @BeforeEach
    void createSystem() {
        system = new SystemFolder(root);
    }

    @Test
    void addsPackages() {
        zone("intel-rapl:0", "package-0", 5_000_000);
        zone("intel-rapl:1", "package-1", 1_000_000);
        zone("intel-rapl:0:0", "core", 1);
        zone("intel-rapl:2", "psys", 1);
        zone("intel-rapl-mmio:0", "package-0", 1);
        EnergyMeter meter = EnergyMeter.start(root).orElseThrow();

        zone("intel-rapl:0", "package-0", 7_500_000);
        zone("intel-rapl:1", "package-1", 1_250_000);
        zone("intel-rapl:0:0", "core", 900_000_000);
        zone("intel-rapl:2", "psys", 900_000_000);
        zone("intel-rapl-mmio:0", "package-0", 900_000_000);

        assertThat(meter.joules()).hasValue(2.75);
    }

    @Test
    void countsOnAfterAWrap() {
        zone("intel-rapl:0", "package-0", 262_143_000_000L);
        EnergyMeter meter = EnergyMeter.start(root).orElseThrow();

        zone("intel-rapl:0", "package-0", 2_671_850);

        // The range is 262143.328850 J.
        assertThat(meter.joules()).hasValue(3.0007);
    }

    @Test
    void machineWithoutCountersHasNoMeter() {
        assertThat(EnergyMeter.start(root)).isEmpty();
    }

    /** A directory cannot be read as a file, like a counter that belongs to the superuser. */
    @Test
    void unreadableCounterMakesTheMeterAbsent() throws IOException {
        system.with(ZONES + "intel-rapl:0/name", "package-0").with(ZONES + "intel-rapl:0/max_energy_range_uj", "1000");
        Files.createDirectories(root.resolve(ZONES + "intel-rapl:0/energy_uj"));

        assertThat(EnergyMeter.start(root)).isEmpty();
    }

    @Test
    void counterThatDisappearsGivesNoEnergy() throws IOException {
        zone("intel-rapl:0", "package-0", 5);
        EnergyMeter meter = EnergyMeter.start(root).orElseThrow();

        Files.delete(root.resolve(ZONES + "intel-rapl:0/energy_uj"));

        assertThat(meter.joules()).isEmpty();
    }

    private void zone(String directory, String name, long microjoules) {
        system.with(ZONES + directory + "/name", name)
                .with(ZONES + directory + "/energy_uj", Long.toString(microjoules))
                .with(ZONES + directory + "/max_energy_range_uj", "262143328850");
    }
}
