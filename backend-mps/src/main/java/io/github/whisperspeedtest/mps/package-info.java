/** OpenAI's own checkpoints of Whisper, as its program and whisper-mps use them. */
@NullMarked
package io.github.whisperspeedtest.mps;

import org.jspecify.annotations.NullMarked;
