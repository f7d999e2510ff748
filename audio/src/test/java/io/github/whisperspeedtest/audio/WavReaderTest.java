package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.error.AudioException;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WavReaderTest {
    private static final double[] VALUES = {0, 0.5, -0.5, 0.25, -1, 0.75, -0.125, 0.9375};

    @ParameterizedTest
    @CsvSource({"1, 8", "1, 16", "1, 24", "1, 32", "3, 32", "3, 64"})
    void everySampleTypeKeepsItsValues(int code, int bits) {
        WavWriter plain = new WavWriter().code(code).bits(bits).samples(VALUES);
        WavWriter extensible =
                new WavWriter().code(code).bits(bits).extensible().samples(VALUES);

        assertThat(Signals.doubles(read(plain))).containsExactly(VALUES);
        assertThat(Signals.doubles(read(extensible))).containsExactly(VALUES);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void channelsAreAveraged(int channels) {
        WavWriter writer = new WavWriter().channels(channels).bits(24);
        for (int frame = 0; frame < 5; frame++) {
            for (int channel = 0; channel < channels; channel++) {
                writer.samples(channel == 0 ? 0.5 : -0.03125);
            }
        }

        float[] samples = read(writer);

        assertThat(samples).hasSize(5);
        assertThat(samples[4]).isCloseTo((float) ((0.5 - 0.03125 * (channels - 1)) / channels), within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000})
    void everyRateKeepsToneAndLength(int rate) {
        WavWriter writer = new WavWriter().rate(rate);
        writer.samples(Signals.doubles(Signals.tone(1_000, 0.5, rate, rate)));

        float[] samples = read(writer);

        assertThat(samples.length).isEqualTo(16_000);
        assertThat(Signals.amplitude(samples, 0, 16_000, 1_000)).isCloseTo(0.5, within(0.001));
    }

    @Test
    void skipsChunksOfOddLength() {
        WavWriter writer = new WavWriter()
                .chunkBefore("LIST", new byte[13])
                .chunkBefore("bext", new byte[603])
                .chunkAfter("id3 ", new byte[7])
                .samples(VALUES);

        assertThat(Signals.doubles(read(writer))).containsExactly(VALUES);
    }

    @Test
    void readsRf64LengthFromDs64Chunk() {
        WavWriter writer =
                new WavWriter().long64().chunkAfter("LIST", new byte[10]).samples(VALUES);

        assertThat(Signals.doubles(read(writer))).containsExactly(VALUES);
    }

    @Test
    void readsTruncatedRf64AndReportsLoss() {
        Audio audio = audio(new WavWriter()
                .long64()
                .dataLength(6_000_000_000L)
                .samples(VALUES)
                .bytes());

        assertThat(Signals.doubles(Signals.samples(audio))).containsExactly(VALUES);
        assertThat(audio.warnings())
                .containsExactly("The recording is truncated: 187500.000 s of the 187500.000 s stated in its header are"
                        + " missing (100.0 %).");
    }

    @ParameterizedTest
    @ValueSource(longs = {0x7FFFF000L, 0x7FFFFFDBL, 0x80000000L, 0xFFFFFFFFL})
    void readsToTheEndIfLengthIsPlaceholder(long length) {
        assertThat(Signals.doubles(read(new WavWriter().dataLength(length).samples(VALUES))))
                .containsExactly(VALUES);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 36, 0xFFFFFFFFL})
    void readsToTheEndIfBothLengthsAreMissing(long riffLength) {
        WavWriter writer = new WavWriter().dataLength(0).riffLength(riffLength).samples(VALUES);

        assertThat(Signals.doubles(read(writer))).containsExactly(VALUES);
    }

    @Test
    void rejectsFileWithoutSamples() {
        assertFails(new WavWriter().bytes(), "expected audio", "found no samples");
        assertFails(new WavWriter().chunkAfter("LIST", new byte[20]).bytes(), "found no samples");
    }

    @Test
    void readsTruncatedFileAndReportsLoss() {
        byte[] whole =
                new WavWriter().samples(new double[1_000]).samples(VALUES).bytes();

        Audio audio = audio(Arrays.copyOf(whole, whole.length - 501));

        assertThat(audio.sampleCount()).isEqualTo(757);
        assertThat(audio.warnings())
                .contains(
                        "The recording is truncated: 0.016 s of the 0.063 s stated in its header are missing (24.9 %).");
        assertThat(audio(new WavWriter().dataLength(20).samples(VALUES).bytes()).warnings())
                .containsExactly(
                        "The recording is truncated: less than 0.001 s of the 0.001 s stated in its header are missing (20.0 %).");
    }

    @Test
    void reportsPositionOfTruncatedHeader() {
        byte[] whole = new WavWriter().samples(VALUES).bytes();
        for (int length = 12; length < 44; length++) {
            assertFails(Arrays.copyOf(whole, length), "end of the file", "truncated");
        }
    }

    @ParameterizedTest
    @MethodSource("lies")
    void readsSamplesDespiteContradictoryHeaders(String lie, byte[] bytes, String warning) {
        Audio audio = audio(bytes);

        assertThat(Signals.doubles(Signals.samples(audio))).containsExactly(VALUES);
        if (warning.isEmpty()) {
            assertThat(audio.warnings()).isEmpty();
        } else {
            assertThat(audio.warnings()).singleElement().asString().contains(warning);
        }
    }

    static Stream<Arguments> lies() {
        byte[] extensible = new WavWriter().extensible().samples(VALUES).bytes();
        // The channel mask, then the sub-format.
        byte[] oddMask = extensible.clone();
        Arrays.fill(oddMask, 40, 44, (byte) 0xEE);
        byte[] noSubFormat = extensible.clone();
        Arrays.fill(noSubFormat, 44, 60, (byte) 0);
        byte[] noBits = plain().bits(16).bytes();
        Arrays.fill(noBits, 34, 36, (byte) 0);
        byte[] noSampleRate = plain().bytes();
        Arrays.fill(noSampleRate, 24, 28, (byte) 0);
        byte[] noByteRate = plain().bytes();
        Arrays.fill(noByteRate, 28, 32, (byte) 0);
        byte[] longFormat = plain().bytes();
        longFormat[16] = 18;
        byte[] shortFormat = plain().bytes();
        shortFormat[16] = 3;
        return Stream.of(
                Arguments.of("block align", plain().frameBytes(1).bytes(), "block align of 1"),
                Arguments.of("larger block align", plain().frameBytes(4).bytes(), "block align of 4"),
                Arguments.of("no channels", plain().channels(0).frameBytes(2).bytes(), "0 channels"),
                Arguments.of("no bits", noBits, ""),
                Arguments.of("no sample rate", noSampleRate, "implies 16000 Hz"),
                Arguments.of("no byte rate", noByteRate, ""),
                Arguments.of("odd channel mask", oddMask, ""),
                Arguments.of("no sub-format", noSubFormat, "PCM was assumed"),
                Arguments.of("format too long", longFormat, ""),
                Arguments.of("format too short", shortFormat, ""),
                Arguments.of("RIFF length too short", plain().riffLength(50).bytes(), ""),
                Arguments.of(
                        "RIFF length too long", plain().riffLength(5_000_000).bytes(), ""),
                Arguments.of(
                        "no length, right RIFF length", plain().dataLength(0).bytes(), "states 0.000 s"),
                Arguments.of("shorter than there is", plain().dataLength(6).bytes(), "all of it was read"),
                Arguments.of(
                        "padding missing",
                        plain().withoutPadding()
                                .chunkBefore("LIST", new byte[13])
                                .bytes(),
                        ""),
                Arguments.of(
                        "chunk length too long",
                        plain().chunkBefore("LIST", 0xFEFEFEFEL, new byte[40]).bytes(),
                        ""),
                Arguments.of(
                        "chunk length too short",
                        plain().chunkBefore("LIST", 20, new byte[40]).bytes(),
                        ""),
                Arguments.of("samples before the format", plain().samplesFirst().bytes(), ""),
                Arguments.of("junk in front", concat(new byte[] {1, 2, 3, 'R', 'I'}, plain().bytes()), ""),
                Arguments.of(
                        "ID3 in front",
                        concat(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 3, 7, 7, 7}, plain().bytes()),
                        ""),
                Arguments.of("junk behind", concat(plain().bytes(), new byte[] {9, -8, 7, -6, 5, -4}), ""),
                Arguments.of(
                        "tag behind",
                        concat(plain().bytes(), "TAGsome title".getBytes(StandardCharsets.US_ASCII)),
                        ""));
    }

    private static WavWriter plain() {
        return new WavWriter().samples(VALUES);
    }

    @Test
    void readsSamplesBeyondLengthOfCrashedRecorder() {
        byte[] sound = new WavWriter()
                .rate(4_000)
                .samples(Signals.doubles(Signals.tone(500, 0.5, 4_000, 12_000)))
                .bytes();
        ByteBuffer.wrap(sound)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4, 36 + 8_000)
                .putInt(40, 8_000);

        Audio audio = audio(sound);

        assertThat(audio.duration()).isEqualTo(Duration.ofSeconds(3));
        assertThat(audio.warnings())
                .containsExactly("Its header states 1.000 s of audio, but there are 3.000 s; all of it was read.");
    }

    @Test
    void readsConcatenatedFiles() {
        byte[] slow = new WavWriter()
                .rate(8_000)
                .samples(new double[800])
                .samples(0.5)
                .bytes();

        Audio audio = audio(concat(plain().bytes(), slow));

        assertThat(audio.sampleCount()).isEqualTo(VALUES.length + 2 * 801);
        assertThat(audio.warnings()).isEmpty();
    }

    @Test
    void readsBigEndianFiles() {
        byte[] bytes = plain().bytes();
        bytes[3] = 'X';
        for (int[] field :
                new int[][] {{4, 4}, {16, 4}, {20, 2}, {22, 2}, {24, 4}, {28, 4}, {32, 2}, {34, 2}, {40, 4}}) {
            reverse(bytes, field[0], field[1]);
        }
        for (int at = 44; at < bytes.length; at += 2) {
            reverse(bytes, at, 2);
        }

        assertThat(Signals.doubles(Signals.samples(audio(bytes)))).containsExactly(VALUES);
    }

    @Test
    void readsWave64() {
        byte[] tail = HexFormat.of().parseHex("F3ACD3118CD100C04F8EDB8A");
        ByteBuffer file =
                ByteBuffer.allocate(24 + 16 + 24 + 16 + 24 + 2 * VALUES.length).order(ByteOrder.LITTLE_ENDIAN);
        byte[] wav = plain().bytes();
        file.put("riff".getBytes(StandardCharsets.US_ASCII)).put(HexFormat.of().parseHex("2E91CF11A5D628DB04C10000"));
        file.putLong(file.capacity())
                .put("wave".getBytes(StandardCharsets.US_ASCII))
                .put(tail);
        file.put("fmt ".getBytes(StandardCharsets.US_ASCII))
                .put(tail)
                .putLong(24 + 16)
                .put(wav, 20, 16);
        file.put("data".getBytes(StandardCharsets.US_ASCII)).put(tail).putLong(24 + 2 * VALUES.length);
        file.put(wav, 44, 2 * VALUES.length);

        assertThat(Signals.doubles(Signals.samples(audio(file.array())))).containsExactly(VALUES);
    }

    /** Values from the tables of ITU-T G.711. */
    @Test
    void readsALawAndMuLaw() {
        assertThat(companded(6, 0x55, 0xD5, 0x2A, 0xAA, 0x80)).containsExactly(-8, 8, -32256, 32256, 5504);
        assertThat(companded(7, 0xFF, 0x7F, 0x00, 0x80, 0x8F)).containsExactly(0, 0, -32124, 32124, 16764);
    }

    private static int[] companded(int code, int... values) {
        WavWriter writer = new WavWriter().code(code).bits(8);
        for (int value : values) {
            writer.samples((value - 128) / 128.0);
        }
        float[] samples = read(writer);
        int[] result = new int[samples.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.round(samples[i] * 32_768);
        }
        return result;
    }

    /** As arecord stores 24-bit samples. */
    @Test
    void reads24BitSamplesIn32BitWords() {
        byte[] bytes = new WavWriter().bits(32).samples(VALUES).bytes();
        bytes[34] = 24;

        assertThat(Signals.doubles(Signals.samples(audio(bytes)))).containsExactly(VALUES);
        assertThat(audio(bytes).warnings()).isEmpty();
    }

    @Test
    void rejectsHeadersWithoutUsableFormat() {
        assertFails(new WavWriter().channels(0).frameBytes(0).samples(VALUES).bytes(), "channels, found 0");
        assertFails(
                new WavWriter().channels(33).samples(new double[33]).bytes(), "expected 1 to 32 channels, found 33");
        assertFails(new WavWriter().rate(0).samples(VALUES).bytes(), "found 0 Hz");
        assertFails(new WavWriter().rate(-1).samples(VALUES).bytes(), "expected a sample rate from 4000 to 384000 Hz");
        assertFails(new WavWriter().bits(40).frameBytes(5).samples(VALUES).bytes(), "found 40 bits");
        assertFails(
                new WavWriter().code(3).bits(16).samples(VALUES).bytes(),
                "32 or 64 bits (floating point)",
                "found 16 bits");
        byte[] noFormat = new WavWriter().samples(VALUES).bytes();
        noFormat[12] = 'j';
        assertFails(noFormat, "no 'fmt ' chunk");
    }

    @Test
    void namesOtherCodecs() {
        assertFails(new WavWriter().code(0x11).samples(VALUES).bytes(), "format code 0x0011 (IMA ADPCM)", "ffmpeg");
        assertFails(new WavWriter().code(2).bits(8).extensible().samples(VALUES).bytes(), "0x0002 (Microsoft ADPCM)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e30})
    void replacesInvalidSamplesBySilence(double value) {
        WavWriter writer =
                new WavWriter().code(3).bits(32).channels(2).rate(8_000).samples(new double[20_000]);

        Audio audio = audio(writer.samples(0.5, value, 0, 0).bytes());

        assertThat(audio.sampleCount()).isEqualTo(20_004);
        assertThat(audio.warnings())
                .singleElement()
                .asString()
                .startsWith("It has 1 invalid sample")
                .contains("in channel 2 at 1.250 s");
    }

    @Test
    void rejectsMostlyInvalidSamples() {
        assertFails(
                new WavWriter()
                        .code(3)
                        .bits(32)
                        .samples(0.5, Double.NaN, Double.NaN)
                        .bytes(),
                "found 2 of 3 invalid values",
                "NaN in channel 1 at 0.000 s");
    }

    @Test
    void warnsAboutSilence() {
        assertThat(audio(new WavWriter().samples(new double[100]).bytes()).warnings())
                .containsExactly("It is silent: every sample is zero.");
    }

    @Test
    void keepsSamplesBeyondFullScale() {
        assertThat(read(new WavWriter().code(3).bits(32).samples(1.5, -2, 0.5))).containsExactly(1.5f, -2f, 0.5f);
    }

    private static void reverse(byte[] bytes, int at, int length) {
        for (int i = 0; i < length / 2; i++) {
            byte first = bytes[at + i];
            bytes[at + i] = bytes[at + length - 1 - i];
            bytes[at + length - 1 - i] = first;
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static Audio audio(byte[] bytes) {
        return AudioFiles.read("some.wav", new ByteArrayInputStream(bytes));
    }

    private static void assertFails(byte[] bytes, String... parts) {
        assertThatThrownBy(() -> AudioFiles.read("some.wav", new ByteArrayInputStream(bytes)))
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("Cannot read 'some.wav': ")
                .message()
                .contains(parts);
    }

    private static float[] read(WavWriter writer) {
        return Signals.samples(audio(writer.bytes()));
    }
}
