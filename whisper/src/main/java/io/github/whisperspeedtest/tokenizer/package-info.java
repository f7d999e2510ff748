/** Byte-level BPE tokenization with Whisper's special tokens. */
@NullMarked
package io.github.whisperspeedtest.tokenizer;

import org.jspecify.annotations.NullMarked;
