/**
 * Runs a task in a JVM of its own, so that native code that crashes, hangs or eats the memory becomes a value and not
 * the end.
 *
 * <p>Parent and child talk over a loopback socket; the standard streams of the child belong to the native code in it.
 */
@NullMarked
package io.github.whisperspeedtest.process;

import org.jspecify.annotations.NullMarked;
