/** Whisper Speedtest as a library: {@link io.github.whisperspeedtest.WhisperSpeedtest} is where to start. */
@NullMarked
package io.github.whisperspeedtest;

import org.jspecify.annotations.NullMarked;
