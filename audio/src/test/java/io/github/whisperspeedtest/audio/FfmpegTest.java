package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.program.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the fake programs are shell scripts")
class FfmpegTest {
    private static final Duration PATIENT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void returnsDecodedAudio() throws IOException {
        Path unknown = unknownFile("a b'c.m4a");
        float[] tone = Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 40_000);
        writeSound(tone);
        Ffmpeg ffmpeg = standIn("echo \"$@\" > '" + directory + "/arguments'; cat '" + directory + "/sound'");

        Audio audio = AudioFiles.read(unknown, ffmpeg);

        assertThat(audio.name()).isEqualTo("a b'c.m4a");
        assertThat(Signals.samples(audio)).containsExactly(tone);
        assertThat(audio.warnings()).isEmpty();
        assertThat(Files.readString(directory.resolve("arguments")))
                .isEqualTo("-nostdin -v error -protocol_whitelist file,pipe -i file:" + unknown
                        + " -vn -f wav -c:a pcm_f32le -ar 16000 -\n");
    }

    @Test
    void reportsFailureWithMessage() throws IOException {
        Path unknown = unknownFile("broken.m4a");
        // More than a pipe buffer, so the program would hang if its messages were not read.
        Ffmpeg ffmpeg = standIn("head -c 300000 /dev/zero | tr '\\0' x >&2; echo 'moov atom not found' >&2; exit 183");

        assertThatThrownBy(() -> AudioFiles.read(unknown, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("Cannot read '" + unknown + "': ")
                .hasMessageContaining("exited with code 183")
                .hasMessageContaining("moov atom not found")
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1_500));
    }

    @Test
    void turnsMessagesIntoWarnings() throws IOException {
        writeSound(Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 40_000));
        Ffmpeg ffmpeg = standIn("echo 'partial file' >&2; cat '" + directory + "/sound'");

        Audio audio = AudioFiles.read(unknownFile("cut.m4a"), ffmpeg);

        assertThat(audio.sampleCount()).isEqualTo(40_000);
        assertThat(audio.warnings())
                .containsExactly("ffmpeg reported while decoding: partial file. Some audio may be missing.");
    }

    @Test
    void keepsAudioDecodedBeforeFailure() throws IOException {
        writeSound(Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 40_000));
        Ffmpeg ffmpeg = standIn("cat '" + directory + "/sound'; echo 'Invalid data' >&2; exit 69");

        Audio audio = AudioFiles.read(unknownFile("damaged.m4a"), ffmpeg);

        assertThat(audio.sampleCount()).isEqualTo(40_000);
        assertThat(audio.warnings()).singleElement().asString().contains("exited with code 69", "Invalid data");
    }

    @Test
    void triesFfmpegBeforeRejectingDamagedFile() throws IOException {
        float[] tone = Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 40_000);
        writeSound(tone);
        Path damaged =
                Files.write(directory.resolve("damaged.flac"), Arrays.copyOf(Signals.resource("reference.flac"), 20));
        Ffmpeg ffmpeg = standIn("cat '" + directory + "/sound'");

        Audio audio = AudioFiles.read(damaged, ffmpeg);

        assertThat(Signals.samples(audio)).containsExactly(tone);
        assertThat(audio.warnings()).singleElement().asString().contains("read by ffmpeg", "FLAC header");
    }

    @Test
    void rejectsDamagedFileWithBothReasonsIfFfmpegFails() throws IOException {
        Path damaged =
                Files.write(directory.resolve("damaged.flac"), Arrays.copyOf(Signals.resource("reference.flac"), 20));
        Ffmpeg ffmpeg = standIn("echo 'Invalid data' >&2; exit 1");

        assertThatThrownBy(() -> AudioFiles.read(damaged, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("FLAC header")
                .hasMessageContaining("ffmpeg cannot decode it either");
    }

    /** If ffmpeg mixed them, nothing would remain of a video with inverse channels. */
    @Test
    void mixesChannelsInJava() throws IOException {
        WavWriter writer = new WavWriter().code(3).bits(32).channels(2);
        float[] tone = Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 40_000);
        for (float sample : tone) {
            writer.samples(sample, -sample);
        }
        Files.write(directory.resolve("sound"), writer.dataLength(0xFFFFFFFFL).bytes());
        Ffmpeg ffmpeg = standIn("cat '" + directory + "/sound'");

        Audio audio = AudioFiles.read(unknownFile("opposite.m4a"), ffmpeg);

        assertThat(Signals.samples(audio)).containsExactly(tone);
        assertThat(audio.warnings()).singleElement().asString().contains("opposite phase");
    }

    @Test
    void rejectsEmptyOutput() throws IOException {
        Path unknown = unknownFile("silent.m4a");
        Ffmpeg ffmpeg = standIn("exit 0");

        assertThatThrownBy(() -> AudioFiles.read(unknown, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("found no samples");
    }

    @Test
    void stopsHangingProgramAfterTimeout() throws IOException {
        Path unknown = unknownFile("endless.m4a");
        Ffmpeg ffmpeg = standIn("echo $$ > '" + directory + "/pid'; exec sleep 600", Duration.ofMillis(500));

        assertThatThrownBy(() -> AudioFiles.read(unknown, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("neither produced output nor exited for 0.5 s");
        assertStopped();
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void stopsHangingProgramOnInterrupt() throws Exception {
        Path unknown = unknownFile("endless.m4a");
        Path started = directory.resolve("started");
        // Writing to a named pipe blocks until a reader opens it, so the test continues when the program runs.
        new ProcessBuilder("mkfifo", started.toString()).inheritIO().start().waitFor();
        Ffmpeg ffmpeg = standIn("echo $$ > '" + directory + "/pid'; echo yes > '" + started + "'; exec sleep 600");
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                AudioFiles.read(unknown, ffmpeg);
                flag.completeExceptionally(new AssertionError("was not cancelled"));
            } catch (OperationCancelledException e) {
                flag.complete(Thread.currentThread().isInterrupted());
            } catch (RuntimeException e) {
                flag.completeExceptionally(e);
            }
        });
        reader.start();
        assertThat(Files.readString(started)).isEqualTo("yes\n");

        reader.interrupt();

        assertThat(flag.get(60, TimeUnit.SECONDS)).isTrue();
        assertStopped();
    }

    @Test
    void stopsProgramAfterInvalidOutput() throws Exception {
        Path unknown = unknownFile("nan.m4a");
        Files.write(
                directory.resolve("header"),
                new WavWriter().code(3).bits(32).dataLength(0xFFFFFFFFL).bytes());
        Ffmpeg ffmpeg = standIn(
                "echo $$ > '" + directory + "/pid'; cat '" + directory + "/header'; exec tr '\\0' '\\377' < /dev/zero");

        assertThatThrownBy(() -> AudioFiles.read(unknown, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("invalid values, the first being NaN in channel 1 at 0.000 s");
        assertStopped();
    }

    @Test
    void realFfmpegDecodesUnsupportedFormat() throws IOException {
        Ffmpeg real = Ffmpeg.onPath();
        assumeTrue(real.find().isPresent(), "no ffmpeg on the PATH");
        Path opus = Files.write(directory.resolve("-opus.ogg"), Signals.resource("opus.ogg"));

        Audio audio = AudioFiles.read(opus, real);

        assertThat(audio.duration().toMillis()).isBetween(450L, 550L);
        float[] samples = Signals.samples(audio);
        assertThat(Signals.amplitude(samples, 0, samples.length, Signals.LEFT_TONE))
                .isCloseTo(0.25, within(0.03));
    }

    @Test
    void realFfmpegRejectsNetworkPlaylist() throws IOException {
        Ffmpeg real = Ffmpeg.onPath();
        assumeTrue(real.find().isPresent(), "no ffmpeg on the PATH");
        Path playList = Files.writeString(
                directory.resolve("list.m3u8"),
                "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/sound.ts\n#EXT-X-ENDLIST\n");

        assertThatThrownBy(() -> AudioFiles.read(playList, real))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("not on whitelist 'file,pipe'");
    }

    /** Writes WAV as ffmpeg writes it to a pipe. */
    private void writeSound(float[] samples) throws IOException {
        byte[] bytes = new WavWriter()
                .code(3)
                .bits(32)
                .riffLength(0xFFFFFFFFL)
                .dataLength(0xFFFFFFFFL)
                .samples(Signals.doubles(samples))
                .bytes();
        Files.write(directory.resolve("sound"), bytes);
    }

    private Path unknownFile(String name) throws IOException {
        return Files.writeString(directory.resolve(name), "neither of the formats that are decoded here");
    }

    private Ffmpeg standIn(String script) throws IOException {
        return standIn(script, PATIENT);
    }

    private Ffmpeg standIn(String script, Duration longestSilence) throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path program = Files.writeString(bin.resolve("ffmpeg"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Ffmpeg(new SearchPath(List.of(directory.resolve("absent"), empty, bin)), longestSilence);
    }

    private void assertStopped() {
        try {
            long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
            ProcessHandle.of(pid)
                    .ifPresent(process -> assertThat(process.onExit()).succeedsWithin(PATIENT));
        } catch (IOException e) {
            throw new AssertionError("the program never ran", e);
        }
    }
}
