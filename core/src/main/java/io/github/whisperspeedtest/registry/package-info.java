/** Finds the implementations on the class path, and records the problems of those that cannot be used. */
@NullMarked
package io.github.whisperspeedtest.registry;

import org.jspecify.annotations.NullMarked;
