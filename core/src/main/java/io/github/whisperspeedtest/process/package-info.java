/**
 * Runs tasks in child JVMs: native code that crashes, hangs or exhausts memory becomes a result and does not end the program.
 *
 * <p>Parent and child talk over a loopback socket; the standard streams of the child belong to the native code in it.
 */
@NullMarked
package io.github.whisperspeedtest.process;

import org.jspecify.annotations.NullMarked;
