/** Batch transcription on Apache Spark: many recordings, and long ones in pieces, over the executors of a cluster. */
@NullMarked
package io.github.whisperspeedtest.spark;

import org.jspecify.annotations.NullMarked;
