package io.github.whisperspeedtest.checkpoint.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.List;
import org.junit.jupiter.api.Test;

class ElementWriterTest {
    /** More than one slice; the last one is partial. */
    private static final int COUNT = 150_001;

    @Test
    void writesComputedElementsPiecewise() throws IOException {
        int[] largest = {0};
        Tensor generated = Tensor.generated(DataType.F32, List.of(COUNT), (start, target) -> {
            largest[0] = Math.max(largest[0], target.remaining() / Float.BYTES);
            for (long i = start; target.hasRemaining(); i++) {
                target.putFloat(i);
            }
        });
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ElementWriter.write(generated, DataType.F32, Channels.newChannel(bytes));
        assertThat(largest[0]).isLessThan(COUNT / 2);
        assertThat(ByteBuffer.wrap(bytes.toByteArray())).isEqualTo(generated.data());
    }
}
