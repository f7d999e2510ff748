package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;

final class SrtWriter implements TranscriptWriter {
    @Override
    public void write(Transcription transcription, Writer target) throws IOException {
        int number = 1;
        for (Cue cue : Cue.of(transcription)) {
            target.write(number + "\n" + cue.timeLine(true, ',') + "\n" + cue.textWithoutArrow() + "\n\n");
            number++;
        }
    }
}
