/** Models of openai/whisper-* on PyTorch, long recordings in batches of overlapping chunks. */
@NullMarked
package io.github.whisperspeedtest.insanely;

import org.jspecify.annotations.NullMarked;
