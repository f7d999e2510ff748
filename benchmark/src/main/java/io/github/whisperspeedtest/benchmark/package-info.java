/** Benchmarks of implementations, and reports of the results. */
@NullMarked
package io.github.whisperspeedtest.benchmark;

import org.jspecify.annotations.NullMarked;
