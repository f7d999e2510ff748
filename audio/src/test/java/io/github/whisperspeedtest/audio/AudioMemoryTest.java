package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("memory")
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AudioMemoryTest {
    /** Twenty minutes of 48 kHz stereo: 230 MB as 16-bit samples, 77 MB at 16 kHz. */
    private static final int SECONDS = 20 * 60;

    /** Enough for one copy of the result, too little for two. */
    private static final String HEAP = "-Xmx112m";

    /** Less than a third of the samples. */
    private static final String SMALL_HEAP = "-Xmx24m";

    @TempDir
    private Path directory;

    @Test
    void longRecordingNeedsMemoryOnlyForItsSamples() throws Exception {
        assertThat(outputOfMain(HEAP)).isEqualTo(Long.toString((long) SECONDS * Audio.SAMPLE_RATE));
    }

    @Test
    void longRecordingIsDecodedWithoutMemoryForItsSamples() throws Exception {
        Path file = directory.resolve("long.wav");
        try (InputStream recording = recording()) {
            Files.copy(recording, file);
        }

        assertThat(outputOfMain(SMALL_HEAP, file.toString()))
                .isEqualTo(Long.toString((long) SECONDS * Audio.SAMPLE_RATE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference.flac", "reference.mp3", "reference.ogg"})
    void longCompressedRecordingIsDecodedWithoutMemoryForItsSamples(String resource) throws Exception {
        Path file = directory.resolve(resource);
        if (resource.endsWith(".flac")) {
            Files.write(file, FlacBomb.hours(1));
        } else {
            byte[] second = Signals.resource(resource);
            try (OutputStream target = Files.newOutputStream(file)) {
                for (int i = 0; i < SECONDS; i++) {
                    target.write(second);
                }
            }
        }

        assertThat(Long.parseLong(outputOfMain(SMALL_HEAP, file.toString())))
                .isGreaterThanOrEqualTo((long) SECONDS * Audio.SAMPLE_RATE);
    }

    private static String outputOfMain(String heap, String... arguments) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(
                java.toString(), heap, "-cp", System.getProperty("java.class.path"), AudioMemoryTest.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    /**
     * Prints the number of samples, in a JVM with a limited heap.
     *
     * @param arguments the file to decode, none to read the recording
     */
    public static void main(String[] arguments) {
        System.out.println(
                arguments.length == 0
                        ? AudioFiles.read("long.wav", recording()).sampleCount()
                        : AudioFiles.decode("long", Path.of(arguments[0]), () -> (samples, offset, length) -> {})
                                .sampleCount());
    }

    private static InputStream recording() {
        byte[] head = new WavWriter()
                .rate(48_000)
                .channels(2)
                .dataLength(SECONDS * 48_000L * 4)
                .bytes();
        return new SequenceInputStream(new ByteArrayInputStream(head), new Constant(SECONDS * 48_000L * 4));
    }

    /** A stream of constant bytes that are not stored. */
    private static final class Constant extends InputStream {
        private long left;

        Constant(long length) {
            left = length;
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? 1 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int part = (int) Math.min(length, left);
            Arrays.fill(target, offset, offset + part, (byte) 1);
            left -= part;
            return part;
        }
    }
}
