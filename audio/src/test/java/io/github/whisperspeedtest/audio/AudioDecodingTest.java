package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.program.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioDecodingTest {
    private static final Ffmpeg NONE = new Ffmpeg(new SearchPath(List.of()), Duration.ofSeconds(1));
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final String SHELL = "the fake program is a shell script";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reference.flac",
                "mono24.flac",
                "reference.mp3",
                "untagged.mp3",
                "layer2.mp2",
                "layer2-low.mp2",
                "reference.ogg",
                "paged.ogg",
                "many-pages.ogg"
            })
    void passesOnWhatCompressedFilesHold(String resource) throws IOException {
        assertLikeRead(Signals.resource(resource));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 8, 16000, 1",
        "1, 16, 16000, 1",
        "1, 24, 48000, 2",
        "1, 32, 8000, 3",
        "3, 32, 44100, 2",
        "3, 64, 16000, 2",
        "6, 8, 8000, 1",
        "7, 8, 8000, 2"
    })
    void passesOnWhatWavFilesHold(int code, int bits, int rate, int channels) throws IOException {
        WavWriter writer = new WavWriter().code(code).bits(bits).rate(rate).channels(channels);
        writer.samples(Signals.doubles(Signals.tone(440, 0.5, rate, 30_000)));

        assertLikeRead(writer.bytes());
    }

    @Test
    void returnsTheWarningsOfEachStage() throws IOException {
        WavWriter writer = new WavWriter().code(3).bits(32).channels(2).dataLength(1_000_000);
        for (float sample : Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 40_000)) {
            writer.samples(sample, -sample);
        }
        byte[] recording = writer.samples(Double.NaN, 0).bytes();

        AudioSummary summary = assertLikeRead(recording);

        assertThat(summary.warnings()).hasSize(3);
        assertThat(summary.warnings().get(0)).startsWith("The recording is truncated: ");
        assertThat(summary.warnings().get(1)).contains("1 invalid sample, the first being NaN in channel 1 at 2.500 s");
        assertThat(summary.warnings().get(2)).contains("opposite phase");
    }

    @Test
    void statesHowLongTheAudioIs() throws IOException {
        Path file = write("half.wav", new WavWriter().samples(new double[8_001]).bytes());

        AudioSummary summary = AudioFiles.decode("half", file, new Attempts(), NONE);

        assertThat(summary.sampleCount()).isEqualTo(8_001);
        assertThat(summary.duration()).isEqualTo(Duration.ofNanos(500_062_500));
        assertThat(summary.warnings()).containsExactly("It is silent: every sample is zero.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reference.flac",
                "mono24.flac",
                "reference.mp3",
                "untagged.mp3",
                "layer2.mp2",
                "reference.ogg",
                "many-pages.ogg"
            })
    void damagedFilesGiveTheSamplesWarningsAndErrorsOfRead(String resource) throws IOException {
        byte[] whole = Signals.resource(resource);
        Random random = new Random(resource.hashCode());
        for (int i = 0; i < 40; i++) {
            assertLikeRead(DamagedAudioTest.mutated(whole, random, i));
        }
    }

    @Test
    void errorsAreThoseOfRead() throws IOException {
        assertLikeRead(new byte[0]);
        assertLikeRead("no format that is decoded here".getBytes(StandardCharsets.UTF_8));
        assertLikeRead(Signals.resource("opus.ogg"));
        assertLikeRead(Arrays.copyOf(Signals.resource("reference.flac"), 20));

        assertThatThrownBy(() -> AudioFiles.decode("talk", directory.resolve("missing"), new Attempts(), NONE))
                .isInstanceOf(AudioException.class)
                .hasMessage("Cannot read 'talk': the file does not exist. Check the path.");
    }

    @Test
    void stopsOnInterruptWhileSamplesArePassedOn() throws IOException {
        Path file =
                write("long.wav", new WavWriter().samples(new double[100_000]).bytes());
        Attempts attempts = new Attempts();
        try {
            assertThatThrownBy(() -> AudioFiles.decode(
                            "long",
                            file,
                            () -> (samples, offset, length) -> {
                                attempts.accept(samples, offset, length);
                                Thread.currentThread().interrupt();
                            },
                            NONE))
                    .isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(attempts.samples().length).isBetween(1, 50_000);
        } finally {
            Thread.interrupted();
        }
    }

    /** From the first block, and from the one that ends the audio after the file was decoded. */
    @ParameterizedTest
    @CsvSource({
        "wav, 0", "wav, 15900",
        "reference.flac, 0", "reference.flac, 15900",
        "reference.mp3, 0", "reference.mp3, 15900",
        "layer2.mp2, 0", "layer2.mp2, 4900",
        "reference.ogg, 0", "reference.ogg, 15900"
    })
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = SHELL)
    void failureOfConsumerReachesTheCallerAsItIs(String format, int after) throws IOException {
        byte[] bytes = format.equals("wav") ? Signals.reference().bytes() : Signals.resource(format);
        Path file = write("recording", bytes);
        RuntimeException failure = new IndexOutOfBoundsException("the consumer is full");
        Attempts attempts = new Attempts();
        Supplier<SampleConsumer> consumers = () -> {
            SampleConsumer consumer = attempts.get();
            return (samples, offset, length) -> {
                consumer.accept(samples, offset, length);
                if (attempts.samples().length > after) {
                    throw failure;
                }
            };
        };

        assertThatThrownBy(() -> AudioFiles.decode("recording", file, consumers, standIn("exit 0")))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(attempts.count).as("attempts").isEqualTo(1);
        assertThat(directory.resolve("pid")).as("of ffmpeg").doesNotExist();
    }

    @Test
    void failureOfSupplierReachesTheCallerAsItIs() throws IOException {
        Path file = write("recording", Signals.reference().bytes());
        RuntimeException failure = new IllegalStateException("no consumer left");

        assertThatThrownBy(() -> AudioFiles.decode(
                        "recording",
                        file,
                        () -> {
                            throw failure;
                        },
                        NONE))
                .isSameAs(failure);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = SHELL)
    void failureOfConsumerStopsFfmpeg() throws IOException {
        byte[] header = new WavWriter().code(3).bits(32).dataLength(0xFFFFFFFFL).bytes();
        Files.write(directory.resolve("header"), header);
        Path unknown = write("talk.m4a", "no format that is decoded here".getBytes(StandardCharsets.UTF_8));
        RuntimeException failure = new IllegalStateException("enough");
        SampleConsumer failing = (samples, offset, length) -> {
            throw failure;
        };
        Ffmpeg ffmpeg = standIn("cat '" + directory + "/header'; exec cat /dev/zero");

        assertThatThrownBy(() -> AudioFiles.decode("talk", unknown, () -> failing, ffmpeg))
                .isSameAs(failure);
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(process -> assertThat(process.onExit()).succeedsWithin(PATIENT));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = SHELL)
    void eachAttemptHasItsOwnConsumer() throws IOException {
        float[] tone = Signals.tone(440, 0.5, Audio.SAMPLE_RATE, 40_000);
        Files.write(
                directory.resolve("sound"),
                floats().samples(Signals.doubles(tone)).bytes());
        double[] invalid = new double[80_000];
        Arrays.fill(invalid, Double.NaN);
        Path damaged = write(
                "damaged.wav",
                floats().samples(new double[30_000]).samples(invalid).bytes());
        Ffmpeg ffmpeg = standIn("cat '" + directory + "/sound'");
        Attempts attempts = new Attempts();

        AudioSummary summary = AudioFiles.decode("damaged", damaged, attempts, ffmpeg);

        assertThat(attempts.count).isEqualTo(2);
        assertThat(attempts.voidSamples).as("samples of the first attempt").isGreaterThan(10_000);
        assertThat(attempts.samples()).containsExactly(tone);
        assertThat(summary.sampleCount()).isEqualTo(40_000);
        assertThat(summary.warnings())
                .isEqualTo(AudioFiles.read("damaged", damaged, ffmpeg).warnings())
                .singleElement()
                .asString()
                .contains("read by ffmpeg", "invalid values, the first being NaN");
    }

    /** Compares what is passed on, or the error, with the same of {@link AudioFiles#read}; returns null after an error. */
    private AudioSummary assertLikeRead(byte[] recording) throws IOException {
        Path file = write("recording", recording);
        Attempts attempts = new Attempts();
        Audio expected;
        try {
            expected = AudioFiles.read("talk", file, NONE);
        } catch (AudioException e) {
            assertThatThrownBy(() -> AudioFiles.decode("talk", file, attempts, NONE))
                    .isInstanceOf(e.getClass())
                    .hasMessage(e.getMessage());
            return null;
        }

        AudioSummary summary = AudioFiles.decode("talk", file, attempts, NONE);

        assertThat(attempts.count).isEqualTo(1);
        assertThat(bits(attempts.samples())).containsExactly(bits(Signals.samples(expected)));
        assertThat(summary).isEqualTo(new AudioSummary(expected.sampleCount(), expected.warnings()));
        assertThat(summary.duration()).isEqualTo(expected.duration());
        return summary;
    }

    private static int[] bits(float[] samples) {
        int[] bits = new int[samples.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(samples[i]));
        return bits;
    }

    private static WavWriter floats() {
        return new WavWriter().code(3).bits(32);
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    /** Returns a program that leaves its process id in a file. */
    private Ffmpeg standIn(String script) throws IOException {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path program = Files.writeString(
                bin.resolve("ffmpeg"), "#!/bin/sh\necho $$ > '" + directory + "/pid'\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Ffmpeg(new SearchPath(List.of(bin)), PATIENT);
    }

    /** Keeps the samples of the latest attempt and counts the void ones. */
    private static final class Attempts implements Supplier<SampleConsumer>, SampleConsumer {
        private int count;
        private int voidSamples;
        private float[] samples = new float[1 << 14];
        private int length;

        @Override
        public SampleConsumer get() {
            count++;
            voidSamples += length;
            length = 0;
            return this;
        }

        @Override
        public void accept(float[] block, int offset, int blockLength) {
            if (length + blockLength > samples.length) {
                samples = Arrays.copyOf(samples, 2 * (length + blockLength));
            }
            System.arraycopy(block, offset, samples, length, blockLength);
            length += blockLength;
        }

        float[] samples() {
            return Arrays.copyOf(samples, length);
        }
    }
}
