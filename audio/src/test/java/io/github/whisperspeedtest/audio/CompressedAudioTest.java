package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressedAudioTest {
    @TempDir
    private Path directory;

    private static final Audio ORIGINAL = read(Signals.reference().bytes());

    @Test
    void flacEqualsWavBitForBit() {
        Audio flac = read(Signals.resource("reference.flac"));

        assertThat(Signals.samples(flac)).containsExactly(Signals.samples(ORIGINAL));
    }

    @Test
    void flacOf24BitsKeepsItsLevel() {
        Audio flac = read(Signals.resource("mono24.flac"));

        assertThat(flac.sampleCount()).isEqualTo(4_000);
        float[] samples = Signals.samples(flac);
        double expected = 0.25 * Math.pow(10, -3.0 / 20);
        assertThat(Signals.amplitude(samples, 0, 4_000, Signals.LEFT_TONE)).isCloseTo(expected, within(0.001));
        assertThat(Signals.amplitude(samples, 0, 4_000, Signals.RIGHT_TONE)).isCloseTo(expected, within(0.001));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference.mp3", "reference.ogg", "paged.ogg"})
    void lossyFilesKeepLengthTonesAndTiming(String file) {
        Audio audio = read(Signals.resource(file));

        assertThat(audio.sampleCount()).isEqualTo(ORIGINAL.sampleCount());
        float[] samples = Signals.samples(audio);
        // LAME lowers the level by 5 %.
        double level = file.endsWith(".mp3") ? 0.95 * 0.25 : 0.25;
        assertThat(Signals.amplitude(samples, 0, 16_000, Signals.LEFT_TONE)).isCloseTo(level, within(0.003));
        assertThat(Signals.amplitude(samples, 0, 16_000, Signals.RIGHT_TONE)).isCloseTo(level, within(0.003));
        float[] error = Signals.samples(ORIGINAL);
        for (int i = 0; i < error.length; i++) {
            error[i] -= (float) (samples[i] * 0.25 / level);
        }
        // One sample of delay would cause an error of 0.1; the codecs cause far less.
        assertThat(Signals.rms(error, 0, error.length)).isLessThan(0.02);
    }

    @Test
    void mp3WithoutInformationFrameKeepsEncoderDelay() {
        Audio audio = read(Signals.resource("untagged.mp3"));

        assertThat(audio.duration().toMillis()).isBetween(1_000L, 1_120L);
        float[] samples = Signals.samples(audio);
        assertThat(Signals.amplitude(samples, 2_000, 14_000, Signals.LEFT_TONE)).isCloseTo(0.95 * 0.25, within(0.003));
        assertThat(Signals.amplitude(samples, 2_000, 14_000, Signals.RIGHT_TONE))
                .isCloseTo(0.95 * 0.25, within(0.003));
    }

    @Test
    void mp3MayStartWithinFrameAndEndWithTag() {
        byte[] whole = Signals.resource("untagged.mp3");
        byte[] tag = Arrays.copyOf(new byte[] {'T', 'A', 'G', 'x'}, 128);

        Audio audio = read(join(Arrays.copyOfRange(whole, 50, whole.length), tag));

        assertThat(audio.duration().toMillis()).isBetween(970L, 1_100L);
    }

    @Test
    void skipsId3TagBeforeFlac() {
        byte[] tag = {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5};

        assertThat(read(join(tag, Signals.resource("reference.flac"))).sampleCount())
                .isEqualTo(16_000);
    }

    @Test
    void readsChainedVorbisStreams() {
        byte[] one = Signals.resource("reference.ogg");

        assertThat(read(join(one, one)).sampleCount()).isEqualTo(32_000);
    }

    @Test
    void readsMp3WithChangingRateAndChannels() {
        byte[] low = Signals.resource("untagged.mp3");
        byte[] high = Signals.resource("reference.mp3");

        Audio audio = read(join(low, high, low));

        // The second stream is not at the start of the file, so its information frame, which states the encoder delay,
        // is ignored.
        assertThat(audio.duration().toMillis()).isBetween(3_100L, 3_300L);
        assertThat(audio.warnings()).isEmpty();
        float[] samples = Signals.samples(audio);
        assertThat(Signals.amplitude(samples, 2_000, 14_000, Signals.LEFT_TONE)).isCloseTo(0.95 * 0.25, within(0.003));
        assertThat(Signals.amplitude(samples, 20_000, 32_000, Signals.LEFT_TONE))
                .isCloseTo(0.95 * 0.25, within(0.003));
        assertThat(Signals.amplitude(samples, 38_000, 48_000, Signals.LEFT_TONE))
                .isCloseTo(0.95 * 0.25, within(0.003));
    }

    @ParameterizedTest
    @ValueSource(strings = {"layer2-low.mp2", "layer2.mp2"})
    void layer2KeepsLengthAndTones(String file) {
        Audio audio = read(Signals.resource(file));

        assertThat(audio.duration().toMillis()).isBetween(290L, 400L);
        assertThat(audio.warnings()).isEmpty();
        float[] samples = Signals.samples(audio);
        assertThat(Signals.amplitude(samples, 1_000, 4_000, Signals.LEFT_TONE)).isCloseTo(0.25, within(0.015));
        assertThat(Signals.amplitude(samples, 1_000, 4_000, Signals.RIGHT_TONE)).isCloseTo(0.25, within(0.015));
    }

    @Test
    void readsTruncatedFlacAndReportsLoss() {
        byte[] whole = Signals.resource("reference.flac");

        Audio audio = read(Arrays.copyOf(whole, whole.length / 2));

        assertThat(audio.duration().toMillis()).isBetween(400L, 510L);
        assertThat(audio.warnings())
                .singleElement()
                .asString()
                .matches(
                        "The recording is truncated: 0\\.\\d+ s of the 1\\.000 s stated in its header are missing .*%\\)\\.");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10_000, 1_000_000_000})
    void readsFlacToEndDespiteWrongLengthInHeader(int total) {
        byte[] bytes = Signals.resource("reference.flac");
        ByteBuffer.wrap(bytes).putInt(22, total);
        // The checksum of all samples.
        Arrays.fill(bytes, 26, 42, (byte) 7);

        Audio audio = read(bytes);

        assertThat(Signals.samples(audio)).containsExactly(Signals.samples(ORIGINAL));
        assertThat(audio.warnings()).hasSize(total > 44_100 ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference.flac", "many-pages.ogg"})
    void replacesDamageBySilence(String file) {
        byte[] bytes = Signals.resource(file);
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 100, (byte) 0x55);

        Audio audio = read(bytes);

        assertThat(audio.sampleCount()).isEqualTo(16_000);
        assertThat(audio.warnings())
                .singleElement()
                .asString()
                .startsWith("The recording is damaged: 0.")
                .contains(" s of audio were replaced by silence in one place, at 0.");
        float[] samples = Signals.samples(audio);
        // Audio after the damage keeps its position.
        float[] error = Signals.samples(ORIGINAL);
        for (int i = 0; i < error.length; i++) {
            error[i] -= samples[i];
        }
        assertThat(Signals.rms(error, 13_000, 16_000)).isLessThan(0.02);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void skipsGarbageBetweenMp3Frames(int kind) {
        byte[] whole = Signals.resource("untagged.mp3");
        byte[] garbage = new byte[5_000];
        Arrays.fill(garbage, (byte) (kind == 0 ? 0 : 0x55));

        Audio audio = read(join(
                Arrays.copyOf(whole, whole.length / 2),
                garbage,
                Arrays.copyOfRange(whole, whole.length / 2, whole.length)));

        assertThat(audio.duration())
                .isBetween(read(whole).duration().minusMillis(60), read(whole).duration());
        assertThat(audio.warnings())
                .singleElement()
                .asString()
                .contains("that are not MPEG audio were skipped in one place, at 0.5");
    }

    @Test
    void reportsMp3TruncatedWithinFrame() {
        byte[] untagged = Signals.resource("untagged.mp3");
        byte[] tagged = Signals.resource("reference.mp3");

        assertThat(read(Arrays.copyOf(untagged, untagged.length / 2 + 9)).warnings())
                .singleElement()
                .asString()
                .contains("truncated within a frame, after 0.5");
        assertThat(read(Arrays.copyOf(tagged, tagged.length / 2)).warnings())
                .singleElement()
                .asString()
                .contains("stated in its header are missing (");
    }

    /** The information frame counts frames and bytes. */
    @ParameterizedTest
    @CsvSource({"5, false, 0", "4000, false, 0", "4000, true, 1"})
    void readsMp3ToEndDespiteWrongLengthInInformationFrame(int count, boolean bytesToo, int warnings) {
        byte[] bytes = Signals.resource("reference.mp3");
        int tag = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("Info");
        ByteBuffer.wrap(bytes).putInt(tag + 8, count);
        if (bytesToo) {
            ByteBuffer.wrap(bytes).putInt(tag + 12, 10_000_000);
        }

        Audio audio = read(bytes);

        assertThat(audio.duration().toMillis()).isBetween(1_000L, 1_060L);
        assertThat(audio.warnings()).hasSize(warnings);
    }

    @Test
    void findsMp3AfterOtherBytes() {
        byte[] whole = Signals.resource("untagged.mp3");
        byte[] junk = new byte[30_000];
        new Random(1).nextBytes(junk);
        byte[] lyingTag = {'I', 'D', '3', 4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f};
        byte[] eightBitTag = Arrays.copyOf(new byte[] {'I', 'D', '3', 3, 0, 0, 0, 0, (byte) 0x84, 0}, 10 + 0x8400);

        for (byte[] front : List.of(junk, eightBitTag)) {
            assertThat(read(join(front, whole)).duration())
                    .isEqualTo(read(whole).duration());
        }
        assertThat(readFile(join(lyingTag, whole)).duration())
                .isEqualTo(read(whole).duration());
    }

    /** A picture of 100 kB, as in typical tags. */
    @Test
    void skipsLargeTags() {
        byte[] whole = Signals.resource("untagged.mp3");
        byte[] tag = Arrays.copyOf(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 6, 0, 0}, 10 + 6 * 128 * 128);

        assertThat(read(join(tag, whole)).duration()).isEqualTo(read(whole).duration());
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference.mp3", "paged.ogg"})
    void readsStreamsTruncatedAnywhere(String file) {
        byte[] bytes = Signals.resource(file);

        Audio audio = read(Arrays.copyOf(bytes, bytes.length * 9 / 10));

        assertThat(audio.sampleCount()).isBetween(8_000L, 16_000L);
        assertThat(audio.warnings()).singleElement().asString().startsWith("The recording is truncated");
    }

    private Audio readFile(byte[] bytes) throws UncheckedIOException {
        try {
            return AudioFiles.read(Files.write(directory.resolve("file"), bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            result.writeBytes(part);
        }
        return result.toByteArray();
    }

    private static Audio read(byte[] bytes) {
        return AudioFiles.read("test", new ByteArrayInputStream(bytes));
    }
}
