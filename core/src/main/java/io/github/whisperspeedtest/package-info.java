/** Whisper Speedtest as a library. Start with {@link io.github.whisperspeedtest.WhisperSpeedtest}. */
@NullMarked
package io.github.whisperspeedtest;

import org.jspecify.annotations.NullMarked;
