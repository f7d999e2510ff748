/** Environment variables and system properties as values, so that only one place reads those of the process. */
@NullMarked
package io.github.whisperspeedtest.settings;

import org.jspecify.annotations.NullMarked;
