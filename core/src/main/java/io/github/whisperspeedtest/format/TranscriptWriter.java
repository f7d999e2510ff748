package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;

/** Writes transcripts in one format. */
interface TranscriptWriter {
    void write(Transcription transcription, Writer target) throws IOException;
}
