/** Silero VAD, the voice activity detector, on ONNX Runtime. */
@NullMarked
package io.github.whisperspeedtest.onnx.vad;

import org.jspecify.annotations.NullMarked;
