/**
 * When each word is said: the decoder's attention to the audio, aligned with its tokens.
 *
 * <p>Follows openai/whisper's {@code timing.py} on any {@link io.github.whisperspeedtest.network.WhisperNetwork}.
 */
@NullMarked
package io.github.whisperspeedtest.alignment;

import org.jspecify.annotations.NullMarked;
