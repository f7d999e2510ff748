/** One Whisper model in memory, whichever format it came from: dimensions, tensors, tokenizer; and the embedded demo model. */
@NullMarked
package io.github.whisperspeedtest.checkpoint;

import org.jspecify.annotations.NullMarked;
