package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

final class SrtWriter implements TranscriptWriter {
    @Override
    public void write(Transcription transcription, @Nullable RunDetails run, Writer target) throws IOException {
        int number = 1;
        for (Cue cue : Cue.of(transcription)) {
            target.write(number + "\n" + cue.timeLine(true, ',') + "\n" + cue.textWithoutArrow() + "\n\n");
            number++;
        }
    }
}
