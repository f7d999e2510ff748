package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CpuMeterTest {
    private static final String STAT = """
            cpu  1000 20 300 9000 50 6 7 80 9 1
            cpu0 500 10 150 4500 25 3 4 40 5 1
            cpu1 400 10 100 4000 20 2 2 30 4 0
            cpu2 100 0 50 500 5 1 1 10 0 0
            intr 12345
            ctxt 678
            """;

    @Test
    void sumsProcessorsAvailableToProcess() {
        // user + nice + system + irq + softirq, in hundredths of a second
        assertThat(CpuMeter.Processors.parse(STAT, status("0-2")))
                .isEqualTo(new CpuMeter.Processors(3, Duration.ofMillis(13_330), Duration.ofMillis(800)));
        assertThat(CpuMeter.Processors.parse(STAT, status("1")))
                .isEqualTo(new CpuMeter.Processors(1, Duration.ofMillis(5_140), Duration.ofMillis(300)));
        assertThat(CpuMeter.Processors.parse(STAT, status("0,2-7")))
                .isEqualTo(new CpuMeter.Processors(2, Duration.ofMillis(8_190), Duration.ofMillis(500)));
    }

    @Test
    void rejectsUnknownFormat() {
        assertThatThrownBy(() -> CpuMeter.Processors.parse(STAT, "Name: java"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CpuMeter.Processors.parse("intr 1", status("0-1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CpuMeter.Processors.parse("cpu0 1 2 x 4 5 6 7 8", status("0")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void separatesOwnLoadFromOtherProcesses() throws Exception {
        CpuUsage alone = measure();
        assertThat(alone.own()).isGreaterThanOrEqualTo(Duration.ofMillis(190));
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Spin.class.getName())
                .start();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('.');
            CpuUsage together = measure();
            assertThat(together.own()).isGreaterThanOrEqualTo(Duration.ofMillis(190));
            assertThat(together.others()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void loadOfOthersIsUnknownBelowTenTicks() {
        CpuUsage usage = CpuMeter.start().stop();
        assertThat(usage.own()).isLessThan(Duration.ofMillis(100));
        assertThat(usage.others()).isNull();
        assertThat(usage.stolen()).isNull();
    }

    /** Measures 200 ms of this thread's CPU time, however long that takes. */
    private static CpuUsage measure() {
        CpuMeter meter = CpuMeter.start();
        Spin.use(Duration.ofMillis(200));
        return meter.stop();
    }

    private static String status(String processors) {
        return "Name:\tjava\nCpus_allowed:\tffff\nCpus_allowed_list:\t" + processors + "\nMems_allowed:\t1\n";
    }

    /** Keeps a processor busy for a minute. */
    static final class Spin {
        private Spin() {}

        /** Runs it. */
        public static void main(String[] arguments) {
            System.out.print('.');
            System.out.flush();
            use(Duration.ofMinutes(1));
        }

        static void use(Duration time) {
            var threads = java.lang.management.ManagementFactory.getThreadMXBean();
            long end = threads.getCurrentThreadCpuTime() + time.toNanos();
            while (threads.getCurrentThreadCpuTime() < end) {
                Thread.onSpinWait();
            }
        }
    }
}
