/** The Whisper network as an engine computes it: only the contract between the decoding loop and an engine. */
@NullMarked
package io.github.whisperspeedtest.network;

import org.jspecify.annotations.NullMarked;
