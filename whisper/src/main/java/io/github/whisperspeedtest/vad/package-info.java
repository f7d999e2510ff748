/** Voice activity detection, and filtering of recordings to their speech. */
@NullMarked
package io.github.whisperspeedtest.vad;

import org.jspecify.annotations.NullMarked;
