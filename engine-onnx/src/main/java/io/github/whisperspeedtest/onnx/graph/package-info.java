/** Builds the Whisper network as ONNX graphs in memory from a checkpoint. */
@NullMarked
package io.github.whisperspeedtest.onnx.graph;

import org.jspecify.annotations.NullMarked;
