package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Arrays and operations on the real MLX. */
@RealMlx
class MlxGraphTest {
    @Test
    void computesGraph() {
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        float[][] result = new float[2][2];
        runtime.run(() -> {
            try (MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
                MlxArray matrix = matrix(graph, 1, 2, 3, 4);
                graph.read(graph.matmul(matrix, graph.transpose(matrix, 1, 0)), result, List.of());
            }
        });
        assertThat(result).isDeepEqualTo(new float[][] {{5, 11}, {11, 25}});
    }

    @Test
    void failureThrowsExceptionAndKeepsRuntimeUsable() {
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        assertThatThrownBy(() -> runtime.run(() -> {
                    try (MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
                        graph.matmul(matrix(graph, 1, 2, 3, 4), graph.zeros(MlxType.FLOAT32, 3, 3));
                    }
                }))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("MLX failed", "matmul", "(2,2)", "(3,3)");
        computesGraph();
    }

    @Test
    void rejectsFreedArrays() {
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        runtime.run(() -> {
            MlxArray kept;
            MlxArray other;
            try (MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
                other = graph.scalar(2);
                kept = graph.keep(graph.add(other, other));
            }
            try (kept;
                    MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
                float[][] result = new float[1][1];
                graph.read(graph.reshape(kept, 1), result, List.of());
                assertThat(result[0]).containsExactly(4);
                assertThatThrownBy(() -> graph.add(other, kept)).isInstanceOf(IllegalStateException.class);
            }
        });
    }

    @Test
    void freesAllArraysThatAreNotKept() {
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        runtime.run(() -> {
            long before = runtime.activeMemory();
            for (int i = 0; i < 50; i++) {
                try (MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
                    MlxArray array = graph.zeros(MlxType.FLOAT32, 256, 256);
                    graph.eval(List.of(graph.matmul(array, array)));
                }
            }
            assertThat(runtime.activeMemory()).isEqualTo(before);
        });
    }

    /** A thread can use arrays that another thread computed. */
    @Test
    void worksFromAnyThread() throws Exception {
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        MlxArray array = CompletableFuture.supplyAsync(() -> runtime.call(() -> {
                    try (MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
                        return graph.keep(matrix(graph, 1, 2, 3, 4));
                    }
                }))
                .get(1, TimeUnit.MINUTES);
        float[][] result = new float[1][4];
        runtime.run(() -> {
            try (array;
                    MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
                graph.read(graph.add(array, array), result, List.of());
            }
        });
        assertThat(result[0]).containsExactly(2, 4, 6, 8);
    }

    @Test
    void keepsInterruptStatus() {
        Thread.currentThread().interrupt();
        int answer = MlxRuntime.start(TestContexts.ofEngine()).call(() -> 42);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isEqualTo(42);
    }

    /** On a CPU, MLX compiles functions with g++. */
    @Test
    void compilesFunction() {
        Compilers.assume("g++");
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        float[][] result = new float[1][4];
        runtime.run(() -> {
            try (MlxGraph graph = runtime.graph(MlxDevice.CPU);
                    MlxFunction function = runtime.compile(
                            MlxDevice.CPU, (inner, x) -> inner.add(inner.erf(x), inner.multiply(x, x)))) {
                graph.read(graph.apply(function, matrix(graph, 0, 1, 2, 3)), result, List.of());
            }
        });
        float[] expected = {0, 1.8427008f, 4.9953223f, 9.999978f};
        for (int i = 0; i < expected.length; i++) {
            assertThat(result[0][i]).isCloseTo(expected[i], within(1e-5f));
        }
    }

    @Test
    void propagatesExceptionOfCompiledFunction() {
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        assertThatThrownBy(() -> runtime.run(() -> {
                    try (MlxGraph graph = runtime.graph(MlxDevice.CPU);
                            MlxFunction function = runtime.compile(MlxDevice.CPU, (inner, x) -> {
                                throw new IllegalStateException("on purpose");
                            })) {
                        graph.apply(function, matrix(graph, 0, 1, 2, 3));
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("on purpose");
    }

    private static MlxArray matrix(MlxGraph graph, float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        return graph.array(bytes, MlxType.FLOAT32, 2, 2);
    }
}
