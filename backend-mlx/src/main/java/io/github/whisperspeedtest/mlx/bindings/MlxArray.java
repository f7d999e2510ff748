package io.github.whisperspeedtest.mlx.bindings;

/**
 * An array of MLX's, computed or yet to be computed.
 *
 * <p>Belongs to the {@link MlxGraph} that made it until that is closed or gives it away with {@link MlxGraph#keep}; after that it must be
 * closed. Like all of MLX it is used on MLX's thread only, see {@link MlxRuntime#call}.
 */
public final class MlxArray implements AutoCloseable {
    private long handle;

    MlxArray(long handle) {
        this.handle = handle;
    }

    long handle() {
        if (handle == 0) {
            throw new IllegalStateException("This array of MLX's is closed");
        }
        return handle;
    }

    /** Returns the size of one dimension; negative numbers count from the last. */
    public int size(int dimension) {
        return MlxC.mlx_array_dim(handle(), dimension);
    }

    /** Gives the memory back; does nothing the second time. */
    @Override
    public void close() {
        if (handle != 0) {
            MlxC.mlx_array_free(handle);
            handle = 0;
        }
    }
}
