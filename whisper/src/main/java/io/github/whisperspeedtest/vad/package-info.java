/** Voice activity detection: where in a recording somebody speaks, and transcribing those stretches alone. */
@NullMarked
package io.github.whisperspeedtest.vad;

import org.jspecify.annotations.NullMarked;
