/** Zip archives that hold a model's weights, read where they lie; for the readers of the formats that are such archives. */
@NullMarked
package io.github.whisperspeedtest.checkpoint.zip;

import org.jspecify.annotations.NullMarked;
