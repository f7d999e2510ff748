/** Atomic file writing, temporary files, and paths as users write them. */
@NullMarked
package io.github.whisperspeedtest.files;

import org.jspecify.annotations.NullMarked;
