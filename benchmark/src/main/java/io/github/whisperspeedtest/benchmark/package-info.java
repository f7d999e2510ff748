/** Measuring implementations side by side, and reports of what was measured. */
@NullMarked
package io.github.whisperspeedtest.benchmark;

import org.jspecify.annotations.NullMarked;
