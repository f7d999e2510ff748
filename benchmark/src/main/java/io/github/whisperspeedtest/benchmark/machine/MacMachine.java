package io.github.whisperspeedtest.benchmark.machine;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A machine with macOS, as described by sysctl(8) and pmset(1); unknown values where these programs are missing. */
final class MacMachine implements MachineSampler {
    private static final List<String> SYSCTL = List.of(
            "/usr/sbin/sysctl",
            "hw.perflevel0.physicalcpu",
            "hw.perflevel1.physicalcpu",
            "sysctl.proc_translated",
            "hw.cpufrequency",
            "hw.cpufrequency_max");
    private static final List<String> POWER_SOURCE = List.of("/usr/bin/pmset", "-g", "batt");
    private static final List<String> POWER_SETTINGS = List.of("/usr/bin/pmset", "-g");
    private static final List<String> HEAT = List.of("/usr/bin/pmset", "-g", "therm");

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
        Long lowPower = number(programs.apply(POWER_SETTINGS), " *lowpowermode +");
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
                lowPower == null ? null : lowPower == 1,
                performanceCores == null ? null : performanceCores.intValue(),
                efficiencyCores == null ? null : efficiencyCores.intValue(),
                translated == null ? null : translated == 1,
                null,
                null);
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
