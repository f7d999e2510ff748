package io.github.whisperspeedtest.testing;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/** Damages files like disks, downloads and attackers, and measures the memory for reading them. */
public final class Damage {
    private Damage() {}

    /**
     * Returns a copy with a few bytes of a region changed, removed or doubled, or truncated after a byte.
     *
     * @param start start of the region
     * @param end end of the region, exclusive
     */
    public static byte[] of(byte[] valid, int start, int end, Random random) {
        int at = start + random.nextInt(end - start);
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(valid, at);
            case 1 -> spliced(valid, at, Math.min(valid.length, at + 1 + random.nextInt(16)), new byte[0]);
            case 2 ->
                spliced(valid, at, at, Arrays.copyOfRange(valid, at, Math.min(valid.length, at + random.nextInt(16))));
            case 3 -> filled(valid, at, 4, (byte) 0xff);
            case 4 -> filled(valid, at, 2, (byte) 0);
            default -> changed(valid, start, end, random);
        };
    }

    /** Returns the bytes that a task allocates on the heap of the current thread. */
    public static long allocatedBytes(Runnable task) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        task.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** Replacing a digit by a digit keeps the syntax valid, so the damage reaches later checks. */
    private static byte[] changed(byte[] valid, int start, int end, Random random) {
        byte[] damaged = valid.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = start + random.nextInt(end - start);
            damaged[at] = Character.isDigit(valid[at])
                    ? (byte) ('0' + random.nextInt(10))
                    : (byte) (valid[at] ^ 1 << random.nextInt(8));
        }
        return damaged;
    }

    private static byte[] filled(byte[] valid, int at, int count, byte value) {
        byte[] damaged = valid.clone();
        Arrays.fill(damaged, at, Math.min(valid.length, at + count), value);
        return damaged;
    }

    private static byte[] spliced(byte[] valid, int from, int to, byte[] inserted) {
        byte[] damaged = Arrays.copyOf(valid, valid.length - (to - from) + inserted.length);
        System.arraycopy(inserted, 0, damaged, from, inserted.length);
        System.arraycopy(valid, to, damaged, from + inserted.length, valid.length - to);
        return damaged;
    }
}
