/** GGML models on whisper.cpp, in process, through the native libraries that whisper-jni ships. */
@NullMarked
package io.github.whisperspeedtest.whispercpp;

import org.jspecify.annotations.NullMarked;
