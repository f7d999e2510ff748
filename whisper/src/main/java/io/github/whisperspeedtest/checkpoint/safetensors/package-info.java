/** Safetensors files, read and written. */
@NullMarked
package io.github.whisperspeedtest.checkpoint.safetensors;

import org.jspecify.annotations.NullMarked;
