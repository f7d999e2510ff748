/** Arithmetic on arrays that Java has no function for. */
@NullMarked
package io.github.whisperspeedtest.numeric;

import org.jspecify.annotations.NullMarked;
