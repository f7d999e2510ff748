package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.AudioTooLongException;
import io.github.whisperspeedtest.program.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AudioLimitTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** No program. */
    private static final Ffmpeg NONE = new Ffmpeg(new SearchPath(List.of()), Duration.ofSeconds(60));

    @TempDir
    private Path directory;

    @Test
    void audioOfExactlyTheLimitIsRead() throws IOException {
        Path file = Files.write(directory.resolve("talk.wav"), silence(2 * Audio.SAMPLE_RATE));

        Audio audio = AudioFiles.read("recording", file, LIMIT);

        assertThat(audio.duration()).isEqualTo(LIMIT);
        assertThat(audio.name()).isEqualTo("recording");
    }

    @Test
    void longerAudioIsRefusedWithItsNameAndTheLimit() throws IOException {
        Path file = Files.write(directory.resolve("talk.wav"), silence(2 * Audio.SAMPLE_RATE + 1));

        assertThatThrownBy(() -> AudioFiles.read("recording", file, LIMIT))
                .isInstanceOfSatisfying(
                        AudioTooLongException.class, e -> assertThat(e.limit()).isEqualTo(LIMIT))
                .hasMessage("Cannot read 'recording': it is longer than 2.0 s. Split it into parts.");
    }

    @Test
    void smallFileThatStandsForDaysIsNotExpanded() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path file = Files.write(directory.resolve("bomb.flac"), FlacBomb.hours(100));
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-Xmx32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AudioLimitTest.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.strip()).isEqualTo("it is longer than 60.0 s");
        assertThat(Files.size(file)).as("100 hours in a file of").isLessThan(400_000);
    }

    /** Reads a file in a JVM with a limited heap. */
    public static void main(String[] arguments) {
        try {
            AudioFiles.read("recording", Path.of(arguments[0]), Duration.ofMinutes(1));
        } catch (AudioTooLongException e) {
            System.out.println(e.getCause().getMessage());
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the fake program is a shell script")
    void programThatDecodesForEverIsStopped() throws IOException {
        byte[] header = new WavWriter().code(3).bits(32).dataLength(0xFFFFFFFFL).bytes();
        Files.write(directory.resolve("header"), header);
        Path unknown = Files.writeString(directory.resolve("talk.m4a"), "no format that is decoded here");
        Path program = Files.writeString(
                directory.resolve("ffmpeg"),
                "#!/bin/sh\necho $$ > '" + directory + "/pid'; cat '" + directory + "/header'; exec cat /dev/zero\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Ffmpeg ffmpeg = new Ffmpeg(new SearchPath(List.of(directory)), Duration.ofSeconds(60));

        assertThatThrownBy(() -> AudioFiles.read("recording", unknown, LIMIT, ffmpeg))
                .isInstanceOf(AudioTooLongException.class)
                .hasMessageStartingWith("Cannot read 'recording': it is longer than 2.0 s");
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(process -> assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(60)));
    }

    @Test
    void noOtherDecoderIsTriedForLongAudio() throws IOException {
        Path file = Files.write(directory.resolve("talk.wav"), silence(3 * Audio.SAMPLE_RATE));

        assertThatThrownBy(() -> AudioFiles.read("recording", file, LIMIT, NONE))
                .isInstanceOf(AudioTooLongException.class);
    }

    private static byte[] silence(int samples) {
        return new WavWriter().samples(new double[samples]).bytes();
    }
}
