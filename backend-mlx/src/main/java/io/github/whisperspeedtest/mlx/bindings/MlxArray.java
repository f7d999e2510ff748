package io.github.whisperspeedtest.mlx.bindings;

/**
 * An MLX array, evaluated or pending.
 *
 * <p>Belongs to the {@link MlxGraph} that created it until the graph is closed or releases it with
 * {@link MlxGraph#keep}; after that it must be closed. Like all of MLX it is used only on MLX's thread, see
 * {@link MlxRuntime#call}.
 */
public final class MlxArray implements AutoCloseable {
    private long handle;

    MlxArray(long handle) {
        this.handle = handle;
    }

    long handle() {
        if (handle == 0) {
            throw new IllegalStateException("This MLX array is closed");
        }
        return handle;
    }

    /** Returns the size of one dimension; negative numbers count from the last. */
    public int size(int dimension) {
        return MlxC.mlx_array_dim(handle(), dimension);
    }

    /** Frees the memory. Idempotent. */
    @Override
    public void close() {
        if (handle != 0) {
            MlxC.mlx_array_free(handle);
            handle = 0;
        }
    }
}
