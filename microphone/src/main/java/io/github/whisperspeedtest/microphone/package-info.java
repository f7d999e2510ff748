/** Recording from microphones. */
@NullMarked
package io.github.whisperspeedtest.microphone;

import org.jspecify.annotations.NullMarked;
