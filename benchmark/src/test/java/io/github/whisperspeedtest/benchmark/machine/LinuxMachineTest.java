package io.github.whisperspeedtest.benchmark.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinuxMachineTest {
    private static final String CPU = "sys/devices/system/cpu/";
    private static final String POWER = "sys/class/power_supply/";

    @TempDir
    private Path root;

    private SystemFolder system;

    @BeforeEach
    void createSystem() {
        system = new SystemFolder(root);
    }

    @Test
    void emptySystemSaysNothing() {
        assertThat(system.sample())
                .isEqualTo(new MachineState(
                        8, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null));
    }

    @Test
    void readsLoadAndTimes() {
        system.with("proc/loadavg", "3.25 1.10 0.90 2/345 6789")
                .with("proc/stat", "cpu  100 20 30 1000 40 5 6 7 50 0\ncpu0 50 10 15 500 20 2 3 4 25 0");

        MachineState state = system.sample();

        assertThat(state.loadAverage()).isEqualTo(3.25);
        // Guest time is part of user time and counts once.
        assertThat(state.processorTicks()).isEqualTo(1208);
        assertThat(state.stolenTicks()).isEqualTo(7);
    }

    @Test
    void readsFrequenciesAndThrottling() {
        system.with(CPU + "cpu0/cpufreq/scaling_cur_freq", "2000000")
                .with(CPU + "cpu1/cpufreq/scaling_cur_freq", "3000000")
                .with(CPU + "cpu0/cpufreq/cpuinfo_max_freq", "4500000")
                .with(CPU + "cpu1/cpufreq/cpuinfo_max_freq", "5000000")
                .with(CPU + "cpu0/thermal_throttle/core_throttle_count", "3")
                .with(CPU + "cpu1/thermal_throttle/core_throttle_count", "4")
                .with(CPU + "cpufreq/scaling_cur_freq", "1");

        MachineState state = system.sample();

        assertThat(state.frequencyHertz()).isEqualTo(2.5e9);
        assertThat(state.maxFrequencyHertz()).isEqualTo(5e9);
        assertThat(state.throttlings()).isEqualTo(7);
    }

    @Test
    void virtualMachineHasItsFrequencyInCpuinfo() {
        system.with("proc/cpuinfo", "model name : X\ncpu MHz\t\t: 2000.500\n\nprocessor : 1\ncpu MHz\t\t: 2001.500");

        assertThat(system.sample().frequencyHertz()).isEqualTo(2.001e9);
    }

    @ParameterizedTest
    @CsvSource({
        "1, Charging, false",
        "1, Discharging, false",
        "0, Discharging, true",
        // Some firmware says so while the battery is nearly full.
        "0, Unknown, true"
    })
    void laptopTellsItsPower(String plugged, String status, boolean onBattery) {
        system.with(POWER + "AC/type", "Mains")
                .with(POWER + "AC/online", plugged)
                .with(POWER + "BAT0/type", "Battery")
                .with(POWER + "BAT0/status", status);

        assertThat(system.sample().onBattery()).isEqualTo(onBattery);
    }

    @Test
    void batteryOfAMouseIsNotThatOfTheMachine() {
        system.with(POWER + "hidpp_battery_0/type", "Battery")
                .with(POWER + "hidpp_battery_0/scope", "Device")
                .with(POWER + "hidpp_battery_0/status", "Discharging");

        assertThat(system.sample().onBattery()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"low-power, true", "balanced, false"})
    void readsThePlatformProfile(String profile, boolean lowPower) {
        system.with("sys/firmware/acpi/platform_profile", profile);

        assertThat(system.sample().lowPowerMode()).isEqualTo(lowPower);
    }

    @Test
    void countsCoresOfIntelsHybridProcessors() {
        system.with("sys/devices/cpu_core/cpus", "0-15").with("sys/devices/cpu_atom/cpus", "16-22,23");

        assertThat(system.sample().performanceCores()).isEqualTo(16);
        assertThat(system.sample().efficiencyCores()).isEqualTo(8);
    }

    @Test
    void countsBigAndLittleCores() {
        system.with(CPU + "cpu0/cpu_capacity", "325")
                .with(CPU + "cpu1/cpu_capacity", "325")
                .with(CPU + "cpu2/cpu_capacity", "870")
                .with(CPU + "cpu3/cpu_capacity", "1024");

        assertThat(system.sample().performanceCores()).isEqualTo(2);
        assertThat(system.sample().efficiencyCores()).isEqualTo(2);
    }

    @Test
    void coresOfOneKindAreNotCounted() {
        system.with(CPU + "cpu0/cpu_capacity", "1024").with(CPU + "cpu1/cpu_capacity", "1024");

        assertThat(system.sample().performanceCores()).isNull();
        assertThat(system.sample().efficiencyCores()).isNull();
    }

    @Test
    void readsLimitsOfVersionTwoAlsoOfGroupsAbove() {
        system.with("proc/self/cgroup", "0::/user.slice/app.scope")
                .with("sys/fs/cgroup/user.slice/app.scope/cpu.max", "max 100000")
                .with("sys/fs/cgroup/user.slice/cpu.max", "150000 100000")
                .with("sys/fs/cgroup/user.slice/app.scope/memory.max", "4294967296")
                .with("sys/fs/cgroup/user.slice/memory.max", "8589934592");

        assertThat(system.sample().processorLimit()).isEqualTo(1.5);
        assertThat(system.sample().memoryLimitBytes()).isEqualTo(4L << 30);
    }

    @Test
    void readsLimitsOfVersionOneInAContainer() {
        // The path is that of the host; inside, the limits are at the mount.
        system.with("proc/self/cgroup", "5:memory:/docker/1f\n3:cpu,cpuacct:/docker/1f\n0::/")
                .with("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000")
                .with("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000")
                .with("sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824");

        assertThat(system.sample().processorLimit()).isEqualTo(2);
        assertThat(system.sample().memoryLimitBytes()).isEqualTo(1L << 30);
    }

    @Test
    void versionOneWithoutLimitsHasNone() {
        system.with("proc/self/cgroup", "5:memory:/\n3:cpu:/\n0::/")
                .with("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1")
                .with("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000")
                .with("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");

        assertThat(system.sample().processorLimit()).isNull();
        assertThat(system.sample().memoryLimitBytes()).isNull();
    }

    @Test
    void damagedFilesSayNothing() {
        String longNumber = "9".repeat(30);
        system.with("proc/loadavg", "")
                .with("proc/stat", "cpu  1 2 3\n")
                .with("proc/cpuinfo", "cpu MHz : .\n")
                .with(CPU + "cpu0/cpufreq/scaling_cur_freq", longNumber)
                .with(CPU + "cpu0/thermal_throttle/core_throttle_count", "-")
                .with(CPU + "cpu0/cpu_capacity", "x")
                .with("sys/devices/cpu_core/cpus", longNumber)
                .with("proc/self/cgroup", "garbage\n0::/../../..")
                .with("sys/fs/cgroup/cpu.max", longNumber + " 0")
                .with("sys/fs/cgroup/memory.max", "lots");

        assertThat(system.sample())
                .isEqualTo(new MachineState(
                        8, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null));
    }

    @Test
    void timesThatAreTooLargeSayNothing() {
        system.with("proc/stat", "cpu  1 2 3 4 5 6 7 " + "9".repeat(30));

        assertThat(system.sample().processorTicks()).isNull();
    }
}
