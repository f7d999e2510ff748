package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import java.util.function.UnaryOperator;

final class SrtWriter implements SubtitleWriter {
    @Override
    public void write(Transcription transcription, SubtitleOptions options, Writer target) throws IOException {
        int number = 1;
        for (Cue cue : SubtitleCues.of(transcription, options, UnaryOperator.identity())) {
            target.write(number + "\n" + cue.timeLine(true, ',') + "\n" + cue.textWithoutArrow() + "\n\n");
            number++;
        }
    }
}
