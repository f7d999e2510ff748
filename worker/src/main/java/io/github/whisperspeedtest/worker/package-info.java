/** Transcription in child JVMs that keep their models: queues, pools, batches, memory, crashes. Knows nothing of HTTP. */
@NullMarked
package io.github.whisperspeedtest.worker;

import org.jspecify.annotations.NullMarked;
