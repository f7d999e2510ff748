package io.github.whisperspeedtest.mlx.bindings;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A compiled MLX function of one array, whose element-wise operations become one kernel.
 *
 * <p>On a GPU, MLX compiles with the driver; on a CPU it starts the system's C++ compiler.
 */
public final class MlxFunction implements AutoCloseable {
    /** MLX calls this whenever it meets a type or a number of dimensions for the first time. */
    private final MlxC.UnaryFunction callback;

    /** Not the runtime's cell for results, which what runs inside the call uses. */
    private final Memory results = new Memory(Long.BYTES);

    private final MlxRuntime runtime;
    private final long plain;
    private long compiled;
    private @Nullable Throwable failure;

    MlxFunction(MlxRuntime runtime, MlxDevice device, BiFunction<MlxGraph, MlxArray, MlxArray> body) {
        this.runtime = runtime;
        callback = (result, array) -> {
            try (MlxGraph graph = new MlxGraph(runtime, device)) {
                MlxArray made = body.apply(graph, new MlxArray(array));
                return MlxC.mlx_array_set(result, made.handle());
            } catch (RuntimeException | Error e) {
                // Exceptions must not pass through native frames.
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

    /** Applies it to a vector of one array and returns a vector of the result, for the caller to free. */
    long apply(long arguments) {
        if (compiled == 0) {
            throw new IllegalStateException("This MLX function is closed");
        }
        results.setLong(0, 0);
        int status = MlxC.mlx_closure_apply(Pointer.nativeValue(results), compiled, arguments);
        Throwable thrown = failure;
        failure = null;
        if (thrown != null) {
            // MLX passes on that there was a failure, but not which.
            runtime.forgetError();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
        runtime.check(status);
        return results.getLong(0);
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
