/** The implementation {@code mlx}: mlx-community's Whisper models on Apple's MLX, and on ONNX Runtime where there is none. */
@NullMarked
package io.github.whisperspeedtest.mlx;

import org.jspecify.annotations.NullMarked;
