package io.github.whisperspeedtest.benchmark.machine;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A machine with macOS, as described by sysctl(8), pmset(1) and notifyutil(1); unknown values where these programs are missing. None of them needs
 * the superuser.
 */
final class MacMachine implements MachineSampler {
    private static final List<String> SYSCTL = List.of(
            "/usr/sbin/sysctl",
            // Without it, the first key that this Mac does not have ends the program.
            "-i",
            "hw.perflevel0.physicalcpu",
            "hw.perflevel1.physicalcpu",
            "sysctl.proc_translated",
            "hw.cpufrequency",
            "hw.cpufrequency_max");
    private static final List<String> POWER_SOURCE = List.of("/usr/bin/pmset", "-g", "batt");
    private static final List<String> POWER_SETTINGS = List.of("/usr/bin/pmset", "-g");

    /** Macs with Intel processors have a speed limit. */
    private static final List<String> HEAT = List.of("/usr/bin/pmset", "-g", "therm");

    /** Macs with Apple silicon say nothing there, but have a level of thermal pressure. */
    private static final List<String> PRESSURE =
            List.of("/usr/bin/notifyutil", "-g", "com.apple.system.thermalpressurelevel");

    /** {@code OSThermalPressureLevel} of Apple's {@code libkern/OSThermalNotification.h}, from 0. */
    private static final List<String> LEVELS =
            List.of(MachineState.NOMINAL, "moderate", "heavy", "trapping", "sleeping");

    private final Function<List<String>, String> programs;
    private final int processors;
    private final @Nullable Double loadAverage;

    MacMachine(Function<List<String>, String> programs, int processors, @Nullable Double loadAverage) {
        this.programs = programs;
        this.processors = processors;
        this.loadAverage = loadAverage;
    }

    @Override
    public MachineState sample() {
        String values = programs.apply(SYSCTL);
        Long efficiencyCores = number(values, "hw\\.perflevel1\\.physicalcpu: *");
        // Without a second level, the first one contains all cores.
        Long performanceCores = efficiencyCores == null ? null : number(values, "hw\\.perflevel0\\.physicalcpu: *");
        Long translated = number(values, "sysctl\\.proc_translated: *");
        Long speedLimit = number(programs.apply(HEAT), "\\s*CPU_Speed_Limit\\s*= *");
        return new MachineState(
                processors,
                loadAverage,
                null,
                null,
                hertz(number(values, "hw\\.cpufrequency: *")),
                hertz(number(values, "hw\\.cpufrequency_max: *")),
                null,
                speedLimit == null ? null : speedLimit / 100.0,
                onBattery(),
                lowPowerMode(),
                performanceCores == null ? null : performanceCores.intValue(),
                efficiencyCores == null ? null : efficiencyCores.intValue(),
                translated == null ? null : translated == 1,
                null,
                null,
                thermalPressure());
    }

    /** Newer versions of macOS, and Macs with a high-power mode, have {@code powermode}: 0 is automatic, 1 low power, 2 high power. */
    private @Nullable Boolean lowPowerMode() {
        Long mode = number(programs.apply(POWER_SETTINGS), " *(?:low)?powermode +");
        return mode == null ? null : mode == 1;
    }

    private @Nullable String thermalPressure() {
        Long level = number(programs.apply(PRESSURE), "com\\.apple\\.system\\.thermalpressurelevel +");
        return level == null || level >= LEVELS.size() ? null : LEVELS.get(level.intValue());
    }

    private @Nullable Boolean onBattery() {
        String source = programs.apply(POWER_SOURCE);
        if (source.contains("'Battery Power'")) {
            return true;
        }
        return source.contains("'AC Power'") ? false : null;
    }

    private static @Nullable Double hertz(@Nullable Long number) {
        return number == null ? null : number.doubleValue();
    }

    /** Returns the number after a prefix at the start of a line, null if there is none. */
    private static @Nullable Long number(String output, String prefix) {
        Matcher matcher = Pattern.compile("(?m)^" + prefix + "(\\d{1,18})\\s*$").matcher(output);
        return matcher.find() ? Long.valueOf(matcher.group(1)) : null;
    }
}
