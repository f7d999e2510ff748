/** OpenAI's transcription API, live captions over a WebSocket, and a page for people, on Jetty. */
@NullMarked
package io.github.whisperspeedtest.server;

import org.jspecify.annotations.NullMarked;
