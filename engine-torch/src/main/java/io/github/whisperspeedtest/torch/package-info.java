/** The Whisper network as a TorchScript program, run by PyTorch through DJL. */
@NullMarked
package io.github.whisperspeedtest.torch;

import org.jspecify.annotations.NullMarked;
