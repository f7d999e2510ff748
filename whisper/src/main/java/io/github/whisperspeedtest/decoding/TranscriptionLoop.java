package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.transcription.Segment;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/** Transcribes one recording of any length. */
interface TranscriptionLoop {
    /**
     * Runs the transcription; to be called once.
     *
     * @param onSegment gets each segment, in order of time
     * @param onProgress gets the part of the recording that is done, whenever more of it is
     * @return the language of the recording
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    SpokenLanguage run(Consumer<Segment> onSegment, DoubleConsumer onProgress);
}
