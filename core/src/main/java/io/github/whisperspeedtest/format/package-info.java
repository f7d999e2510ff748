/** Transcripts as files, in the formats of OpenAI's program. */
@NullMarked
package io.github.whisperspeedtest.format;

import org.jspecify.annotations.NullMarked;
