/** Rules that hold for the main code of all modules; docs/architecture.md has the reasons. */
@NullMarked
package io.github.whisperspeedtest.architecture;

import org.jspecify.annotations.NullMarked;
