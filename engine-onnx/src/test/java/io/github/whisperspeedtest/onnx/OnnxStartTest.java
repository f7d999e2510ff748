package io.github.whisperspeedtest.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.Availability;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxStartTest {
    /** As long as a class path of many jars. */
    private static final int LENGTH = 60_000;

    @Test
    void startsWhateverTheLengthOfTheCommandLine() {
        ChildJvm child = ChildJvm.builder()
                .addJvmArguments(List.of("-Dpadding=" + "x".repeat(LENGTH)))
                .build();
        ChildOutcome<Availability> outcome = child.run(OnnxStartTask.class, "");
        assertThat(outcome).as(outcome.describe()).isInstanceOf(ChildOutcome.Completed.class);
        assertThat(((ChildOutcome.Completed<Availability>) outcome).value()).isInstanceOf(Availability.Available.class);
    }
}
