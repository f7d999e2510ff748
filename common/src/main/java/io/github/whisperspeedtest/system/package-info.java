/** The operating system and the hardware of this machine, as far as native libraries and defaults depend on them. */
@NullMarked
package io.github.whisperspeedtest.system;

import org.jspecify.annotations.NullMarked;
