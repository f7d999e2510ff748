package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerGroupsTest {
    @Test
    void candidatesThatFitAreOneGroup() {
        assertThat(WorkerGroups.of(List.of(3L, 3L, 4L), 10, size -> size)).containsExactly(List.of(3L, 3L, 4L));
    }

    @Test
    void fullGroupIsFollowedByAnother() {
        assertThat(WorkerGroups.of(List.of(6L, 5L, 5L, 1L), 10, size -> size))
                .containsExactly(List.of(6L), List.of(5L, 5L), List.of(1L));
    }

    @Test
    void candidateThatDoesNotFitIsAGroupOfItsOwn() {
        assertThat(WorkerGroups.of(List.of(1L, 50L, 1L), 10, size -> size))
                .containsExactly(List.of(1L), List.of(50L), List.of(1L));
        assertThat(WorkerGroups.of(List.<Long>of(), 10, size -> size)).isEmpty();
    }
}
