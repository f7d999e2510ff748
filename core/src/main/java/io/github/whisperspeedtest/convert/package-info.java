/** Turning a model of one format into one of another, for the implementation that wants it. */
@NullMarked
package io.github.whisperspeedtest.convert;

import org.jspecify.annotations.NullMarked;
