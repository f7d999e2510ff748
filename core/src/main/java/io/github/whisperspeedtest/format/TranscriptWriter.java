package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** Writes transcripts in one format. */
interface TranscriptWriter {
    void write(Transcription transcription, @Nullable RunDetails run, Writer target) throws IOException;
}
