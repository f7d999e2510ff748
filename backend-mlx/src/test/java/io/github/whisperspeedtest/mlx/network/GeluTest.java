package io.github.whisperspeedtest.mlx.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.mlx.bindings.Compilers;
import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import io.github.whisperspeedtest.mlx.bindings.MlxRuntime;
import io.github.whisperspeedtest.mlx.bindings.MlxType;
import io.github.whisperspeedtest.mlx.bindings.RealMlx;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

@RealMlx
class GeluTest {
    private static final float[] INPUT = {-3, -1, -0.5f, 0, 0.5f, 1, 3};

    /** Half of each number times one plus the error function of the number over the square root of two. */
    private static final float[] EXPECTED = {
        -0.0040496886f, -0.15865526f, -0.15426877f, 0, 0.34573123f, 0.8413447f, 2.9959502f
    };

    @Test
    void computesWithSeparateOperations() {
        assertComputes(Gelu::plain);
    }

    /** As on a GPU. On a CPU, MLX compiles functions with g++. */
    @Test
    void computesWithFusedKernel() {
        Compilers.assume("g++");
        assertComputes((runtime, weights) -> Gelu.compiled(runtime, weights, MlxDevice.CPU));
    }

    private static void assertComputes(BiFunction<MlxRuntime, WeightLoader, Gelu> maker) {
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        float[][] result = new float[1][INPUT.length];
        runtime.run(() -> {
            MlxOptions options = new MlxOptions(MlxDevice.CPU, MlxPrecision.FLOAT32);
            try (WeightLoader weights = new WeightLoader(runtime, EmbeddedModel.checkpoint(), options);
                    Gelu gelu = maker.apply(runtime, weights);
                    MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
                // Twice, because the compiled function is cached.
                gelu.apply(graph, input(graph));
                graph.read(gelu.apply(graph, input(graph)), result, List.of());
            }
        });
        for (int i = 0; i < INPUT.length; i++) {
            assertThat(result[0][i]).isCloseTo(EXPECTED[i], within(1e-6f));
        }
    }

    private static MlxArray input(MlxGraph graph) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Float.BYTES * INPUT.length).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(INPUT);
        return graph.array(bytes, MlxType.FLOAT32, INPUT.length);
    }
}
