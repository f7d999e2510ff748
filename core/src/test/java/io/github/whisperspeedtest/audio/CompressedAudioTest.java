package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.error.AudioException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressedAudioTest {
    private static final Audio ORIGINAL = read(Signals.reference().bytes());

    @Test
    void flacIsTheWavBitForBit() {
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
    void lossyFilesHaveTheLengthTheTonesAndTheTimingOfTheWav(String file) {
        Audio audio = read(Signals.resource(file));

        assertThat(audio.sampleCount()).isEqualTo(ORIGINAL.sampleCount());
        float[] samples = Signals.samples(audio);
        // LAME turns down by 5 %.
        double level = file.endsWith(".mp3") ? 0.95 * 0.25 : 0.25;
        assertThat(Signals.amplitude(samples, 0, 16_000, Signals.LEFT_TONE)).isCloseTo(level, within(0.003));
        assertThat(Signals.amplitude(samples, 0, 16_000, Signals.RIGHT_TONE)).isCloseTo(level, within(0.003));
        float[] error = Signals.samples(ORIGINAL);
        for (int i = 0; i < error.length; i++) {
            error[i] -= (float) (samples[i] * 0.25 / level);
        }
        // One sample of delay would already leave an error of 0.1; the codecs themselves leave little of it.
        assertThat(Signals.rms(error, 0, error.length)).isLessThan(0.02);
    }

    @Test
    void mp3WithoutInformationFrameKeepsTheEncodersDelay() {
        Audio audio = read(Signals.resource("untagged.mp3"));

        assertThat(audio.duration().toMillis()).isBetween(1_000L, 1_120L);
        float[] samples = Signals.samples(audio);
        assertThat(Signals.amplitude(samples, 2_000, 14_000, Signals.LEFT_TONE)).isCloseTo(0.95 * 0.25, within(0.003));
        assertThat(Signals.amplitude(samples, 2_000, 14_000, Signals.RIGHT_TONE))
                .isCloseTo(0.95 * 0.25, within(0.003));
    }

    @Test
    void mp3MayBeginInTheMiddleOfAFrameAndEndInATag() {
        byte[] whole = Signals.resource("untagged.mp3");
        byte[] tag = Arrays.copyOf(new byte[] {'T', 'A', 'G', 'x'}, 128);

        Audio audio = read(join(Arrays.copyOfRange(whole, 50, whole.length), tag));

        assertThat(audio.duration().toMillis()).isBetween(970L, 1_100L);
    }

    @Test
    void id3TagMayStandBeforeFlac() {
        byte[] tag = {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5};

        assertThat(read(join(tag, Signals.resource("reference.flac"))).sampleCount())
                .isEqualTo(16_000);
    }

    @Test
    void vorbisStreamsFollowOneAnother() {
        byte[] one = Signals.resource("reference.ogg");

        assertThat(read(join(one, one)).sampleCount()).isEqualTo(32_000);
    }

    @Test
    void mp3StreamsOfDifferentRatesAreRefused() {
        byte[] mixed = join(Signals.resource("untagged.mp3"), Signals.resource("reference.mp3"));

        assertThatThrownBy(() -> read(mixed))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("22050 Hz with 1 channel(s)")
                .hasMessageContaining("44100 Hz with 2 channel(s)");
    }

    @Test
    void flacThatIsCutOffSaysWhatIsMissing() {
        byte[] whole = Signals.resource("reference.flac");

        assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length / 2)))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("44100 samples")
                .hasMessageContaining("cut off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference.flac", "reference.mp3", "reference.ogg"})
    void garbageInTheMiddleIsAnError(String file) {
        byte[] bytes = Signals.resource(file);
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 1_000, (byte) 0x55);

        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("Cannot read 'test': expected ")
                .hasMessageContaining("found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference.mp3", "paged.ogg"})
    void streamsMayStopAnywhere(String file) {
        byte[] bytes = Signals.resource(file);

        assertThat(read(Arrays.copyOf(bytes, bytes.length * 9 / 10)).sampleCount())
                .isBetween(8_000L, 16_000L);
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
