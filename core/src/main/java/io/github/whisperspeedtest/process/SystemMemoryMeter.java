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

/** The memory of processes as files and programs of the system tell it, without native code. */
enum SystemMemoryMeter implements MemoryMeter {
    /**
     * The high-water mark of the resident size on Linux ({@code VmHWM} in {@code /proc/<pid>/status}, in units of 1024 bytes; see proc(5)). It
     * includes the pages of model files that are mapped into memory, as far as they were read.
     */
    PROC("VmHWM", true, 50) {
        @Override
        public long bytes(long pid) throws IOException {
            Matcher matcher = HIGH_WATER_MARK.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
            return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
        }
    },

    /**
     * The present resident size on macOS ({@code ps -o rss}, in units of 1024 bytes). It does not include what the system has compressed, nor
     * all memory of the GPU.
     */
    PS("rss of ps", false, 250) {
        @Override
        public long bytes(long pid) throws IOException, InterruptedException {
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
    },

    /** Nothing, on systems that are not supported. */
    NONE("", false, 1000) {
        @Override
        public long bytes(long pid) {
            return 0;
        }
    };

    static final SystemMemoryMeter OF_THIS_SYSTEM = of(System.getProperty("os.name", ""));

    private static final Pattern HIGH_WATER_MARK = Pattern.compile("(?m)^VmHWM:\\s*(\\d+) kB$");
    private static final long PS_TIMEOUT_SECONDS = 2;

    private final String measure;
    private final boolean peak;
    private final Duration interval;

    SystemMemoryMeter(String measure, boolean peak, long millis) {
        this.measure = measure;
        this.peak = peak;
        interval = Duration.ofMillis(millis);
    }

    static SystemMemoryMeter of(String osName) {
        String system = osName.toLowerCase(Locale.ROOT);
        if (system.contains("linux")) {
            return PROC;
        }
        return system.contains("mac") ? PS : NONE;
    }

    @Override
    public String measure() {
        return measure;
    }

    @Override
    public boolean isPeak() {
        return peak;
    }

    @Override
    public Duration interval() {
        return interval;
    }
}
