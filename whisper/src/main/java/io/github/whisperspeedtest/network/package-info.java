/** The contract between the decoding loop and an engine that computes the Whisper network. */
@NullMarked
package io.github.whisperspeedtest.network;

import org.jspecify.annotations.NullMarked;
