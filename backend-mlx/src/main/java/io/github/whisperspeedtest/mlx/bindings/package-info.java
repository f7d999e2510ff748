/** What this backend calls of MLX, through its C interface mlx-c: arrays, operations on them, and where they are computed. */
@NullMarked
package io.github.whisperspeedtest.mlx.bindings;

import org.jspecify.annotations.NullMarked;
