/** Models of openai/whisper-* on ONNX Runtime, the encoder on Apple's CoreML where there is one. */
@NullMarked
package io.github.whisperspeedtest.coreml;

import org.jspecify.annotations.NullMarked;
