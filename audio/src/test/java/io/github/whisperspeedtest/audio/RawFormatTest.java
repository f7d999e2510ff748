package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.program.SearchPath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RawFormatTest {
    private static final Ffmpeg NONE = new Ffmpeg(new SearchPath(List.of()), Duration.ofSeconds(1));

    @ParameterizedTest
    @CsvSource({
        "s16le@16000, S16LE, 16000, 1, s16le@16000",
        "' F32LE@44100x2 ', F32LE, 44100, 2, f32le@44100x2",
        "u8@8000x1, U8, 8000, 1, u8@8000",
        "mulaw@4000x32, MULAW, 4000, 32, mulaw@4000x32",
        "s24be@384000, S24BE, 384000, 1, s24be@384000",
    })
    void parsesEncodingRateAndChannels(
            String text, RawFormat.Encoding encoding, int rate, int channels, String canonical) {
        assertThat(RawFormat.parse(text)).isEqualTo(new RawFormat(encoding, rate, channels));
        assertThat(RawFormat.parse(text)).hasToString(canonical);
        assertThat(RawFormat.parse(canonical)).isEqualTo(RawFormat.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "s16le           | 's16le' is not ENCODING@RATE",
                "s16le@          | is not ENCODING@RATE",
                "@16000          | is not ENCODING@RATE",
                "s16le@16k       | is not ENCODING@RATE",
                "s16le@-1        | is not ENCODING@RATE",
                "s16le@16000x    | is not ENCODING@RATE",
                "s16le@16000 2   | is not ENCODING@RATE",
                "s16le@9999999999 | is not ENCODING@RATE",
                "s16l@16000      | there is no encoding 's16l'. Did you mean 's16le'? Use one of: u8, s16le, s16be,",
                "mp3@16000       | there is no encoding 'mp3'.",
                "s16le@3999      | the sample rate must be 4000 to 384000 Hz, but was 3999",
                "s16le@384001    | but was 384001",
                "s16le@16000x0   | the number of channels must be 1 to 32, but was 0",
                "s16le@16000x33  | but was 33",
            })
    void refusesOtherText(String text, String reason) {
        assertThatThrownBy(() -> RawFormat.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    /** Half of full scale, then minus a quarter, in each encoding. */
    @ParameterizedTest
    @CsvSource({
        "U8, C060",
        "S16LE, 004000E0",
        "S16BE, 4000E000",
        "S24LE, 0000400000E0",
        "S24BE, 400000E00000",
        "S32LE, 00000040000000E0",
        "S32BE, 40000000E0000000",
        "F32LE, 0000003F000080BE",
        "F32BE, 3F000000BE800000",
        "F64LE, 000000000000E03F000000000000D0BF",
        "F64BE, 3FE0000000000000BFD0000000000000",
    })
    void decodesEveryEncoding(RawFormat.Encoding encoding, String hex) {
        byte[] pair = HexFormat.of().parseHex(hex);
        Audio audio = read(repeat(pair, 8000), new RawFormat(encoding, 16_000, 1));
        assertThat(samples(audio, 2)).containsExactly(new float[] {0.5f, -0.25f}, within(0.01f));
        assertThat(audio.sampleCount()).isEqualTo(16_000);
        assertThat(audio.warnings()).isEmpty();
    }

    /** The same bytes behind the header of a WAV file. */
    @ParameterizedTest
    @EnumSource
    void decodesLikeWav(RawFormat.Encoding encoding) throws IOException {
        byte[] bytes = Signals.resource("reference.flac");
        byte[] samples = Arrays.copyOf(bytes, bytes.length / 16 * 16);
        for (int i = 0; encoding.name().startsWith("F") && i + 8 <= samples.length; i += 8) {
            double value = Math.sin(i);
            ByteBuffer.wrap(samples)
                    .order(encoding.name().endsWith("LE") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                    .putDouble(i, value);
        }
        RawFormat format = new RawFormat(encoding, 16_000, 1);
        WavFormat wav = format.asWav();
        ByteBuffer header = ByteBuffer.allocate(44).order(wav.order());
        header.put((wav.order() == ByteOrder.BIG_ENDIAN ? "RIFX" : "RIFF").getBytes(StandardCharsets.US_ASCII));
        header.putInt(-1).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        header.putShort((short) wav.code()).putShort((short) 1).putInt(16_000).putInt(16_000 * wav.sampleBytes());
        header.putShort((short) wav.sampleBytes()).putShort((short) (8 * wav.sampleBytes()));
        header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(-1);
        byte[] file = new byte[44 + samples.length];
        System.arraycopy(header.array(), 0, file, 0, 44);
        System.arraycopy(samples, 0, file, 44, samples.length);

        Audio expected = AudioFiles.read("a.wav", new ByteArrayInputStream(file));
        Audio actual = read(samples, format);

        assertThat(actual.sampleCount()).isEqualTo(expected.sampleCount());
        assertThat(samples(actual, 5000)).isEqualTo(samples(expected, 5000));
    }

    @Test
    void mixesChannelsAndResamples() {
        byte[] frame = {0, 0x20, 0, 0x60};
        Audio audio = read(repeat(frame, 48_000), RawFormat.parse("s16le@48000x2"));
        assertThat(audio.sampleCount()).isEqualTo(16_000);
        assertThat(samples(audio, 8000)[7999]).isCloseTo(0.5f, within(0.01f));
    }

    @ParameterizedTest
    @CsvSource({
        "s16le@16000, 1, the last byte was ignored",
        "s16le@16000x2, 3, the last 3 bytes were ignored",
        "f32le@16000, 2, the last 2 bytes were ignored"
    })
    void warnsOfAnIncompleteSampleAtTheEnd(String format, int rest, String warning) {
        RawFormat raw = RawFormat.parse(format);
        byte[] bytes = new byte[100 * raw.asWav().frameBytes() + rest];
        bytes[1] = 1;
        Audio audio = read(bytes, raw);
        assertThat(audio.sampleCount()).isEqualTo(100);
        assertThat(audio.warnings()).singleElement().asString().contains("in the middle of a sample", warning);
    }

    @Test
    void refusesWhatIsNoSound() {
        RawFormat format = RawFormat.parse("f32le@16000");
        assertThatThrownBy(() -> read(new byte[0], format))
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("Cannot read 'stdin': expected audio, found no samples");
        assertThatThrownBy(() -> read(new byte[3], format))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("found no samples");
        byte[] text = "text ".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> read(text, format))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("the wrong sample type");
    }

    @Test
    void reportsABrokenStream() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Input/output error");
            }
        };
        assertThatThrownBy(() -> AudioFiles.read("stdin", broken, RawFormat.parse("u8@8000")))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("Input/output error");
    }

    @Test
    void namedFileIsShownByItsName(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("x.tmp"), Signals.resource("reference.flac"));
        assertThat(AudioFiles.read("stdin", file).name()).isEqualTo("stdin");

        Path raw = Files.write(directory.resolve("raw.tmp"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        assertThatThrownBy(() -> AudioFiles.read("stdin", raw, NONE))
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("Cannot read 'stdin': it is not WAV")
                .hasMessageContaining("--raw-format")
                .hasMessageNotContaining("raw.tmp");
        assertThatThrownBy(() -> AudioFiles.read(raw, NONE)).hasMessageNotContaining("--raw-format");
    }

    private static Audio read(byte[] bytes, RawFormat format) {
        return AudioFiles.read("stdin", new ByteArrayInputStream(bytes), format);
    }

    private static byte[] repeat(byte[] part, int times) {
        ByteBuffer all = ByteBuffer.allocate(part.length * times);
        for (int i = 0; i < times; i++) {
            all.put(part);
        }
        return all.array();
    }

    private static float[] samples(Audio audio, int count) {
        float[] samples = new float[count];
        audio.read(0, samples, 0, count);
        return samples;
    }
}
