package io.github.whisperspeedtest.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Measures the CPU usage of this process, other processes and other virtual machines.
 *
 * <p>Linux counts the time of each processor in {@code /proc/stat}, in hundredths of a second (proc(5); the unit is the same on all
 * architectures that Java runs on). Elsewhere the JVM reports the load of the machine since the previous call.
 */
final class CpuMeter {
    private static final Path PROCESSORS = Path.of("/proc/stat");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern ALLOWED = Pattern.compile("(?m)^Cpus_allowed_list:\\s*(\\S+)$");
    private static final Pattern PROCESSOR = Pattern.compile("(?m)^cpu(\\d+) (.+)$");
    private static final long TICK_MILLIS = 10;

    /** The tick resolution is too coarse for shorter runs. */
    private static final Duration MIN_DURATION = Duration.ofMillis(10 * TICK_MILLIS);

    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int STEAL = 7;

    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final long start = System.nanoTime();
    private final long ownNanos = system.getProcessCpuTime();
    private final @Nullable Processors before = Processors.read();

    private CpuMeter() {
        if (before == null) {
            // Starts the interval for the load that stop() reads.
            system.getCpuLoad();
        }
    }

    /** Starts measuring. */
    static CpuMeter start() {
        return new CpuMeter();
    }

    /** Returns the usage since the start, null if the system does not report the CPU time of this process. */
    @Nullable
    CpuUsage stop() {
        if (ownNanos < 0) {
            return null;
        }
        Duration own = Duration.ofNanos(system.getProcessCpuTime() - ownNanos);
        Duration wall = Duration.ofNanos(System.nanoTime() - start);
        if (wall.compareTo(MIN_DURATION) < 0) {
            return new CpuUsage(system.getAvailableProcessors(), own, null, null);
        }
        Processors after = Processors.read();
        if (before != null && after != null && before.count() == after.count()) {
            return new CpuUsage(
                    after.count(),
                    own,
                    notNegative(after.busy().minus(before.busy()).minus(own)),
                    notNegative(after.stolen().minus(before.stolen())));
        }
        int cores = system.getAvailableProcessors();
        double load = before == null ? system.getCpuLoad() : -1;
        if (!(load >= 0)) {
            return new CpuUsage(cores, own, null, null);
        }
        Duration busy = Duration.ofNanos((long) (load * cores * wall.toNanos()));
        return new CpuUsage(cores, own, notNegative(busy.minus(own)), null);
    }

    /** Returns at least zero. Counters in ticks can lag behind counters in nanoseconds. */
    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    /**
     * The counters of the processors that this process may run on.
     *
     * @param count number of these processors
     * @param busy CPU time that all processes used
     * @param stolen time that the hypervisor gave to other virtual machines (steal time)
     */
    record Processors(int count, Duration busy, Duration stolen) {
        static @Nullable Processors read() {
            try {
                return parse(Files.readString(PROCESSORS), Files.readString(STATUS));
            } catch (IOException | IllegalArgumentException e) {
                return null;
            }
        }

        /**
         * Reads the counters.
         *
         * @throws IllegalArgumentException if the format is not that of Linux
         */
        static Processors parse(String stat, String status) {
            Matcher list = ALLOWED.matcher(status);
            if (!list.find()) {
                throw new IllegalArgumentException("There is no list of processors in " + STATUS);
            }
            BitSet allowed = allowed(list.group(1));
            int count = 0;
            long busy = 0;
            long stolen = 0;
            Matcher processor = PROCESSOR.matcher(stat);
            while (processor.find()) {
                if (allowed.get(Integer.parseInt(processor.group(1)))) {
                    List<Long> ticks = Pattern.compile(" ")
                            .splitAsStream(processor.group(2).strip())
                            .map(Long::valueOf)
                            .toList();
                    count++;
                    // Guest time is included in user time.
                    for (int i = 0; i < Math.min(STEAL, ticks.size()); i++) {
                        busy += i == IDLE || i == IO_WAIT ? 0 : ticks.get(i);
                    }
                    stolen += ticks.size() > STEAL ? ticks.get(STEAL) : 0;
                }
            }
            if (count == 0) {
                throw new IllegalArgumentException("There are no processors in " + PROCESSORS);
            }
            return new Processors(
                    count, Duration.ofMillis(busy * TICK_MILLIS), Duration.ofMillis(stolen * TICK_MILLIS));
        }

        /** Reads a list such as {@code 0-3,8}. */
        private static BitSet allowed(String list) {
            BitSet allowed = new BitSet();
            for (String range : list.split(",")) {
                String[] ends = range.split("-");
                allowed.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
            return allowed;
        }
    }
}
