package io.github.whisperspeedtest.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckpointTest {
    private static final Tensor VECTOR = new Tensor(DataType.F32, List.of(2), ByteBuffer.allocate(8));
    private static final Tensor HALVES = new Tensor(DataType.F16, List.of(1, 2), ByteBuffer.allocate(4));

    @Test
    void namesTypesOfMatricesOnly() {
        assertThat(checkpoint(VECTOR, HALVES).storedType()).isEqualTo("float16");
        assertThat(checkpoint(VECTOR, HALVES).dequantizedFrom()).isEmpty();
    }

    @Test
    void namesWhatItsReaderDequantises() {
        Checkpoint checkpoint = checkpoint(VECTOR, HALVES, dequantized("q5_0"), dequantized("q5_0"));

        assertThat(checkpoint.storedType()).isEqualTo("float16 and q5_0");
        assertThat(checkpoint.dequantizedFrom()).contains("q5_0");
        assertThat(checkpoint(dequantized("q8_0"), dequantized("q4_0")).dequantizedFrom())
                .contains("q4_0 and q8_0");
    }

    @Test
    void dequantisedTensorIsGeneratedOnAccess() {
        Tensor tensor = dequantized("q5_0");
        float[] values = new float[1];
        tensor.copyTo(1, values);

        assertThat(tensor.type()).isEqualTo(DataType.F32);
        assertThat(tensor.isGenerated()).isTrue();
        assertThat(values).containsExactly(1);
    }

    /** Every element is its index. */
    private static Tensor dequantized(String quantization) {
        return Tensor.dequantized(quantization, List.of(1, 2), (start, target) -> {
            for (long i = start; target.hasRemaining(); i++) {
                target.putFloat(i);
            }
        });
    }

    private static Checkpoint checkpoint(Tensor... weights) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Tensor tensor : weights) {
            tensors.put("layer" + tensors.size() + ".weight", tensor);
        }
        Checkpoint micro = EmbeddedModel.checkpoint();
        return new Checkpoint(micro.dimensions(), tensors, micro.tokenizer());
    }
}
