/**
 * The implementation {@code mlx}: mlx-community's Whisper models on Apple's MLX, or on ONNX Runtime where MLX is not
 * available.
 */
@NullMarked
package io.github.whisperspeedtest.mlx;

import org.jspecify.annotations.NullMarked;
