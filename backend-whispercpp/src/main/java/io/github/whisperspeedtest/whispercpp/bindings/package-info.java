/** The functions and structures of {@code whisper.h}. */
@NullMarked
package io.github.whisperspeedtest.whispercpp.bindings;

import org.jspecify.annotations.NullMarked;
