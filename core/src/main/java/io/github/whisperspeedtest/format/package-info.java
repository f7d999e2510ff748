/** Writes transcripts in the file formats of OpenAI's program. */
@NullMarked
package io.github.whisperspeedtest.format;

import org.jspecify.annotations.NullMarked;
