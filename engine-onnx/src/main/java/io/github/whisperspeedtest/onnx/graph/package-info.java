/** The Whisper network as ONNX graphs, built in memory from a checkpoint. */
@NullMarked
package io.github.whisperspeedtest.onnx.graph;

import org.jspecify.annotations.NullMarked;
