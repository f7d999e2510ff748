/** Weights of a model, in memory or at a place in a file, and their types. */
@NullMarked
package io.github.whisperspeedtest.checkpoint.tensor;

import org.jspecify.annotations.NullMarked;
