/**
 * Runs tasks in child JVMs. Native code that crashes, hangs or exhausts memory produces a result and does not end the program.
 *
 * <p>Parent and child communicate over a loopback socket, because native code in the child uses its standard streams.
 */
@NullMarked
package io.github.whisperspeedtest.process;

import org.jspecify.annotations.NullMarked;
