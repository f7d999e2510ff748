/**
 * Whisper models in memory, independent of their file format: dimensions, tensors and tokenizer. Also contains the
 * embedded demo model.
 */
@NullMarked
package io.github.whisperspeedtest.checkpoint;

import org.jspecify.annotations.NullMarked;
