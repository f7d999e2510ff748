package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.microphone.testing.FakeMixers;
import io.github.whisperspeedtest.microphone.testing.FakeMixers.FakeLine;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --record} with microphones that exist on every machine. */
@Tag("end-to-end")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RecordingTest {
    private static final SpeechSample SAMPLE = MicroSamples.named("en_single_04.flac");
    private static final String DEVICE = "Headset of the recording test";

    @TempDir
    private Path home;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeEach
    void useAHomeOfItsOwn() throws IOException {
        UnpackedLibraries.shareWith(home);
        System.setProperty(ToolHome.HOME_PROPERTY, home.toString());
    }

    @AfterEach
    void forgetIt() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
        FakeMixers.clear();
    }

    @Test
    void transcribesRecording() throws IOException {
        speak();
        assertThat(terminal.run(
                        "transcribe",
                        "--record",
                        "--device-name",
                        "recording test",
                        "--record-duration",
                        "4",
                        "-i",
                        "faster"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out().strip()).isEqualTo(SAMPLE.reference());
        assertThat(terminal.err()).contains("Recording from " + DEVICE + " for 4.0 s", "kept in " + kept());
        assertThat(AudioFiles.read(kept()).duration()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
    }

    @Test
    void everyImplementationGetsTheSameRecording() throws IOException {
        speak();
        assertThat(terminal.run(
                        "benchmark",
                        "--record",
                        "--device-name",
                        DEVICE,
                        "--record-duration",
                        "4",
                        "--reference-text",
                        SAMPLE.reference(),
                        "-i",
                        "faster,whispercpp",
                        "-n",
                        "1",
                        "--json",
                        "-"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        JsonNode results = new ObjectMapper().readTree(terminal.out()).get("results");
        assertThat(results)
                .hasSize(2)
                .allSatisfy(result ->
                        assertThat(result.get("word_error_rate").asDouble()).isZero());
        assertThat(terminal.out()).contains(kept().toString());
    }

    /** Nobody speaks in vain. */
    @Test
    void missingModelIsReportedBeforeRecording() {
        speakNothing();
        assertThat(terminal.run(
                        "benchmark",
                        "--record",
                        "--device-name",
                        DEVICE,
                        "--record-duration",
                        "1",
                        "-m",
                        "tiny",
                        "-i",
                        "faster"))
                .isEqualTo(ExitCode.MODEL);
        assertThat(terminal.err()).doesNotContain("Recording from");
    }

    @Test
    void enterStops() throws IOException {
        CountDownLatch spoken = speak();
        InputStream keyboard = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    spoken.await();
                    return '\n';
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        assertThat(terminal.in(keyboard)
                        .withKeyboard()
                        .run("transcribe", "--record", "--device-name", DEVICE, "-i", "faster"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).contains("press Enter to stop", "kept in " + kept());
        assertThat(terminal.out().strip()).isEqualTo(SAMPLE.reference());
    }

    @Test
    void refusesRecordingOfLessThanASecond() throws IOException {
        FakeMixers.add(DEVICE, line(new float[0], new CountDownLatch(1), Audio.SAMPLE_RATE / 2));
        assertThat(terminal.in(new byte[0]).withKeyboard().run("transcribe", "--record", "--device-name", DEVICE))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("needs at least 1 s", kept().toString());
    }

    /** An unplugged device gives nothing any more. */
    @Test
    void transcribesWhatWasHeardBeforeTheDeviceVanished() throws IOException {
        FakeMixers.add(DEVICE, line(samples(), new CountDownLatch(1), 4 * Audio.SAMPLE_RATE));
        assertThat(terminal.run(
                        "transcribe", "--record", "--device-name", DEVICE, "--record-duration", "60", "-i", "faster"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).contains("warning: The microphone '" + DEVICE + "' stopped: it was unplugged");
        assertThat(terminal.out().strip()).isEqualTo(SAMPLE.reference());
    }

    @Test
    void showsLevelOnTerminal() throws IOException {
        speak();
        terminal.watched()
                .run("transcribe", "--record", "--device-name", DEVICE, "--record-duration", "4", "-i", "faster");
        assertThat(terminal.err()).containsPattern("recording \\d\\.\\d s  \u2588+\u2591+  -\\d+ dB");
    }

    @Test
    void reportsSilence() {
        speakNothing();
        assertThat(terminal.run("transcribe", "--record", "--device-name", DEVICE, "--record-duration", "3"))
                .isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(terminal.err())
                .containsOnlyOnce("warning: The microphone '" + DEVICE + "' gives no signal so far")
                .contains("gives no signal: 3.0 s are silent", "Privacy & Security")
                .contains(kept().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "transcribe a.wav --record --record-duration 2 | --record cannot be combined with FILE",
                "benchmark -a a.wav --record --record-duration 2 | --record cannot be combined with --audio",
                "transcribe --record | Add --record-duration",
                "transcribe --record --record-duration 0.5 | from 1 to 86400",
                "transcribe --record --record-duration NaN | from 1 to 86400",
                "transcribe a.wav --device-name X | apply to --record only",
                "transcribe | missing argument FILE",
                "benchmark --record --record-duration 2 --dataset . | --dataset",
            })
    void refusesContradictions(String line, String message) {
        assertThat(terminal.run(line.split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains(message);
    }

    @Test
    void listsMicrophones() throws IOException {
        speakNothing();
        assertThat(terminal.run("list", "microphones", "--json")).isEqualTo(ExitCode.OK);
        JsonNode found = new ObjectMapper().readTree(terminal.out()).get("microphones");
        assertThat(found).anySatisfy(device -> {
            assertThat(device.get("name").asText()).isEqualTo(DEVICE);
            assertThat(device.get("description").asText()).isEqualTo(DEVICE + " of the test");
        });
    }

    private Path kept() {
        try (Stream<Path> files = Files.list(home.resolve("recordings"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Adds a device that says the sample, then gives silence; returns what opens when both were long enough. */
    private static CountDownLatch speak() throws IOException {
        CountDownLatch spoken = new CountDownLatch(1);
        FakeMixers.add(DEVICE, line(samples(), spoken, Integer.MAX_VALUE));
        return spoken;
    }

    private static void speakNothing() {
        FakeMixers.add(DEVICE, line(new float[0], new CountDownLatch(1), Integer.MAX_VALUE));
    }

    private static float[] samples() throws IOException {
        Audio audio;
        try (InputStream in = SAMPLE.open()) {
            audio = AudioFiles.read(SAMPLE.name(), in);
        }
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        return samples;
    }

    /** A line that gives samples, then silence, and nothing after the end. */
    private static Function<AudioFormat, FakeLine> line(float[] samples, CountDownLatch spoken, int end) {
        int[] next = {0};
        return format -> format.getSampleRate() != Audio.SAMPLE_RATE || format.getChannels() != 1
                ? null
                : (buffer, offset, length) -> {
                    Thread.sleep(1);
                    if (next[0] >= end) {
                        return 0;
                    }
                    for (int i = 0; i < length; i += 2) {
                        int at = next[0]++;
                        short value = (short) (at < samples.length ? Math.round(samples[at] * 32767) : 0);
                        buffer[offset + i] = (byte) value;
                        buffer[offset + i + 1] = (byte) (value >> 8);
                    }
                    if (next[0] >= 4 * Audio.SAMPLE_RATE) {
                        spoken.countDown();
                    }
                    return length;
                };
    }
}
