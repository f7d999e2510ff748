/** The Whisper network as ONNX graphs, built in memory from a checkpoint and run by ONNX Runtime. */
@NullMarked
package io.github.whisperspeedtest.onnx;

import org.jspecify.annotations.NullMarked;
