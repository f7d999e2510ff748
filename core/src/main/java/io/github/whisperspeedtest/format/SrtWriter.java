package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import java.util.function.UnaryOperator;

final class SrtWriter implements SubtitleWriter {
    @Override
    public void write(Transcription transcription, SubtitleOptions options, Writer target) throws IOException {
        writeCues(transcription, options, 0, target);
    }

    /**
     * Writes cues after others.
     *
     * @param before the number of the last cue, 0 if there is none
     * @return the number of the last cue now
     */
    static int writeCues(Transcription transcription, SubtitleOptions options, int before, Writer target)
            throws IOException {
        int number = before;
        for (Cue cue : SubtitleCues.of(transcription, options, UnaryOperator.identity())) {
            number++;
            target.write(number + "\n" + cue.timeLine(true, ',') + "\n" + cue.textWithoutArrow() + "\n\n");
        }
        return number;
    }
}
