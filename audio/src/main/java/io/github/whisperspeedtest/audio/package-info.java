/** Reads audio files of all common formats as 16 kHz mono. */
@NullMarked
package io.github.whisperspeedtest.audio;

import org.jspecify.annotations.NullMarked;
