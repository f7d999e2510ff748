package io.github.whisperspeedtest.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The peak of the physical memory of a process.
 *
 * <p>Linux records the high-water mark ({@code VmHWM} in {@code /proc/<pid>/status}, in units of 1024 bytes; see proc(5)), so
 * the last sample suffices. macOS reports only the current size of another process ({@code ps -o rss}, in units of 1024
 * bytes), so the peak is the maximum of the samples. Other systems are not supported.
 */
final class PeakMemory {
    private static final Pattern HIGH_WATER_MARK = Pattern.compile("(?m)^VmHWM:\\s*(\\d+) kB$");
    private static final long PS_TIMEOUT_SECONDS = 2;

    private enum Source {
        PROC(50),
        PS(250),
        NONE(1000);

        private final Duration interval;

        Source(long millis) {
            interval = Duration.ofMillis(millis);
        }
    }

    private static final Source SOURCE = source();

    private final long pid;
    private long peak;

    /** Prepares to sample a process. */
    PeakMemory(long pid) {
        this.pid = pid;
    }

    /** Returns the time between two samples. */
    static Duration interval() {
        return SOURCE.interval;
    }

    /** Returns whether this system is supported. */
    static boolean isSupported() {
        return SOURCE != Source.NONE;
    }

    /** Samples the process if it still runs. */
    void sample() throws InterruptedException {
        try {
            switch (SOURCE) {
                case PROC -> include(readHighWaterMark());
                case PS -> include(readResidentSize());
                case NONE -> {}
            }
        } catch (IOException | NumberFormatException e) {
            // The process has ended. Earlier samples remain valid.
            return;
        }
    }

    /** Includes a measurement, such as one of the process itself. */
    void include(long bytes) {
        peak = Math.max(peak, bytes);
    }

    /** Returns the peak in bytes, null if unknown. */
    @Nullable
    Long bytes() {
        return peak == 0 ? null : peak;
    }

    private long readHighWaterMark() throws IOException {
        Matcher matcher = HIGH_WATER_MARK.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
        return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
    }

    private long readResidentSize() throws IOException, InterruptedException {
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!ps.waitFor(PS_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                return 0;
            }
            String text = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Long.parseLong(text.strip()) * 1024;
        } finally {
            ps.destroyForcibly();
        }
    }

    private static Source source() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.contains("linux")) {
            return Source.PROC;
        }
        return system.contains("mac") ? Source.PS : Source.NONE;
    }
}
