/** Statistics of benchmark rounds: pure functions of times in seconds. */
@NullMarked
package io.github.whisperspeedtest.benchmark.statistics;

import org.jspecify.annotations.NullMarked;
