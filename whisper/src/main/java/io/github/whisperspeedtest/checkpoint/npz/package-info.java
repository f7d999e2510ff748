/** NumPy's npz archives, read as data. */
@NullMarked
package io.github.whisperspeedtest.checkpoint.npz;

import org.jspecify.annotations.NullMarked;
