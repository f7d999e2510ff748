package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.whisperspeedtest.error.AudioException;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files either yield audio or an {@link AudioException}, quickly. */
@Tag("hostile-files")
class DamagedAudioTest {
    private static final int MUTATIONS = 60;

    /** Detects endless loops. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wav",
                "reference.flac",
                "mono24.flac",
                "reference.mp3",
                "untagged.mp3",
                "reference.ogg",
                "paged.ogg"
            })
    void truncatedAndCorruptedFilesYieldAudioOrClearError(String file) {
        byte[] whole = whole(file);
        Random random = new Random(file.hashCode());
        assertTimeoutPreemptively(LIMIT, () -> {
            for (int i = 0; i < MUTATIONS; i++) {
                readOrFail(mutated(whole, random, i), file + ", mutation " + i);
            }
        });
    }

    /** With recomputed checksums, the damage passes the container and reaches the codec. */
    @ParameterizedTest
    @ValueSource(strings = {"reference.ogg", "paged.ogg"})
    void corruptedFilesWithValidChecksumsYieldAudioOrClearError(String file) {
        byte[] whole = whole(file);
        Random random = new Random(file.hashCode());
        assertTimeoutPreemptively(LIMIT, () -> {
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] bytes = whole.clone();
                for (int flips = random.nextInt(4); flips >= 0; flips--) {
                    // After the header of the first page, so that the file is still recognized as Vorbis.
                    bytes[36 + random.nextInt(bytes.length - 36)] ^= (byte) (1 << random.nextInt(8));
                }
                OggChecksums.update(bytes);
                readOrFail(bytes, file + ", mutation " + i);
            }
        });
    }

    private static byte[] whole(String file) {
        if (!file.equals("wav")) {
            return Signals.resource(file);
        }
        double[] tone = Signals.doubles(Signals.tone(500, 0.5, 44_100, 2_000));
        return new WavWriter()
                .rate(44_100)
                .channels(2)
                .chunkBefore("LIST", new byte[11])
                .samples(tone)
                .bytes();
    }

    /** Returns a truncated or corrupted copy; the number selects the kind of damage. */
    static byte[] mutated(byte[] whole, Random random, int number) {
        byte[] bytes = number % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        if (number % 4 == 1) {
            for (int i = 0; i < 8; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
        } else if (number % 4 == 2) {
            // The header is a small but rewarding target.
            bytes[random.nextInt(Math.min(200, bytes.length))] ^= (byte) (1 << random.nextInt(8));
        } else if (number % 4 == 3) {
            int from = random.nextInt(bytes.length);
            byte[] garbage = new byte[Math.min(bytes.length - from, 1 + random.nextInt(400))];
            random.nextBytes(garbage);
            System.arraycopy(garbage, 0, bytes, from, garbage.length);
        }
        return bytes;
    }

    private static void readOrFail(byte[] bytes, String description) {
        try {
            assertThat(AudioFiles.read("damaged", new ByteArrayInputStream(bytes))
                            .sampleCount())
                    .as(description)
                    .isPositive();
        } catch (AudioException e) {
            assertThat(e).as(description).hasMessageStartingWith("Cannot read 'damaged': ");
            // No class name or stack trace of a library.
            assertThat(e.getMessage())
                    .as(description)
                    .doesNotContain("Exception")
                    .endsWith(".");
        }
    }
}
