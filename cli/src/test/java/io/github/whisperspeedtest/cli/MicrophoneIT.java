package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.audio.WavRecording;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built distribution with a real sound server, whose only microphone hears what the test plays. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MicrophoneIT {
    private static final String SAMPLE = "en_single_01.flac";
    private static final long TICK_MILLIS = 50;

    @TempDir
    private Path directory;

    private Path home;
    private PulseAudio sound;
    private Path recording;

    @BeforeEach
    void startSoundServer() throws Exception {
        home = UnpackedLibraries.shareWith(directory.resolve("home"));
        sound = new PulseAudio(Files.createDirectory(directory.resolve("pulse")));
        recording = withSilence(MicroSamples.named(SAMPLE), directory.resolve("speech.wav"));
    }

    @AfterEach
    void stopSoundServer() throws Exception {
        if (sound != null) {
            sound.stop();
        }
    }

    @Test
    void listsMicrophones() throws Exception {
        Run list = start("list", "microphones", "--json").await();
        assertThat(list.exitCode).as(list.err).isEqualTo(ExitCode.OK);
        JsonNode microphones = new ObjectMapper().readTree(list.out).get("microphones");
        assertThat(microphones)
                .extracting(node -> node.get("name").asText())
                .anyMatch(name -> name.contains("default"));
    }

    @Test
    void transcribesWhatItHears() throws Exception {
        Run run = hear("transcribe", "--record", "--record-duration", seconds(), "-i", "faster", "-l", "en");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        assertThat(words(run.out)).isEqualTo(words(MicroSamples.named(SAMPLE).reference()));
        Path kept = kept();
        assertThat(run.err).contains("Recording from ", "the recording is kept in " + kept);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
    }

    @Test
    void benchmarksOneRecordingWithAllImplementations() throws Exception {
        Run run = hear(
                "benchmark",
                "--record",
                "--record-duration",
                seconds(),
                "-i",
                "faster,whispercpp",
                "-n",
                "1",
                "--json",
                "-",
                "--reference-text",
                MicroSamples.named(SAMPLE).reference());
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        BenchmarkReport report = JsonReport.parse(run.out, "standard output");
        assertThat(report.ranking()).hasSize(2).allSatisfy(result -> {
            assertThat(result.audios()).hasSize(1);
            assertThat(result.audios().get(0).audio())
                    .contains(kept().getFileName().toString());
            assertThat(result.wordErrorRate().orElseThrow().errors()).isZero();
        });
    }

    @Test
    void listens() throws Exception {
        Path captions = directory.resolve("captions");
        Run run = hear(
                "listen",
                "--record-duration",
                seconds(),
                "-i",
                "faster",
                "-l",
                "en",
                "-f",
                "srt,jsonl",
                "-o",
                captions.toString());
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        assertThat(words(run.out)).isEqualTo(words(MicroSamples.named(SAMPLE).reference()));
        assertThat(run.err).contains("Listening to ", "confirmed ", "after the word");
        try (Stream<Path> files = Files.list(captions)) {
            assertThat(files.map(file -> file.getFileName().toString().replaceFirst(".*\\.", "")))
                    .containsExactlyInAnyOrder("srt", "jsonl");
        }
    }

    @Test
    void reportsSilence() throws Exception {
        Run run = start("transcribe", "--record", "--record-duration", "1.5").await();
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err).contains("gives no signal", "Unmute it", "Privacy & Security");
    }

    @Test
    void transcribesWhatWasHeardBeforeTheDeviceVanished() throws Exception {
        Started run = start("transcribe", "--record", "--record-duration", "60", "-i", "faster", "-l", "en");
        run.awaitText("Recording from");
        sound.play(recording).waitFor();
        sound.removeSink();
        Run ended = run.await();
        assertThat(ended.exitCode).as(ended.err).isEqualTo(ExitCode.OK);
        assertThat(ended.err).contains("warning: The microphone", "stopped");
        assertThat(words(ended.out)).isEqualTo(words(MicroSamples.named(SAMPLE).reference()));
    }

    @Test
    void endsWithSoundServer() throws Exception {
        Started run = start("listen", "-i", "faster", "-l", "en");
        run.awaitText("Listening to");
        sound.play(recording).waitFor();
        sound.stop();
        Run ended = run.await();
        assertThat(ended.exitCode).as(ended.err).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(ended.err).contains("error: The microphone", "stopped");
        assertThat(words(ended.out)).isEqualTo(words(MicroSamples.named(SAMPLE).reference()));
    }

    @Test
    void interruptKeepsRecording() throws Exception {
        Started run = start("transcribe", "--record", "--record-duration", "60");
        run.awaitText("Recording from");
        sound.play(recording).waitFor();
        run.process.destroy();
        Run ended = run.await();
        assertThat(ended.exitCode).as(ended.err).isEqualTo(143);
        assertThat(ended.err).contains("interrupted; the recording is kept in " + kept());
        assertThat(AudioFiles.read(kept()).duration().toMillis()).isGreaterThan(1000);
    }

    private Run hear(String... args) throws Exception {
        Started run = start(args);
        run.awaitText("Recording from", "Listening to");
        sound.play(recording).waitFor();
        return run.await();
    }

    /** Returns how long to listen: the recording, and time until it is played. */
    private String seconds() {
        return "" + (AudioFiles.read(recording).duration().toMillis() + 3000) / 1000;
    }

    private Path kept() {
        try (Stream<Path> files = Files.list(home.resolve("recordings"))) {
            return files.toList().get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}']+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Writes a sample between pauses, so that its first and last words are whole. */
    private static Path withSilence(SpeechSample sample, Path file) throws IOException {
        Audio audio;
        try (InputStream in = sample.open()) {
            audio = AudioFiles.read(sample.name(), in);
        }
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        float[] silence = new float[Audio.SAMPLE_RATE / 2];
        try (WavRecording writer = WavRecording.create(file)) {
            writer.accept(silence, 0, silence.length);
            writer.accept(samples, 0, samples.length);
            writer.accept(silence, 0, silence.length);
        }
        return file;
    }

    private record Run(int exitCode, String out, String err) {}

    private record Started(Process process, Path out, Path err) {
        void awaitText(String... any) throws IOException, InterruptedException {
            while (process.isAlive() && Arrays.stream(any).noneMatch(text(err)::contains)) {
                Thread.sleep(TICK_MILLIS);
            }
        }

        Run await() throws IOException, InterruptedException {
            int exitCode = process.waitFor();
            return new Run(exitCode, text(out), text(err));
        }

        private static String text(Path file) throws IOException {
            return Files.readString(file);
        }
    }

    private Started start(String... args) throws IOException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("distribution.directory"), "bin", "whisper-speedtest")
                .toString());
        line.addAll(Arrays.asList(args));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put(ToolHome.HOME_VARIABLE, home.toString());
        builder.environment().putAll(sound.environment());
        return new Started(builder.start(), out, err);
    }
}
