package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunksTest {
    /** From 10 s to 60 s, and from 70 s to 80 s; chunks of 30 s overlap by 10 s. */
    private final Chunks clipped =
            Chunks.overlapping(List.of(new FrameRange(1000, 6000), new FrameRange(7000, 8000)), 3000);

    @Test
    void neighboursOverlapByOneThird() {
        assertThat(all(7000, 3000))
                .containsExactly(
                        new Chunk(0, 3000, 0, 2000),
                        new Chunk(2000, 3000, 500, 4000),
                        new Chunk(4000, 3000, 500, Long.MAX_VALUE));
        Chunk second = all(7000, 3000).get(1);
        assertThat(second.start()).isEqualTo(20);
        assertThat(second.border()).isEqualTo(25);
        assertThat(second.overlapEnd()).isEqualTo(30);
        assertThat(second.nextStart()).isEqualTo(40);
    }

    @Test
    void roundsStrideToFrame() {
        assertThat(all(4000, 2000))
                .containsExactly(
                        new Chunk(0, 2000, 0, 1334),
                        new Chunk(1334, 2000, 333, 2668),
                        new Chunk(2668, 1332, 333, Long.MAX_VALUE));
    }

    @Test
    void shortRecordingIsOneChunk() {
        assertThat(all(0, 3000)).isEmpty();
        assertThat(all(1, 3000)).containsExactly(new Chunk(0, 1, 0, Long.MAX_VALUE));
        assertThat(all(3000, 3000)).containsExactly(new Chunk(0, 3000, 0, Long.MAX_VALUE));
        assertThat(all(3001, 3000)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 517, 2000, 2999, 3000})
    void lastChunkExceedsOverlapAndEndsWithRecording(int length) {
        for (long frames = length + 1; frames < 3L * length; frames += 37) {
            List<Chunk> chunks = all(frames, length);
            Chunk last = chunks.get(chunks.size() - 1);
            assertThat(last.firstFrame() + last.frames()).isEqualTo(frames);
            assertThat(last.frames()).isGreaterThan(2 * last.stride()).isLessThanOrEqualTo(length);
        }
    }

    @Test
    void separateChunksFollowOneAnother() {
        // 16 000 samples are 100 frames, 24 080 are 150.5.
        assertThat(all(Chunks.separate(List.of(16_000L, 24_080L, 48_000L), 300, 3000)))
                .containsExactly(
                        new Chunk(0, 100, 0, 100), new Chunk(100, 51, 0, 150), new Chunk(150, 150, 0, Long.MAX_VALUE));
        assertThat(all(Chunks.separate(List.of(480_159L), 3000, 3000)))
                .as("an incomplete frame at the end is left out")
                .containsExactly(new Chunk(0, 3000, 0, Long.MAX_VALUE));
        assertThat(all(Chunks.separate(List.of(80L, 480_080L), 3000, 3000)))
                .containsExactly(new Chunk(0, 1, 0, 0), new Chunk(0, 3000, 0, Long.MAX_VALUE));
        assertThat(all(Chunks.separate(List.of(), 0, 3000))).isEmpty();
    }

    @Test
    void chunksOfDifferentPartsDoNotOverlap() {
        assertThat(clipped.count()).isEqualTo(3);
        assertThat(clipped.get(0)).isEqualTo(new Chunk(1000, 3000, 0, 3000));
        assertThat(clipped.get(1)).isEqualTo(new Chunk(3000, 3000, 500, Long.MAX_VALUE));
        assertThat(clipped.get(2)).isEqualTo(new Chunk(7000, 1000, 0, Long.MAX_VALUE));
    }

    @Test
    void progressCountsOnlyTheParts() {
        assertThat(clipped.progress(0)).isZero();
        assertThat(clipped.progress(1)).isEqualTo(2500 / 6000.0);
        assertThat(clipped.progress(2)).isEqualTo(5000 / 6000.0);
        assertThat(clipped.progress(3)).isEqualTo(1);
    }

    @Test
    void nothingHasNoChunks() {
        assertThat(Chunks.overlapping(List.of(), 3000).count()).isZero();
    }

    private static List<Chunk> all(Chunks chunks) {
        return IntStream.range(0, chunks.count()).mapToObj(chunks::get).toList();
    }

    private static List<Chunk> all(long frames, int length) {
        return all(Chunks.overlapping(List.of(new FrameRange(0, frames)), length));
    }
}
