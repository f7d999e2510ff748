/** CTranslate2's models of Whisper, as faster-whisper uses them. */
@NullMarked
package io.github.whisperspeedtest.faster;

import org.jspecify.annotations.NullMarked;
