package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Checks that a library uses the calling convention of these bindings, because mlx-c does not report a version.
 *
 * <p>It computes a product with a quantized matrix, the function that changed most between versions.
 */
final class MlxProbe {
    private static final int WIDTH = 32;
    private static final int BITS = 4;

    private MlxProbe() {}

    /**
     * Checks a library on one device.
     *
     * @throws EngineException if MLX fails there
     * @throws RuntimeUnavailableException if the result is another one than it should be
     */
    static void check(MlxRuntime runtime, MlxDevice device, String library) {
        float actual = product(runtime, device);
        // All codes are 1, all scales 2 and all biases 3, and the input is all ones.
        float expected = WIDTH * (1 * 2 + 3);
        if (actual != expected) {
            throw new RuntimeUnavailableException(
                    library + " is not a compatible mlx-c: a product on the " + device + " should be " + expected
                            + ", but is " + actual,
                    "Use mlx-c 0.6 or a later version with the same interface.",
                    null);
        }
    }

    private static float product(MlxRuntime runtime, MlxDevice device) {
        try (MlxGraph graph = runtime.graph(device)) {
            ByteBuffer codes =
                    ByteBuffer.allocateDirect(WIDTH * BITS / Byte.SIZE).order(ByteOrder.nativeOrder());
            while (codes.hasRemaining()) {
                codes.put((byte) 0x11);
            }
            MlxArray packed = graph.array(codes.flip(), MlxType.UINT32, 1, WIDTH * BITS / Integer.SIZE);
            MlxArray input = graph.add(graph.zeros(MlxType.FLOAT32, 1, WIDTH), graph.scalar(1));
            MlxArray scales = graph.add(graph.zeros(MlxType.FLOAT32, 1, 1), graph.scalar(2));
            MlxArray biases = graph.add(graph.zeros(MlxType.FLOAT32, 1, 1), graph.scalar(3));
            float[][] product = new float[1][1];
            graph.read(graph.quantizedMatmul(input, packed, scales, biases, WIDTH, BITS), product, List.of());
            return product[0][0];
        }
    }
}
