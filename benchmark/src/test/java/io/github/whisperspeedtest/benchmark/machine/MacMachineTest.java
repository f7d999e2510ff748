package io.github.whisperspeedtest.benchmark.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MacMachineTest {
    private static final String BATTERY = """
            Now drawing from 'Battery Power'
             -InternalBattery-0 (id=1234567)\t71%; discharging; 5:12 remaining present: true
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
                """, "Note: No thermal warning level has been recorded\n");

        assertThat(state)
                .isEqualTo(new MachineState(
                        12, 1.5, null, null, null, null, null, null, true, true, 8, 4, true, null, null));
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
                """);

        assertThat(state)
                .isEqualTo(new MachineState(
                        12, 1.5, null, null, 3e9, 3.6e9, null, 0.7, false, false, null, null, null, null, null));
    }

    @Test
    void programsThatFailSayNothing() {
        assertThat(sample("", "", "", ""))
                .isEqualTo(new MachineState(
                        12, 1.5, null, null, null, null, null, null, null, null, null, null, null, null, null));
    }

    private static MachineState sample(String values, String source, String settings, String heat) {
        Map<String, String> outputs = Map.of("batt", source, "-g", settings, "therm", heat);
        return new MacMachine(command -> outputs.getOrDefault(command.get(command.size() - 1), values), 12, 1.5)
                .sample();
    }
}
