package io.github.whisperspeedtest.benchmark.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MacMachineTest {
    private static final String BATTERY = """
            Now drawing from 'Battery Power'
             -InternalBattery-0 (id=1234567)\t71%; discharging; 5:12 remaining present: true
            """;

    /** All that Apple silicon ever prints. */
    private static final String NO_HEAT = """
            Note: No thermal warning level has been recorded
            Note: No performance warning level has been recorded
            Note: No CPU power status has been recorded
            """;

    @Test
    void readsAnAppleSiliconLaptop() {
        MachineState state = sample("""
                hw.perflevel0.physicalcpu: 8
                hw.perflevel1.physicalcpu: 4
                sysctl.proc_translated: 1
                """, BATTERY, """
                System-wide power settings:
                Currently in use:
                 standby              1
                 lowpowermode         1
                 sleep                1 (sleep prevented by powerd)
                """, NO_HEAT, "com.apple.system.thermalpressurelevel 0\n");

        assertThat(state)
                .isEqualTo(new MachineState(
                        12, 1.5, null, null, null, null, null, null, true, true, 8, 4, true, null, null, "nominal"));
    }

    /** Real settings of a Mac with a high-power mode. */
    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "2, false"})
    void readsPowerModeOfNewerMacs(int mode, boolean lowPower) {
        MachineState state = sample("", "Now drawing from 'AC Power'\n", """
                System-wide power settings:
                 SleepDisabled\t\t0
                Currently in use:
                 hibernatemode        0
                 ttyskeepawake        1
                 displaysleep         0 (display sleep prevented by caffeinate)
                 tcpkeepalive         1
                 powermode            %d
                 womp                 1
                """.formatted(mode), NO_HEAT, "");

        assertThat(state.lowPowerMode()).isEqualTo(lowPower);
    }

    @ParameterizedTest
    @CsvSource({"0, nominal", "1, moderate", "2, heavy", "3, trapping", "4, sleeping", "5,", "'',", "failed,"})
    void namesThermalPressure(String level, String name) {
        assertThat(sample("", "", "", NO_HEAT, "com.apple.system.thermalpressurelevel " + level + "\n")
                        .thermalPressure())
                .isEqualTo(name);
    }

    /** Apple's sysctl ends at the first key that it does not know. */
    @Test
    void ignoresKeysThatThisMacDoesNotHave() {
        List<List<String>> commands = new ArrayList<>();
        new MacMachine(
                        command -> {
                            commands.add(command);
                            return "";
                        },
                        12,
                        1.5)
                .sample();

        assertThat(commands)
                .filteredOn(command -> command.get(0).endsWith("/sysctl"))
                .singleElement()
                .satisfies(command -> assertThat(command.get(1)).isEqualTo("-i"));
    }

    @Test
    void readsAnIntelDesktop() {
        MachineState state = sample("""
                hw.cpufrequency: 3000000000
                hw.cpufrequency_max: 3600000000
                """, "Now drawing from 'AC Power'\n", " lowpowermode         0\n", """
                2026-11-29 10:00:00 +0000 CPU Power notify
                \tCPU_Scheduler_Limit \t= 100
                \tCPU_Available_CPUs \t= 12
                \tCPU_Speed_Limit \t= 70
                """, "");

        assertThat(state)
                .isEqualTo(new MachineState(
                        12, 1.5, null, null, 3e9, 3.6e9, null, 0.7, false, false, null, null, null, null, null, null));
    }

    @Test
    void programsThatFailSayNothing() {
        assertThat(sample("", "", "", "", ""))
                .isEqualTo(new MachineState(
                        12, 1.5, null, null, null, null, null, null, null, null, null, null, null, null, null, null));
    }

    private static MachineState sample(String values, String source, String settings, String heat, String pressure) {
        Map<String, String> outputs = Map.of(
                "batt", source, "-g", settings, "therm", heat, "com.apple.system.thermalpressurelevel", pressure);
        return new MacMachine(command -> outputs.getOrDefault(command.get(command.size() - 1), values), 12, 1.5)
                .sample();
    }
}
