/** The exceptions of this library, each with an {@link io.github.whisperspeedtest.error.ErrorKind}. */
@NullMarked
package io.github.whisperspeedtest.error;

import org.jspecify.annotations.NullMarked;
