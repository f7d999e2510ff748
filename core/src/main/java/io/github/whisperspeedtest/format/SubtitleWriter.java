package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** Writes transcripts in a format of subtitles. */
interface SubtitleWriter extends TranscriptWriter {
    void write(Transcription transcription, SubtitleOptions options, Writer target) throws IOException;

    @Override
    default void write(Transcription transcription, @Nullable RunDetails run, Writer target) throws IOException {
        write(transcription, SubtitleOptions.none(), target);
    }
}
