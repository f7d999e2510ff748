/**
 * Checks models on disk by what counts: whether they load.
 *
 * <p>Each place is checked from itself, by the same {@link io.github.whisperspeedtest.spi.Implementation#load} that the
 * benchmark calls, in a JVM that may die of it. Nothing here writes to a model cache, deletes from it or downloads.
 */
@NullMarked
package io.github.whisperspeedtest.verify;

import org.jspecify.annotations.NullMarked;
