package io.github.whisperspeedtest.mlx.bindings;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A function of one array that MLX has compiled: its element-by-element operations become one kernel.
 *
 * <p>On a graphics processor MLX compiles with what the driver has; on a processor it starts the system's C++ compiler.
 */
public final class MlxFunction implements AutoCloseable {
    /** MLX calls this whenever it meets a type or a number of dimensions for the first time. */
    private final MlxC.UnaryFunction callback;

    private final long plain;
    private long compiled;
    private @Nullable RuntimeException failure;

    MlxFunction(MlxRuntime runtime, MlxDevice device, BiFunction<MlxGraph, MlxArray, MlxArray> body) {
        callback = (result, array) -> {
            try (MlxGraph graph = new MlxGraph(runtime, device)) {
                MlxArray made = body.apply(graph, new MlxArray(array));
                return MlxC.mlx_array_set(result, made.handle());
            } catch (RuntimeException e) {
                // Nothing can be thrown through MLX.
                failure = e;
                return 1;
            }
        };
        plain = MlxC.mlx_closure_new_unary(callback);
        runtime.checkCreated(plain);
        try {
            runtime.check(MlxC.mlx_compile(runtime.result(), plain, MlxRuntime.TRUE));
            compiled = runtime.takeResult();
        } catch (RuntimeException e) {
            MlxC.mlx_closure_free(plain);
            throw e;
        }
    }

    long handle() {
        if (compiled == 0) {
            throw new IllegalStateException("This function of MLX's is closed");
        }
        return compiled;
    }

    /** Throws what the function itself has thrown, which comes back from MLX without its message. */
    void rethrow() {
        RuntimeException thrown = failure;
        failure = null;
        if (thrown != null) {
            throw thrown;
        }
    }

    @Override
    public void close() {
        if (compiled != 0) {
            MlxC.mlx_closure_free(compiled);
            MlxC.mlx_closure_free(plain);
            compiled = 0;
        }
    }
}
