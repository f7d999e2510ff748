package io.github.whisperspeedtest.process;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Derives the signal that ended a process from its exit code. */
public final class ExitCodes {
    /** Offset that {@link Process#exitValue()} and shells add to the number of the signal that ended a process. */
    private static final int SIGNAL_BASE = 128;

    private static final int SIGKILL = 9;

    /** Signal numbers that Linux and macOS share; source: signal(7) and macOS's signal(3). */
    private static final Map<Integer, String> SIGNALS = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(6, "SIGABRT"),
            Map.entry(8, "SIGFPE"),
            Map.entry(SIGKILL, "SIGKILL"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(14, "SIGALRM"),
            Map.entry(15, "SIGTERM"),
            Map.entry(24, "SIGXCPU"),
            Map.entry(25, "SIGXFSZ"));

    /** Windows status codes, negative as 32-bit integers; source: NTSTATUS values in [MS-ERREF]. */
    private static final Map<Integer, String> WINDOWS_STATUS = Map.of(
            0xC0000005, "STATUS_ACCESS_VIOLATION",
            0xC000001D, "STATUS_ILLEGAL_INSTRUCTION",
            0xC0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO",
            0xC00000FD, "STATUS_STACK_OVERFLOW",
            0xC0000135, "STATUS_DLL_NOT_FOUND",
            0xC0000374, "STATUS_HEAP_CORRUPTION",
            0xC0000409, "STATUS_STACK_BUFFER_OVERRUN");

    private ExitCodes() {}

    /** Returns whether an exit code stands for SIGKILL. */
    static boolean isKill(int exitCode) {
        return exitCode == SIGNAL_BASE + SIGKILL;
    }

    /** Returns the name of the signal or Windows status that an exit code stands for, null if there is none. */
    public static @Nullable String signalName(int exitCode) {
        if (exitCode < -SIGNAL_BASE) {
            return WINDOWS_STATUS.get(exitCode);
        }
        int number = exitCode < 0 ? -exitCode : exitCode - SIGNAL_BASE;
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
        if (number == (mac ? 10 : 7)) {
            return "SIGBUS";
        }
        if (number == (mac ? 12 : 31)) {
            return "SIGSYS";
        }
        return SIGNALS.get(number);
    }
}
