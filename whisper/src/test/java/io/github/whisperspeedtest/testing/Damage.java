package io.github.whisperspeedtest.testing;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/** Damages files as disks, downloads and attackers do, and measures what reading them costs. */
public final class Damage {
    private Damage() {}

    /**
     * Returns a copy with a few bytes of a region changed, removed, doubled, or everything behind a byte cut off.
     *
     * @param start where the region begins
     * @param end where it ends
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

    /** Returns how many bytes the running thread allocates on the heap in a task. */
    public static long allocatedBytes(Runnable task) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        task.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** A digit for a digit reaches deeper than a byte that only breaks the syntax. */
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
