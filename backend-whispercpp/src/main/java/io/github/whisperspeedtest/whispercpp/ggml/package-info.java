/** GGML model files, inspected and written. */
@NullMarked
package io.github.whisperspeedtest.whispercpp.ggml;

import org.jspecify.annotations.NullMarked;
