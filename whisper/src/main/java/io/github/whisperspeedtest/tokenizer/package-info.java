/** Text to tokens and back: byte-level BPE with Whisper's special tokens. */
@NullMarked
package io.github.whisperspeedtest.tokenizer;

import org.jspecify.annotations.NullMarked;
