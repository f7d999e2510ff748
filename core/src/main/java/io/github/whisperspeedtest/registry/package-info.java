/** Finds the implementations on the class path, and keeps what is wrong with those that cannot be used. */
@NullMarked
package io.github.whisperspeedtest.registry;

import org.jspecify.annotations.NullMarked;
