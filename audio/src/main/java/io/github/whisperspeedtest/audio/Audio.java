package io.github.whisperspeedtest.audio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Sound as Whisper hears it: 16 kHz, mono, full scale being -1 to 1.
 *
 * <p>Floating-point recordings may go beyond full scale; what they hold is kept.
 *
 * <p>Immutable. The samples are held once, in blocks, so that hours of sound need neither one huge array nor a copy while it
 * grows.
 */
public final class Audio {
    /** Samples per second; what every Whisper model was trained on. */
    public static final int SAMPLE_RATE = 16_000;

    /** 64 kB a block: the G1 collector packs arrays into regions of 1 MB and more, and larger ones leave much of them empty. */
    private static final int BLOCK_BITS = 14;

    private static final int BLOCK_SIZE = 1 << BLOCK_BITS;

    private final String name;
    private final List<float[]> blocks;
    private final long sampleCount;
    private final List<String> warnings;

    private Audio(String name, List<float[]> blocks, long sampleCount, List<String> warnings) {
        this.name = name;
        this.blocks = blocks;
        this.sampleCount = sampleCount;
        this.warnings = warnings;
    }

    /** Returns audio of a copy of the given samples. */
    public static Audio of(String name, float[] samples) {
        return builder(name).append(samples, 0, samples.length).build();
    }

    /** Returns a builder to which samples are appended. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Returns what the audio is called in reports, usually its file name. */
    public String name() {
        return name;
    }

    /** Returns the number of samples. */
    public long sampleCount() {
        return sampleCount;
    }

    /**
     * Returns what a reader of a transcript of this audio should know, such as that the recording is cut off; empty for sound
     * that was read completely.
     *
     * @return full sentences, none of which names the recording
     */
    public List<String> warnings() {
        return warnings;
    }

    /** Returns the length, to the nanosecond below. */
    public Duration duration() {
        long seconds = sampleCount / SAMPLE_RATE;
        long rest = sampleCount % SAMPLE_RATE;
        return Duration.ofSeconds(seconds, rest * 1_000_000_000L / SAMPLE_RATE);
    }

    /**
     * Copies samples out.
     *
     * @param position index of the first sample wanted
     * @param target where they go
     * @param offset index in {@code target} of the first one
     * @param length how many are wanted
     * @return how many there were, fewer than {@code length} only at the end of the audio
     * @throws IndexOutOfBoundsException if {@code position} is negative or {@code target} too small
     */
    public int read(long position, float[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (position < 0) {
            throw new IndexOutOfBoundsException("position " + position);
        }
        int count = (int) Math.max(0, Math.min(length, sampleCount - position));
        int done = 0;
        while (done < count) {
            long at = position + done;
            float[] block = blocks.get((int) (at >> BLOCK_BITS));
            int start = (int) (at & (BLOCK_SIZE - 1));
            int part = Math.min(count - done, BLOCK_SIZE - start);
            System.arraycopy(block, start, target, offset + done, part);
            done += part;
        }
        return count;
    }

    /**
     * Returns a copy of a part, under the same name and with the same warnings.
     *
     * @param start index of its first sample
     * @param end index after its last sample
     * @throws IndexOutOfBoundsException if the part is not inside the audio
     */
    public Audio slice(long start, long end) {
        Objects.checkFromToIndex(start, end, sampleCount);
        Builder builder = builder(name);
        warnings.forEach(builder::warn);
        float[] part = new float[BLOCK_SIZE];
        for (long at = start; at < end; at += part.length) {
            builder.append(part, 0, read(at, part, 0, (int) Math.min(part.length, end - at)));
        }
        return builder.build();
    }

    /** Collects samples. */
    public static final class Builder {
        private final String name;
        private final List<float[]> blocks = new ArrayList<>();
        private final Set<String> warnings = new LinkedHashSet<>();
        private long sampleCount;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Appends a copy of {@code length} samples. */
        public Builder append(float[] samples, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, samples.length);
            int done = 0;
            while (done < length) {
                int start = (int) (sampleCount & (BLOCK_SIZE - 1));
                if (start == 0) {
                    blocks.add(new float[BLOCK_SIZE]);
                }
                int part = Math.min(length - done, BLOCK_SIZE - start);
                System.arraycopy(samples, offset + done, blocks.get(blocks.size() - 1), start, part);
                done += part;
                sampleCount += part;
            }
            return this;
        }

        /** Adds a warning, once however often it is given: one or more full sentences that do not name the recording. */
        public Builder warn(String warning) {
            warnings.add(Objects.requireNonNull(warning, "warning"));
            return this;
        }

        /** Returns the audio; the builder must not be used after. */
        public Audio build() {
            return new Audio(name, List.copyOf(blocks), sampleCount, List.copyOf(warnings));
        }
    }
}
