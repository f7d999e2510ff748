package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;

final class VttWriter implements SubtitleWriter {
    static final String HEADER = "WEBVTT\n\n";

    @Override
    public void write(Transcription transcription, SubtitleOptions options, Writer target) throws IOException {
        target.write(HEADER);
        writeCues(transcription, options, target);
    }

    static void writeCues(Transcription transcription, SubtitleOptions options, Writer target) throws IOException {
        for (Cue cue : SubtitleCues.of(transcription, options, VttWriter::escape)) {
            target.write(cue.timeLine(false, '.') + "\n" + cue.textWithoutArrow() + "\n\n");
        }
    }

    /** Escapes what a player would read as a tag or a character reference. Source: W3C WebVTT, "cue text span". */
    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
