/** Options and results of transcription, the same for every implementation. */
@NullMarked
package io.github.whisperspeedtest.transcription;

import org.jspecify.annotations.NullMarked;
