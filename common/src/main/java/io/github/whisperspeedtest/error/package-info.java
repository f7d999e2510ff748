/** Every exception that this library throws on purpose, each with a {@link io.github.whisperspeedtest.error.ErrorKind}. */
@NullMarked
package io.github.whisperspeedtest.error;

import org.jspecify.annotations.NullMarked;
