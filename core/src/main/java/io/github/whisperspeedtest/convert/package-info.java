/** Converts models between the formats of implementations. */
@NullMarked
package io.github.whisperspeedtest.convert;

import org.jspecify.annotations.NullMarked;
