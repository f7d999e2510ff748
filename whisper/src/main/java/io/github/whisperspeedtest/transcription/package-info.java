/** What is asked of a transcriber and what comes back, the same for every implementation. */
@NullMarked
package io.github.whisperspeedtest.transcription;

import org.jspecify.annotations.NullMarked;
