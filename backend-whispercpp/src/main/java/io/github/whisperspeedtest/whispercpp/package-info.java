/** GGML models on whisper.cpp: the file format, and the backend that runs it. */
@NullMarked
package io.github.whisperspeedtest.whispercpp;

import org.jspecify.annotations.NullMarked;
