package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

final class TsvWriter implements TranscriptWriter {
    @Override
    public void write(Transcription transcription, @Nullable RunDetails run, Writer target) throws IOException {
        target.write("start\tend\ttext\n");
        for (Cue cue : Cue.of(transcription)) {
            target.write(cue.startMillis() + "\t" + cue.endMillis() + "\t"
                    + cue.text().replace('\t', ' ') + "\n");
        }
    }
}
