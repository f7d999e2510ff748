/** Whisper models in CTranslate2's format, as used by faster-whisper. */
@NullMarked
package io.github.whisperspeedtest.faster;

import org.jspecify.annotations.NullMarked;
