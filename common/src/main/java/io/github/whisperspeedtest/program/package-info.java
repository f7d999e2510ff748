/** Programs of the user's machine: where they are, and runs of them. */
@NullMarked
package io.github.whisperspeedtest.program;

import org.jspecify.annotations.NullMarked;
