/** OpenAI's models on ONNX Runtime, with the encoder on Apple's CoreML if available. */
@NullMarked
package io.github.whisperspeedtest.coreml;

import org.jspecify.annotations.NullMarked;
