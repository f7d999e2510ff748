package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.TranscriptionCancelledException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-ins are shell scripts")
class FfmpegTest {
    private static final Duration PATIENT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void soundOfTheProgramIsTheAudio() throws IOException {
        Path unknown = unknownFile("a b'c.m4a");
        float[] tone = Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 40_000);
        ByteBuffer raw = ByteBuffer.allocate(4 * tone.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(tone);
        Files.write(directory.resolve("raw"), raw.array());
        Ffmpeg ffmpeg = standIn("echo \"$@\" > '" + directory + "/arguments'; cat '" + directory + "/raw'");

        Audio audio = AudioFiles.read(unknown, ffmpeg);

        assertThat(audio.name()).isEqualTo("a b'c.m4a");
        assertThat(Signals.samples(audio)).containsExactly(tone);
        assertThat(Files.readString(directory.resolve("arguments")))
                .isEqualTo("-nostdin -v error -protocol_whitelist file,pipe -i file:" + unknown
                        + " -vn -f f32le -ac 1 -ar 16000 -\n");
    }

    @Test
    void failureOfTheProgramIsReportedWithWhatItSaid() throws IOException {
        Path unknown = unknownFile("broken.m4a");
        // More than a pipe holds, so that it would hang if nobody read it.
        Ffmpeg ffmpeg = standIn("head -c 300000 /dev/zero | tr '\\0' x >&2; echo 'moov atom not found' >&2; exit 183");

        assertThatThrownBy(() -> AudioFiles.read(unknown, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("Cannot read '" + unknown + "': ")
                .hasMessageContaining("exit code 183")
                .hasMessageContaining("moov atom not found")
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1_500));
    }

    @Test
    void programWithoutSoundIsAnError() throws IOException {
        Path unknown = unknownFile("silent.m4a");
        Ffmpeg ffmpeg = standIn("exit 0");

        assertThatThrownBy(() -> AudioFiles.read(unknown, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("it holds no samples");
    }

    @Test
    void programThatHangsIsStoppedAfterAWhile() throws IOException {
        Path unknown = unknownFile("endless.m4a");
        Ffmpeg ffmpeg = standIn("echo $$ > '" + directory + "/pid'; exec sleep 600", Duration.ofMillis(500));

        assertThatThrownBy(() -> AudioFiles.read(unknown, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("neither decoded nor ended for 0.5 s");
        assertStopped();
    }

    @Test
    void programThatHangsEndsWithAnInterrupt() throws Exception {
        Path unknown = unknownFile("endless.m4a");
        Path started = directory.resolve("started");
        // Whoever writes into a named pipe waits for a reader: the test goes on when the program runs.
        new ProcessBuilder("mkfifo", started.toString()).inheritIO().start().waitFor();
        Ffmpeg ffmpeg = standIn("echo $$ > '" + directory + "/pid'; echo yes > '" + started + "'; exec sleep 600");
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                AudioFiles.read(unknown, ffmpeg);
                flag.completeExceptionally(new AssertionError("was not cancelled"));
            } catch (TranscriptionCancelledException e) {
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
    void damagedSoundOfTheProgramDoesNotLeaveItRunning() throws Exception {
        Path unknown = unknownFile("nan.m4a");
        Ffmpeg ffmpeg = standIn("echo $$ > '" + directory + "/pid'; exec tr '\\0' '\\377' < /dev/zero");

        assertThatThrownBy(() -> AudioFiles.read(unknown, ffmpeg))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("found NaN as sample 0");
        assertStopped();
    }

    @Test
    void theRealProgramReadsWhatWeCannot() throws IOException {
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
    void theRealProgramRefusesAPlayListOfTheNetwork() throws IOException {
        Ffmpeg real = Ffmpeg.onPath();
        assumeTrue(real.find().isPresent(), "no ffmpeg on the PATH");
        Path playList = Files.writeString(
                directory.resolve("list.m3u8"),
                "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/sound.ts\n#EXT-X-ENDLIST\n");

        assertThatThrownBy(() -> AudioFiles.read(playList, real))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("not on whitelist 'file,pipe'");
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
        return new Ffmpeg(List.of(directory.resolve("absent"), empty, bin), longestSilence);
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
