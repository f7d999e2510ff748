/** How close a transcript comes to what was said. */
@NullMarked
package io.github.whisperspeedtest.evaluation;

import org.jspecify.annotations.NullMarked;
