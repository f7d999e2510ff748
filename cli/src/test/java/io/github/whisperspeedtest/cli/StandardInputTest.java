package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("end-to-end")
class StandardInputTest {
    private static final SpeechSample ENGLISH = MicroSamples.named("en_single_04.flac");

    @TempDir
    private static Path home;

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeAll
    static void useAHomeOfItsOwn() throws IOException {
        System.setProperty(
                ToolHome.HOME_PROPERTY, UnpackedLibraries.shareWith(home).toString());
    }

    @AfterAll
    static void forgetIt() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @Test
    void transcribesAnyFormat() throws IOException {
        assertThat(terminal.in(bytes(ENGLISH)).run("transcribe", "-", "-i", "faster"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).isEqualToIgnoringNewLines(ENGLISH.reference() + "\n");
        assertThat(terminal.err())
                .contains("stdin: ", "times real time")
                .doesNotContain("warning", "whisper-speedtest-");
    }

    /** The lengths in the header are those that ffmpeg writes to a pipe. */
    @Test
    void transcribesWavWithoutLength() throws IOException {
        assertThat(terminal.in(wav(0xFFFFFFFF, samples(ENGLISH))).run("transcribe", "-", "-i", "faster"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).isEqualToIgnoringNewLines(ENGLISH.reference() + "\n");
        assertThat(terminal.err()).doesNotContain("warning");
    }

    @Test
    void transcribesRawSamples() throws IOException {
        assertThat(terminal.in(samples(ENGLISH)).run("transcribe", "-", "--raw-format", "s16le@16000", "-i", "faster"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).isEqualToIgnoringNewLines(ENGLISH.reference() + "\n");
    }

    @Test
    void mixesWithFilesAndNamesOutputs() throws IOException {
        Path file = Files.write(directory.resolve("stdin.flac"), bytes(ENGLISH));
        Path other = Files.write(directory.resolve("other.flac"), bytes(ENGLISH));
        Path out = directory.resolve("out");
        assertThat(terminal.in(bytes(ENGLISH))
                        .run(
                                "transcribe",
                                other.toString(),
                                "-",
                                "-i",
                                "faster",
                                "-f",
                                "srt,txt",
                                "-o",
                                out.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(out.resolve("stdin.srt")).content().contains(ENGLISH.reference());
        assertThat(names(out)).containsExactlyInAnyOrder("other.srt", "other.txt", "stdin.srt", "stdin.txt");

        assertThat(new CapturedTerminal()
                        .in(bytes(ENGLISH))
                        .run("transcribe", "-", file.toString(), "-i", "faster", "-o", out.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(names(out)).contains("stdin.flac.txt");
    }

    @Test
    void warnsOfTruncatedRecording() throws IOException {
        byte[] samples = samples(ENGLISH);
        byte[] whole = wav(samples.length, samples);
        terminal.in(Arrays.copyOf(whole, whole.length - 9001)).run("transcribe", "-", "-i", "faster", "-f", "json");
        assertThat(terminal.err()).contains("warning: stdin: The recording is truncated: ");
        assertThat(new ObjectMapper().readTree(terminal.out()).at("/warnings/0").asText())
                .startsWith("The recording is truncated: ");
    }

    @Test
    void warnsOfIncompleteSample() throws IOException {
        byte[] samples = samples(ENGLISH);
        terminal.in(Arrays.copyOf(samples, samples.length - 1))
                .run("transcribe", "-", "--raw-format=s16le@16000", "-i", "faster");
        assertThat(terminal.err()).contains("warning: stdin: It ends in the middle of a sample");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "transcribe - -                             | Standard input (-) can be read only once",
                "transcribe a.wav - b.wav -                 | Standard input (-) can be read only once",
                "benchmark -a - -a -                        | Standard input (-) can be read only once",
                "transcribe a.wav --raw-format s16le@16000  | --raw-format applies to standard input only; name it with -",
                "benchmark --raw-format s16le@16000         | --raw-format applies to standard input only; name it with -",
                "transcribe - --raw-format s16@16000        | --raw-format: there is no encoding",
                "transcribe - --raw-format s16le            | --raw-format: 's16le' is not ENCODING@RATE",
                "transcribe - -i faster                     | 'stdin': expected audio, found nothing (0 bytes)",
                "benchmark -a - -i faster                   | 'stdin': expected audio, found nothing (0 bytes)",
            })
    void refusesInOneLine(String line, String reason) {
        assertThat(terminal.run(line.split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).contains("error: ", reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transcribe -", "benchmark -a -"})
    void refusesATerminal(String line) {
        assertThat(terminal.withKeyboard().run(line.split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err())
                .startsWith("error: Standard input (-) is a terminal; pipe or redirect a recording to it");
    }

    @Test
    void explainsUnknownContent() {
        byte[] noise = new byte[2000];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (i % 5 * 3 + 1);
        }
        assertThat(terminal.in(noise).run("transcribe", "-", "-i", "faster")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("Cannot read 'stdin': ", "--raw-format");
    }

    @Test
    void benchmarkNamesStandardInput() throws IOException {
        assertThat(terminal.in(samples(ENGLISH))
                        .run(
                                "benchmark",
                                "-a",
                                "-",
                                "--raw-format",
                                "s16le@16000",
                                "--reference-text",
                                ENGLISH.reference(),
                                "-i",
                                "faster",
                                "-n",
                                "1",
                                "--warmup",
                                "0",
                                "--json",
                                "-"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("\"stdin\"").doesNotContain(".stdin");
        assertThat(new ObjectMapper()
                        .readTree(terminal.out())
                        .at("/results/0/audios/0/wer")
                        .asDouble())
                .isZero();
    }

    @Test
    void benchmarkReportsUnreadableStandardInput() {
        byte[] text = "This is a text.\n".repeat(10).getBytes(StandardCharsets.US_ASCII);
        assertThat(terminal.in(text).run("benchmark", "-a", "-", "-i", "faster"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("Cannot read 'stdin': ").doesNotContain(".stdin");
    }

    @Test
    void limitsItsSizeAndDeletesTheCopy() throws IOException {
        StandardInput input = new StandardInput(new ByteArrayInputStream(new byte[1001]), null, 1000);
        try (ProgressLine progress = new ProgressLine(terminal.terminal())) {
            assertThatThrownBy(() -> input.file(progress))
                    .isInstanceOf(AudioException.class)
                    .hasMessageContaining("more than 1.0 kB");
        }
        StandardInput exact = new StandardInput(new ByteArrayInputStream(new byte[1000]), null, 1000);
        try (ProgressLine progress = new ProgressLine(terminal.terminal())) {
            Path copy = exact.file(progress);
            assertThat(copy).hasSize(1000);
            exact.close();
            assertThat(copy).doesNotExist();
        } finally {
            input.close();
        }
    }

    @Test
    void reportsAnUnreadableStream() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Is a directory");
            }
        };
        try (ProgressLine progress = new ProgressLine(terminal.terminal());
                StandardInput input = new StandardInput(broken, null)) {
            assertThatThrownBy(() -> input.file(progress))
                    .isInstanceOf(AudioException.class)
                    .hasMessageStartingWith("Cannot read 'stdin': Is a directory.");
        }
    }

    /** A read from a pipe does not return until there is something. */
    @Test
    void stopsWaitingOnInterrupt() throws IOException {
        try (PipedOutputStream writer = new PipedOutputStream();
                PipedInputStream pipe = new PipedInputStream(writer);
                ProgressLine progress = new ProgressLine(terminal.terminal());
                StandardInput input = new StandardInput(pipe, null)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> input.file(progress)).isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aFileOfThatNameIsReachable() throws IOException {
        assertThat(StandardInput.isMeantBy(Path.of("./-"))).isFalse();
        assertThat(StandardInput.nameOf(Path.of("-"))).isEqualTo("stdin");
        assertThat(StandardInput.nameOf(Path.of("a.wav"))).isEqualTo("a.wav");
    }

    private static List<String> names(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static byte[] bytes(SpeechSample sample) throws IOException {
        try (InputStream in = sample.open()) {
            return in.readAllBytes();
        }
    }

    /** Returns a sample as 16-bit little-endian integers at 16 kHz. */
    private static byte[] samples(SpeechSample sample) throws IOException {
        try (InputStream in = sample.open()) {
            Audio audio = AudioFiles.read(sample.name(), in);
            float[] values = new float[(int) audio.sampleCount()];
            audio.read(0, values, 0, values.length);
            ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : values) {
                bytes.putShort((short) Math.round(value * Short.MAX_VALUE));
            }
            return bytes.array();
        }
    }

    private static byte[] wav(int length, byte[] samples) {
        ByteBuffer wav = ByteBuffer.allocate(44 + samples.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(length == -1 ? -1 : length + 36);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1)
                .putShort((short) 1)
                .putInt(16_000)
                .putInt(32_000)
                .putShort((short) 2)
                .putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(length).put(samples);
        return wav.array();
    }
}
