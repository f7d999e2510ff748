/** The command line: reads options, asks core, prints; it knows no backend. */
@NullMarked
package io.github.whisperspeedtest.cli;

import org.jspecify.annotations.NullMarked;
