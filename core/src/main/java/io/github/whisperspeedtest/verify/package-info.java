/**
 * Checks models on disk by loading them.
 *
 * <p>Each place is checked separately, in a child JVM that may crash, with the same
 * {@link io.github.whisperspeedtest.spi.Implementation#load} that the benchmark calls. Nothing here downloads models or
 * changes a model cache.
 */
@NullMarked
package io.github.whisperspeedtest.verify;

import org.jspecify.annotations.NullMarked;
