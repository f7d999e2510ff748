/** Zip archives of model weights, read in place, for formats that use such archives. */
@NullMarked
package io.github.whisperspeedtest.checkpoint.zip;

import org.jspecify.annotations.NullMarked;
