package io.github.whisperspeedtest.audio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Audio in the form that Whisper expects: 16 kHz, mono, with full scale from -1 to 1.
 *
 * <p>Floating-point recordings may exceed full scale; such samples are kept.
 *
 * <p>Immutable. Samples are stored once, in blocks, so hours of audio need neither a huge array nor a copy while
 * growing.
 */
public final class Audio {
    /** Samples per second, the rate that every Whisper model was trained on. */
    public static final int SAMPLE_RATE = 16_000;

    /**
     * 64 kB per block. The G1 collector allocates arrays in regions of at least 1 MB, and larger blocks would leave
     * much of a region unused.
     */
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

    /** Returns audio with a copy of the given samples. */
    public static Audio of(String name, float[] samples) {
        return builder(name).append(samples, 0, samples.length).build();
    }

    /** Returns a builder to which samples are appended. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Returns the name of the audio in reports, usually its file name. */
    public String name() {
        return name;
    }

    /** Returns the number of samples. */
    public long sampleCount() {
        return sampleCount;
    }

    /**
     * Returns warnings for readers of the transcript, for example that the recording is cut off; empty if everything
     * was read.
     *
     * @return full sentences that do not name the recording
     */
    public List<String> warnings() {
        return warnings;
    }

    /** Returns the duration, rounded down to the nanosecond. */
    public Duration duration() {
        return duration(sampleCount);
    }

    /** Returns the duration of a number of samples, rounded down to the nanosecond. */
    static Duration duration(long sampleCount) {
        long seconds = sampleCount / SAMPLE_RATE;
        long rest = sampleCount % SAMPLE_RATE;
        return Duration.ofSeconds(seconds, rest * 1_000_000_000L / SAMPLE_RATE);
    }

    /**
     * Copies samples to an array.
     *
     * @param position index of the first sample to copy
     * @param target destination
     * @param offset index in {@code target} of the first sample
     * @param length number of samples to copy
     * @return number of samples copied, less than {@code length} only at the end of the audio
     * @throws IndexOutOfBoundsException if {@code position} is negative or {@code target} is too small
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
     * Returns a copy of a part, with the same name and the same warnings.
     *
     * @param start index of the first sample
     * @param end index after the last sample
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

        /** Adds a warning of one or more full sentences that do not name the recording. Duplicates are ignored. */
        public Builder warn(String warning) {
            warnings.add(Objects.requireNonNull(warning, "warning"));
            return this;
        }

        /** Returns the audio. The builder must not be used afterwards. */
        public Audio build() {
            return new Audio(name, List.copyOf(blocks), sampleCount, List.copyOf(warnings));
        }
    }
}
