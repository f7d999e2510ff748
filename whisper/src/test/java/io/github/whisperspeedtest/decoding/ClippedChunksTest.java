package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClippedChunksTest {
    /** From 10 s to 60 s, and from 70 s to 80 s; chunks of 30 s overlap by 10 s. */
    private final ClippedChunks chunks =
            new ClippedChunks(List.of(new FrameRange(1000, 6000), new FrameRange(7000, 8000)), 3000);

    @Test
    void chunksOfDifferentPartsDoNotOverlap() {
        assertThat(chunks.count()).isEqualTo(3);
        assertThat(chunks.get(0)).isEqualTo(new Chunk(1000, 3000, 0, 3000));
        assertThat(chunks.get(1)).isEqualTo(new Chunk(3000, 3000, 500, Long.MAX_VALUE));
        assertThat(chunks.get(2)).isEqualTo(new Chunk(7000, 1000, 0, Long.MAX_VALUE));
    }

    @Test
    void progressCountsOnlyTheParts() {
        assertThat(chunks.progress(0)).isZero();
        assertThat(chunks.progress(1)).isEqualTo(2500 / 6000.0);
        assertThat(chunks.progress(2)).isEqualTo(5000 / 6000.0);
        assertThat(chunks.progress(3)).isEqualTo(1);
    }

    @Test
    void nothingHasNoChunks() {
        assertThat(new ClippedChunks(List.of(), 3000).count()).isZero();
    }
}
