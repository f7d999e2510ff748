package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("memory")
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AudioMemoryTest {
    /** Twenty minutes of 48 kHz stereo: 230 MB as 16-bit samples, 77 MB at 16 kHz. */
    private static final int SECONDS = 20 * 60;

    /** Enough for one copy of the result, too little for two. */
    private static final String HEAP = "-Xmx112m";

    @Test
    void longRecordingNeedsMemoryOnlyForItsSamples() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        java.toString(),
                        HEAP,
                        "-cp",
                        System.getProperty("java.class.path"),
                        AudioMemoryTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.strip()).isEqualTo(Long.toString((long) SECONDS * Audio.SAMPLE_RATE));
    }

    /** Reads the recording in a JVM with a limited heap and prints the number of samples. */
    public static void main(String[] arguments) {
        byte[] head = new WavWriter()
                .rate(48_000)
                .channels(2)
                .dataLength(SECONDS * 48_000L * 4)
                .bytes();
        InputStream recording =
                new SequenceInputStream(new ByteArrayInputStream(head), new Constant(SECONDS * 48_000L * 4));
        System.out.println(AudioFiles.read("long.wav", recording).sampleCount());
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
