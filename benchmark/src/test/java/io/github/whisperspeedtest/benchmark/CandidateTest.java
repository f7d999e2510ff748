package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class CandidateTest {
    private static final LoadOptions LOAD = LoadOptions.defaults();
    private static final TranscribeOptions OPTIONS = TranscribeOptions.defaults();

    @Test
    void nameHasOnlyWhatDiffersFromTheDefaults() {
        assertThat(Candidate.of("faster", "base", LOAD, OPTIONS).name()).isEqualTo("faster/base");
        assertThat(Candidate.of(
                                "faster",
                                "base",
                                LOAD.withComputeType("int8").withThreads(LOAD.threads() + 1),
                                OPTIONS.toBuilder()
                                        .beamSize(5)
                                        .vad(true)
                                        .batchSize(4)
                                        .build())
                        .name())
                .isEqualTo("faster/base/int8 t" + (LOAD.threads() + 1) + " b5 vad batch4");
        assertThat(Candidate.of(
                                "mlx",
                                "owner/name",
                                LOAD,
                                OPTIONS.toBuilder().vad(false).build())
                        .name())
                .isEqualTo("mlx/owner/name no-vad");
    }

    @Test
    void orderOfARoundDependsOnTheSeedOnly() {
        List<Integer> elements = List.of(1, 2, 3, 4, 5, 6, 7, 8);
        RoundOrder one = new RoundOrder(7);
        RoundOrder same = new RoundOrder(7);
        List<Integer> first = one.next(elements);
        assertThat(same.next(elements)).isEqualTo(first);
        assertThat(one.next(elements))
                .containsExactlyInAnyOrderElementsOf(elements)
                .isNotEqualTo(first);
        assertThat(new RoundOrder(8).next(elements)).isNotEqualTo(first);
    }
}
