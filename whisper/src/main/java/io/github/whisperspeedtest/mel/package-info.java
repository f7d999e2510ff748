/** The log-mel spectrogram, the input of Whisper's encoder. */
@NullMarked
package io.github.whisperspeedtest.mel;

import org.jspecify.annotations.NullMarked;
