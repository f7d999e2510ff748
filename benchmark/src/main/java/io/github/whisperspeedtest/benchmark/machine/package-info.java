/** The state of the machine during a benchmark: load, power, heat, limits and energy. */
@NullMarked
package io.github.whisperspeedtest.benchmark.machine;

import org.jspecify.annotations.NullMarked;
