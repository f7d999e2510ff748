package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

final class TxtWriter implements TranscriptWriter {
    @Override
    public void write(Transcription transcription, @Nullable RunDetails run, Writer target) throws IOException {
        for (Cue cue : Cue.of(transcription)) {
            target.write(cue.text() + "\n");
        }
    }
}
