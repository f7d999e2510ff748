package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.transcription.Segment;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/** Transcribes one recording of any length. */
interface TranscriptionLoop {
    /**
     * Runs the transcription. Must be called only once.
     *
     * @param onSegment receives each segment, in order of time
     * @param onProgress receives the processed fraction of the recording
     * @return the language of the recording
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    SpokenLanguage run(Consumer<Segment> onSegment, DoubleConsumer onProgress);
}
