package io.github.whisperspeedtest.benchmark.machine;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A machine with Linux, as described in {@code proc} and {@code sys} (proc(5); the kernel's documents on sysfs: cpufreq,
 * sysfs-class-power, sysfs-platform_profile, and the thermal interrupts of x86).
 */
final class LinuxMachine implements MachineSampler {
    private static final String PROCESSORS = "sys/devices/system/cpu";
    private static final Pattern PROCESSOR = Pattern.compile("cpu\\d+");
    private static final Pattern ANY = Pattern.compile(".+");
    private static final Pattern TOTAL_TIMES = Pattern.compile("(?m)^cpu +([\\d ]+)$");
    private static final Pattern MEGAHERTZ = Pattern.compile("(?m)^cpu MHz\\s*: *([\\d.]{1,20})$");

    /** user, nice, system, idle, iowait, irq, softirq, steal; guest times follow, and are contained in the first two. */
    private static final int TIMES = 8;

    private final SystemFiles files;
    private final int processors;

    LinuxMachine(Path root, int processors) {
        files = new SystemFiles(root);
        this.processors = processors;
    }

    @Override
    public MachineState sample() {
        List<String> cpus = files.directories(PROCESSORS, PROCESSOR);
        long @Nullable [] times = times();
        int @Nullable [] cores = coresByKind(cpus);
        ContainerLimits limits = ContainerLimits.read(files);
        return new MachineState(
                processors,
                loadAverage(),
                times == null ? null : times[0],
                times == null ? null : times[1],
                frequency(cpus),
                maxFrequency(cpus),
                throttlings(cpus),
                null,
                onBattery(),
                lowPowerMode(),
                cores == null ? null : cores[0],
                cores == null ? null : cores[1],
                null,
                limits.processors(),
                limits.memoryBytes(),
                null);
    }

    private @Nullable Double loadAverage() {
        String text = files.text("proc/loadavg");
        try {
            return text == null ? null : Double.valueOf(text.split(" ")[0]);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Returns the ticks of all processors and the stolen ones, null if the kernel does not count the latter. */
    private long @Nullable [] times() {
        String text = files.text("proc/stat");
        Matcher line = TOTAL_TIMES.matcher(text == null ? "" : text);
        if (!line.find()) {
            return null;
        }
        String[] fields = line.group(1).strip().split(" +");
        if (fields.length < TIMES) {
            return null;
        }
        long total = 0;
        for (int i = 0; i < TIMES; i++) {
            Long ticks = SystemFiles.parse(fields[i]);
            if (ticks == null) {
                return null;
            }
            total += ticks;
        }
        return new long[] {total, Long.parseLong(fields[TIMES - 1])};
    }

    private @Nullable Double frequency(List<String> cpus) {
        List<Long> kilohertz = files.numbers(cpus, "cpufreq/scaling_cur_freq");
        if (!kilohertz.isEmpty()) {
            return orNull(kilohertz.stream().mapToDouble(khz -> khz * 1e3).average());
        }
        // Virtual machines have no cpufreq, but on x86 still this.
        String text = files.text("proc/cpuinfo");
        return orNull(MEGAHERTZ
                .matcher(text == null ? "" : text)
                .results()
                .map(match -> match.group(1))
                .filter(mhz -> mhz.matches("\\d+(\\.\\d+)?"))
                .mapToDouble(mhz -> Double.parseDouble(mhz) * 1e6)
                .average());
    }

    private @Nullable Double maxFrequency(List<String> cpus) {
        return orNull(files.numbers(cpus, "cpufreq/cpuinfo_max_freq").stream()
                .mapToDouble(khz -> khz * 1e3)
                .max());
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private @Nullable Long throttlings(List<String> cpus) {
        List<Long> counts = files.numbers(cpus, "thermal_throttle/core_throttle_count");
        return counts.isEmpty()
                ? null
                : counts.stream().mapToLong(Long::longValue).sum();
    }

    private @Nullable Boolean onBattery() {
        boolean hasBattery = false;
        boolean discharging = false;
        boolean unplugged = false;
        for (String supply : files.directories("sys/class/power_supply", ANY)) {
            String type = files.text(supply + "/type");
            boolean plugged = Long.valueOf(1).equals(files.number(supply + "/online"));
            // Mice and keyboards report their batteries here, too.
            if ("Battery".equals(type) && !"Device".equals(files.text(supply + "/scope"))) {
                hasBattery = true;
                discharging |= "Discharging".equals(files.text(supply + "/status"));
            } else if (("Mains".equals(type) || "USB".equals(type)) && plugged) {
                return false;
            } else if ("Mains".equals(type)) {
                unplugged = true;
            }
        }
        return hasBattery ? Boolean.valueOf(discharging || unplugged) : null;
    }

    private @Nullable Boolean lowPowerMode() {
        String profile = files.text("sys/firmware/acpi/platform_profile");
        return profile == null ? null : profile.equals("low-power");
    }

    /**
     * Returns the numbers of fast and slow cores, null if all are alike.
     *
     * <p>Intel's hybrid processors list both kinds. Arm gives each core a capacity relative to the largest, 1024; big and little cores differ by
     * more than a factor of two, cores of the same kind with other frequencies by less.
     */
    private int @Nullable [] coresByKind(List<String> cpus) {
        String fast = files.text("sys/devices/cpu_core/cpus");
        String slow = files.text("sys/devices/cpu_atom/cpus");
        if (fast != null && slow != null) {
            return new int[] {count(fast), count(slow)};
        }
        List<Long> capacities = files.numbers(cpus, "cpu_capacity");
        long largest = capacities.stream().mapToLong(Long::longValue).max().orElse(0);
        int little = (int)
                capacities.stream().filter(capacity -> 2 * capacity < largest).count();
        return little == 0 ? null : new int[] {capacities.size() - little, little};
    }

    /** Counts the processors of a list such as {@code 0-7,12}. */
    private static int count(String list) {
        BitSet processors = new BitSet();
        Matcher range = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?").matcher(list);
        while (range.find()) {
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            processors.set(first, Math.max(first, last) + 1);
        }
        return processors.cardinality();
    }
}
