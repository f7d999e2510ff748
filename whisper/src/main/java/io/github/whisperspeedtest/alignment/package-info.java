/**
 * Word timestamps from the decoder's cross-attention.
 *
 * <p>Follows openai/whisper's {@code timing.py} on any {@link io.github.whisperspeedtest.network.WhisperNetwork}.
 */
@NullMarked
package io.github.whisperspeedtest.alignment;

import org.jspecify.annotations.NullMarked;
