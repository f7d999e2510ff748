package io.github.whisperspeedtest.audio;

import io.github.whisperspeedtest.error.NearestName;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The format of samples without a header, such as {@code s16le@16000} or {@code f32le@44100x2}.
 *
 * @param encoding how a sample is stored
 * @param sampleRate frames per second, 4000 to 384000
 * @param channels samples per frame, 1 to 32; they are side by side
 */
public record RawFormat(Encoding encoding, int sampleRate, int channels) {
    private static final Pattern TEXT = Pattern.compile("([a-z0-9]+)@(\\d{1,9})(?:x(\\d{1,9}))?");

    /** How a sample is stored. The names are those of ffmpeg's raw formats. */
    public enum Encoding {
        /** 8-bit unsigned integers. */
        U8(WavFormat.PCM, 1, ByteOrder.LITTLE_ENDIAN),
        /** 16-bit signed integers, little-endian. */
        S16LE(WavFormat.PCM, 2, ByteOrder.LITTLE_ENDIAN),
        /** 16-bit signed integers, big-endian. */
        S16BE(WavFormat.PCM, 2, ByteOrder.BIG_ENDIAN),
        /** 24-bit signed integers, little-endian. */
        S24LE(WavFormat.PCM, 3, ByteOrder.LITTLE_ENDIAN),
        /** 24-bit signed integers, big-endian. */
        S24BE(WavFormat.PCM, 3, ByteOrder.BIG_ENDIAN),
        /** 32-bit signed integers, little-endian. */
        S32LE(WavFormat.PCM, 4, ByteOrder.LITTLE_ENDIAN),
        /** 32-bit signed integers, big-endian. */
        S32BE(WavFormat.PCM, 4, ByteOrder.BIG_ENDIAN),
        /** 32-bit floating point, little-endian. */
        F32LE(WavFormat.IEEE_FLOAT, 4, ByteOrder.LITTLE_ENDIAN),
        /** 32-bit floating point, big-endian. */
        F32BE(WavFormat.IEEE_FLOAT, 4, ByteOrder.BIG_ENDIAN),
        /** 64-bit floating point, little-endian. */
        F64LE(WavFormat.IEEE_FLOAT, 8, ByteOrder.LITTLE_ENDIAN),
        /** 64-bit floating point, big-endian. */
        F64BE(WavFormat.IEEE_FLOAT, 8, ByteOrder.BIG_ENDIAN),
        /** A-law of ITU-T G.711. */
        ALAW(WavFormat.A_LAW, 1, ByteOrder.LITTLE_ENDIAN),
        /** Mu-law of ITU-T G.711. */
        MULAW(WavFormat.MU_LAW, 1, ByteOrder.LITTLE_ENDIAN);

        private final int code;
        private final int sampleBytes;
        private final ByteOrder order;

        Encoding(int code, int sampleBytes, ByteOrder order) {
            this.code = code;
            this.sampleBytes = sampleBytes;
            this.order = order;
        }

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the sample rate or the number of channels is out of range
     */
    public RawFormat {
        Objects.requireNonNull(encoding, "encoding");
        if (sampleRate < PcmConverter.MIN_RATE || sampleRate > PcmConverter.MAX_RATE) {
            throw new IllegalArgumentException("the sample rate must be " + PcmConverter.MIN_RATE + " to "
                    + PcmConverter.MAX_RATE + " Hz, but was " + sampleRate);
        }
        if (channels < 1 || channels > PcmConverter.MAX_CHANNELS) {
            throw new IllegalArgumentException(
                    "the number of channels must be 1 to " + PcmConverter.MAX_CHANNELS + ", but was " + channels);
        }
    }

    /**
     * Parses a format: an encoding, {@code @}, the sample rate in Hz, and for several channels {@code x} and their number.
     *
     * @param text such as {@code s16le@16000} or {@code f32le@44100x2}; case-insensitive
     * @throws IllegalArgumentException if the text is not of that form, or a number is out of range
     */
    public static RawFormat parse(String text) {
        Matcher parts = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not ENCODING@RATE or ENCODING@RATExCHANNELS, such as s16le@16000 or f32le@44100x2");
        }
        return new RawFormat(
                encoding(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                parts.group(3) == null ? 1 : Integer.parseInt(parts.group(3)));
    }

    private static Encoding encoding(String name) {
        List<String> known =
                Arrays.stream(Encoding.values()).map(Encoding::label).toList();
        if (!known.contains(name)) {
            String meant = NearestName.of(name, known)
                    .map(near -> "Did you mean '" + near + "'? ")
                    .orElse("");
            throw new IllegalArgumentException("there is no encoding '" + name + "'. " + meant + "Use one of: "
                    + known.stream().collect(Collectors.joining(", ")));
        }
        return Encoding.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Returns the format as {@link #parse} takes it. */
    @Override
    public String toString() {
        return encoding.label() + "@" + sampleRate + (channels == 1 ? "" : "x" + channels);
    }

    /** Returns the same format as the header of a WAV file states it. */
    WavFormat asWav() {
        return new WavFormat(encoding.code, sampleRate, channels, encoding.sampleBytes, encoding.order);
    }
}
