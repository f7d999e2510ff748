/** Calls into native engines that a JVM must not end under, and work that takes long. */
@NullMarked
package io.github.whisperspeedtest.lifecycle;

import org.jspecify.annotations.NullMarked;
