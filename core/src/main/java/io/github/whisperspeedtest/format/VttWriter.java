package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

final class VttWriter implements TranscriptWriter {
    @Override
    public void write(Transcription transcription, @Nullable RunDetails run, Writer target) throws IOException {
        target.write("WEBVTT\n\n");
        for (Cue cue : Cue.of(transcription)) {
            target.write(cue.timeLine(false, '.') + "\n" + escape(cue.textWithoutArrow()) + "\n\n");
        }
    }

    /** Escapes what a player would read as a tag or a character reference. Source: W3C WebVTT, "cue text span". */
    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
