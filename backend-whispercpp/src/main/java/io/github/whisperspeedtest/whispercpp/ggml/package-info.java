/** Validates, reads and writes GGML model files. */
@NullMarked
package io.github.whisperspeedtest.whispercpp.ggml;

import org.jspecify.annotations.NullMarked;
