package io.github.whisperspeedtest.benchmark.machine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.process.MemoryMeter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peak of the physical footprint of a process on macOS: what Activity Monitor calls its memory. Unlike the resident size it includes memory
 * of the GPU and compressed memory, and not the pages of files.
 *
 * <p>The kernel keeps the peak, so the last sample before the end of a process suffices. {@code proc_pid_rusage} reads it for processes of the
 * same user. The layout is that of {@code struct rusage_info_v4} in Apple's {@code sys/resource.h}, which macOS has had since 10.12: a UUID of
 * 16 bytes, then 35 numbers of 64 bits.
 */
public final class FootprintMeter implements MemoryMeter {
    private static final Logger LOG = LoggerFactory.getLogger(FootprintMeter.class);

    /** {@code RUSAGE_INFO_V4}. */
    private static final int FLAVOR = 4;

    private static final int UUID_BYTES = 16;
    private static final int NUMBERS = 35;

    /** Index of {@code ri_lifetime_max_phys_footprint} among the numbers, from 0; {@code ri_logical_writes} precedes it. */
    private static final int LIFETIME_MAX_FOOTPRINT = 28;

    /** Size of the structure in bytes. */
    static final int SIZE = UUID_BYTES + NUMBERS * Long.BYTES;

    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final LibProc library;

    /** The function of {@code libproc.h}. Public, because JNA implements it in another package. */
    public interface LibProc extends Library {
        /**
         * Reads the resources that a process has used.
         *
         * @param pid the process
         * @param flavor version of the structure
         * @param buffer receives the structure
         * @return 0, or -1 if there is no such process of this user
         */
        int proc_pid_rusage(int pid, int flavor, byte[] buffer);
    }

    private FootprintMeter(LibProc library) {
        this.library = library;
    }

    /**
     * Returns the meter for child JVMs on this system: on macOS this one, or that of core where JNA cannot be loaded; elsewhere that of core.
     *
     * @param store where JNA unpacks its own library
     */
    public static MemoryMeter orOfSystem(LibraryStore store) {
        return System.getProperty("os.name").startsWith("Mac")
                ? orOfSystem(() ->
                        LibraryStore.withProperties(store.jnaProperties(), () -> Native.load("System", LibProc.class)))
                : MemoryMeter.ofSystem();
    }

    /** Tries it with this process, because a meter that knows nothing would leave all results without memory. */
    static MemoryMeter orOfSystem(Supplier<LibProc> library) {
        try {
            FootprintMeter meter = new FootprintMeter(library.get());
            if (meter.bytes(ProcessHandle.current().pid()) > 0) {
                return meter;
            }
            LOG.debug("proc_pid_rusage knows no peak");
        } catch (IOException | LinkageError e) {
            LOG.debug("proc_pid_rusage cannot be used", e);
        }
        return MemoryMeter.ofSystem();
    }

    @Override
    public String measure() {
        return "ri_lifetime_max_phys_footprint";
    }

    @Override
    public long bytes(long pid) throws IOException {
        byte[] buffer = new byte[SIZE];
        if (library.proc_pid_rusage(Math.toIntExact(pid), FLAVOR, buffer) != 0) {
            throw new IOException("proc_pid_rusage knows no process " + pid);
        }
        return lifetimeMaxFootprint(buffer);
    }

    static long lifetimeMaxFootprint(byte[] info) {
        return ByteBuffer.wrap(info)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(UUID_BYTES + LIFETIME_MAX_FOOTPRINT * Long.BYTES);
    }

    @Override
    public boolean isPeak() {
        return true;
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }
}
