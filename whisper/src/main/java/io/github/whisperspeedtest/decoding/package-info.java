/**
 * From log-mel windows to text: the rules for the next token, the searches for the best sequence, and the loop over
 * long audio; all of it exposed through {@link io.github.whisperspeedtest.decoding.NetworkTranscriber}.
 *
 * <p>Follows openai/whisper's {@code decoding.py} and {@code transcribe.py} on any
 * {@link io.github.whisperspeedtest.network.WhisperNetwork}.
 */
@NullMarked
package io.github.whisperspeedtest.decoding;

import org.jspecify.annotations.NullMarked;
