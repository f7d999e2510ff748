/** Sets of recordings with their transcripts, read from the layouts in which they are published, and samples of them. */
@NullMarked
package io.github.whisperspeedtest.dataset;

import org.jspecify.annotations.NullMarked;
