/** Statistics of benchmark rounds: pure functions of times in seconds, the same for the same seed. */
@NullMarked
package io.github.whisperspeedtest.benchmark.statistics;

import org.jspecify.annotations.NullMarked;
