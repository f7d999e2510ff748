package io.github.whisperspeedtest.microphone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.microphone.testing.FakeMixers;
import io.github.whisperspeedtest.microphone.testing.FakeMixers.FakeLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sound.sampled.AudioFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MicrophonesTest {
    private static final double FREQUENCY = 440;

    private final Audio.Builder recorded = Audio.builder("recording");

    @AfterEach
    void removeDevices() {
        FakeMixers.clear();
    }

    @Test
    void listsDevices() {
        FakeMixers.add("Headset", tone());
        assertThat(Microphones.list()).contains(new MicrophoneInfo("Headset", "Headset of the test"));
    }

    @Test
    void findsDeviceByPartOfName() {
        FakeMixers.add("USB Headset", tone());
        FakeMixers.add("USB Camera", tone());
        FakeMixers.add("usb", tone());
        assertThat(opened("camera")).isEqualTo("USB Camera");
        assertThat(opened("USB")).as("whole name").isEqualTo("usb");
        assertThatThrownBy(() -> Microphones.open("usb "))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContainingAll("part of several names", "'USB Headset'", "'USB Camera'");
        assertThatThrownBy(() -> Microphones.open("usb hedset"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContainingAll("no microphone 'usb hedset'", "Did you mean 'USB Headset'?", "'USB Camera'");
    }

    @Test
    void reportsDeviceThatCannotBeOpened() {
        FakeMixers.add("Busy", format -> null);
        assertThatThrownBy(() -> Microphones.open("Busy"))
                .isInstanceOf(MicrophoneException.class)
                .hasMessageContainingAll("'Busy' cannot be opened", "format not supported", "list microphones");
    }

    /** A sound server that does not answer would hold the program for ever; what it gives later is closed. */
    @Test
    void openDoesNotWaitForSoundServer() throws InterruptedException {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        FakeMixers.add("Late", format -> {
            await(answer);
            return new FakeLine() {
                @Override
                public int read(byte[] buffer, int offset, int length) {
                    return length;
                }

                @Override
                public void close() {
                    closed.countDown();
                }
            };
        });
        assertThatThrownBy(() -> Microphones.open("Late"))
                .isInstanceOf(MicrophoneException.class)
                .hasMessageContainingAll("sound server did not answer", "Start it again");
        answer.countDown();
        assertThat(closed.await(30, TimeUnit.SECONDS)).as("closed").isTrue();
    }

    @Test
    void reportsMachineWithoutMicrophone() {
        assertThatThrownBy(() -> Microphones.choose(null, List.of()))
                .isInstanceOf(MicrophoneException.class)
                .hasMessageContainingAll("no microphone", "PulseAudio", "libasound2-plugins");
    }

    /** A sound server converts to 16 kHz with audible loss. */
    @Test
    void leavesConversionToResampler() {
        List<AudioFormat> opened = new ArrayList<>();
        FakeMixers.add("Headset", format -> {
            opened.add(format);
            return tone().apply(format);
        });
        Microphones.open("Headset").close();
        assertThat(opened).singleElement().satisfies(format -> {
            assertThat(format.getSampleRate()).isEqualTo(48_000);
            assertThat(format.getChannels()).isEqualTo(1);
        });
    }

    /** A tone keeps its frequency and level whatever the device gives. */
    @ParameterizedTest
    @CsvSource({"16000, 1", "48000, 1", "44100, 1", "48000, 2", "44100, 2"})
    void recordsInFormatOfDevice(int rate, int channels) {
        FakeMixers.add(
                "Headset",
                format -> format.getSampleRate() == rate && format.getChannels() == channels
                        ? tone().apply(format)
                        : null);
        try (Microphone microphone = Microphones.open("Headset")) {
            int[] length = {0};
            microphone.record(
                    (samples, offset, count) -> {
                        recorded.append(samples, offset, count);
                        length[0] += count;
                    },
                    () -> length[0] > 2 * Audio.SAMPLE_RATE);
        }
        Audio audio = recorded.build();
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        int crossings = 0;
        float peak = 0;
        int from = Audio.SAMPLE_RATE / 2;
        for (int i = from + 1; i <= from + Audio.SAMPLE_RATE; i++) {
            crossings += samples[i - 1] < 0 && samples[i] >= 0 ? 1 : 0;
            peak = Math.max(peak, Math.abs(samples[i]));
        }
        assertThat(crossings).isBetween(439, 441);
        assertThat(peak).isBetween(0.49f, 0.51f);
    }

    /** Java Sound reads nothing for ever where a device was unplugged. */
    @Test
    void endsWhereDeviceGivesNothing() {
        FakeMixers.add("Unplugged", format -> vanishing(format, (buffer, offset, length) -> 0));
        assertThatThrownBy(() -> record("Unplugged"))
                .isInstanceOf(MicrophoneException.class)
                .hasMessageContainingAll("'Unplugged' stopped", "unplugged");
        assertThat(recorded.build().duration()).as("what was heard").isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void endsWhereReadDoesNotReturn() {
        FakeMixers.add(
                "Hanging",
                format -> vanishing(format, (buffer, offset, length) -> {
                    Thread.sleep(60_000);
                    return 0;
                }));
        assertThatThrownBy(() -> record("Hanging"))
                .isInstanceOf(MicrophoneException.class)
                .hasMessageContaining("gave no sound for 3 s");
        assertThat(recorded.build().duration()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void closeDoesNotWaitForSoundServer() {
        FakeMixers.add("Stuck", format -> new FakeLine() {
            @Override
            public int read(byte[] buffer, int offset, int length) {
                return length;
            }

            @Override
            public void close() throws InterruptedException {
                Thread.sleep(60_000);
            }
        });
        long start = System.nanoTime();
        Microphones.open("Stuck").close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void interruptEndsRecording() {
        FakeMixers.add("Headset", tone());
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> record("Headset")).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private void record(String name) {
        try (Microphone microphone = Microphones.open(name)) {
            microphone.record(recorded::append, () -> false);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String opened(String name) {
        try (Microphone microphone = Microphones.open(name)) {
            return microphone.name();
        }
    }

    private static Function<AudioFormat, FakeLine> tone() {
        return format -> {
            List<Long> done = new ArrayList<>(List.of(0L));
            return (buffer, offset, length) -> {
                Thread.sleep(1);
                long frame = done.get(0);
                for (int i = offset; i < offset + length; i += format.getFrameSize()) {
                    double value = Math.sin(2 * Math.PI * FREQUENCY * frame++ / format.getSampleRate());
                    for (int channel = 0; channel < format.getChannels(); channel++) {
                        short sample = (short) (16384 * value);
                        buffer[i + 2 * channel] = (byte) sample;
                        buffer[i + 2 * channel + 1] = (byte) (sample >> 8);
                    }
                }
                done.set(0, frame);
                return length;
            };
        };
    }

    /** Gives a second of sound, then what another line gives. */
    private static FakeLine vanishing(AudioFormat format, FakeLine after) {
        int[] left = {(int) format.getSampleRate() * format.getFrameSize()};
        return (buffer, offset, length) -> {
            int given = Math.min(left[0], length);
            left[0] -= given;
            return given > 0 ? given : after.read(buffer, offset, length);
        };
    }
}
