package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.error.AudioException;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                writer.samples(channel == 0 ? 0.5 : -0.25);
            }
        }

        float[] samples = read(writer);

        assertThat(samples).hasSize(5);
        assertThat(samples[4]).isCloseTo((float) ((0.5 - 0.25 * (channels - 1)) / channels), within(1e-6f));
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
    void chunksOfOddLengthAroundTheSamplesArePassedOver() {
        WavWriter writer = new WavWriter()
                .chunkBefore("LIST", new byte[13])
                .chunkBefore("bext", new byte[603])
                .chunkAfter("id3 ", new byte[7])
                .samples(VALUES);

        assertThat(Signals.doubles(read(writer))).containsExactly(VALUES);
    }

    @Test
    void rf64TakesItsLengthFromTheLongChunk() {
        WavWriter writer =
                new WavWriter().long64().chunkAfter("LIST", new byte[10]).samples(VALUES);

        assertThat(Signals.doubles(read(writer))).containsExactly(VALUES);
    }

    @Test
    void rf64ThatIsCutOffSaysSo() {
        assertThatThrownBy(() ->
                        read(new WavWriter().long64().dataLength(6_000_000_000L).samples(VALUES)))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("expected 6000000000 bytes")
                .hasMessageContaining("found 16");
    }

    @ParameterizedTest
    @ValueSource(longs = {0x7FFFF000L, 0x7FFFFFDBL, 0x80000000L, 0xFFFFFFFFL})
    void placeholderForTheLengthMeansToTheEnd(long length) {
        assertThat(Signals.doubles(read(new WavWriter().dataLength(length).samples(VALUES))))
                .containsExactly(VALUES);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 36, 0xFFFFFFFFL})
    void lengthOfZeroMeansToTheEndIfTheRiffLengthIsNoneEither(long riffLength) {
        WavWriter writer = new WavWriter().dataLength(0).riffLength(riffLength).samples(VALUES);

        assertThat(Signals.doubles(read(writer))).containsExactly(VALUES);
    }

    @Test
    void fileWithoutSamplesIsAnError() {
        assertFails(new WavWriter().bytes(), "found none", "holds no samples");
        assertFails(new WavWriter().chunkAfter("LIST", new byte[20]).bytes(), "found none");
    }

    @Test
    void fileThatIsCutOffSaysHowMuchIsMissing() {
        byte[] whole = new WavWriter().samples(new double[1_000]).bytes();

        assertFails(Arrays.copyOf(whole, whole.length - 501), "expected 2000 bytes", "found 1499", "cut off");
        assertFails(
                new WavWriter().dataLength(3_000_000_000L).samples(VALUES).bytes(),
                "expected 3000000000 bytes",
                "found 16");
    }

    @Test
    void headerThatIsCutOffSaysWhere() {
        byte[] whole = new WavWriter().samples(VALUES).bytes();
        for (int length = 12; length < 44; length++) {
            assertFails(Arrays.copyOf(whole, length), "end of the file at byte " + length);
        }
    }

    @Test
    void headersThatLieAreNamed() {
        assertFails(new WavWriter().channels(0).samples(VALUES).bytes(), "expected 1 to 8 channels, found 0");
        assertFails(new WavWriter().channels(9).samples(new double[9]).bytes(), "expected 1 to 8 channels, found 9");
        assertFails(new WavWriter().rate(0).samples(VALUES).bytes(), "found 0 Hz");
        assertFails(new WavWriter().rate(-1).samples(VALUES).bytes(), "expected a sample rate from 4000 to 384000 Hz");
        assertFails(new WavWriter().frameBytes(3).samples(VALUES).bytes(), "1 x 2 = 2 bytes", "found 3");
        assertFails(new WavWriter().bits(40).samples(VALUES).bytes(), "found 40 bits");
        assertFails(
                new WavWriter().code(3).bits(16).samples(VALUES).bytes(),
                "32 or 64 bits in floating point",
                "found 16 bits");
        byte[] hugeChunk =
                new WavWriter().chunkBefore("LIST", new byte[4]).samples(VALUES).bytes();
        Arrays.fill(hugeChunk, 16, 20, (byte) 0xFE);
        assertFails(hugeChunk, "chunk 'LIST'", "no 'data' chunk");
        byte[] noFormat = new WavWriter().samples(VALUES).bytes();
        noFormat[12] = 'j';
        assertFails(noFormat, "expected a WAV 'fmt ' chunk before the samples");
    }

    @Test
    void otherCodecsAreNamedByTheirCode() {
        assertFails(new WavWriter().code(0x11).samples(VALUES).bytes(), "format code 0x0011 (IMA ADPCM)", "ffmpeg");
        assertFails(new WavWriter().code(7).bits(8).extensible().samples(VALUES).bytes(), "0x0007 (mu-law)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e30})
    void whatIsNoSampleIsNamedByItsPosition(double value) {
        WavWriter writer =
                new WavWriter().code(3).bits(32).channels(2).rate(8_000).samples(new double[20_000]);

        assertFails(writer.samples(0, value, 0, 0).bytes(), "sample 10000 (1.250 s) of channel 2");
    }

    @Test
    void samplesLouderThanFullScaleAreKept() {
        assertThat(read(new WavWriter().code(3).bits(32).samples(1.5, -2, 0.5))).containsExactly(1.5f, -2f, 0.5f);
    }

    private static void assertFails(byte[] bytes, String... parts) {
        assertThatThrownBy(() -> AudioFiles.read("some.wav", new ByteArrayInputStream(bytes)))
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("Cannot read 'some.wav': ")
                .message()
                .contains(parts);
    }

    private static float[] read(WavWriter writer) {
        return Signals.samples(AudioFiles.read("some.wav", new ByteArrayInputStream(writer.bytes())));
    }
}
