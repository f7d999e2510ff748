/** The Whisper network on MLX. */
@NullMarked
package io.github.whisperspeedtest.mlx.network;

import org.jspecify.annotations.NullMarked;
