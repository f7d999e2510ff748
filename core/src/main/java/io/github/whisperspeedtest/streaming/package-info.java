/** Text while one speaks: audio in by blocks, partial and confirmed words out. */
@NullMarked
package io.github.whisperspeedtest.streaming;

import org.jspecify.annotations.NullMarked;
