/**
 * The contract of a backend: one {@link io.github.whisperspeedtest.spi.Implementation} per jar, named in {@code
 * META-INF/services}, and the {@link io.github.whisperspeedtest.transcription.Transcriber} that it opens.
 */
@NullMarked
package io.github.whisperspeedtest.spi;

import org.jspecify.annotations.NullMarked;
