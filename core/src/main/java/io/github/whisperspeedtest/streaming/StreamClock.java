package io.github.whisperspeedtest.streaming;

import java.time.Duration;

/** The time of a stream. */
interface StreamClock {
    /** Returns the length of the audio that has been spoken by now. */
    Duration now();

    /** Runs work and returns how long it took in the time of the stream. */
    Duration time(Runnable work);
}
