/** Reading audio of any common kind as 16 kHz mono, the one form that Whisper hears. */
@NullMarked
package io.github.whisperspeedtest.audio;

import org.jspecify.annotations.NullMarked;
