package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A file format for transcripts; field names and forms of times are those of OpenAI's program (source: openai/whisper,
 * {@code whisper/utils.py}).
 *
 * <p>Lines end in a line feed on every platform. A start before the beginning of the audio is written as 0, an end before
 * its start as that start. All but {@link #JSON} leave out segments without text and write a line break inside a segment as
 * a space.
 */
public enum TranscriptFormat {
    /** The text of each segment on a line of its own. */
    TXT(new TxtWriter()),
    /** SubRip subtitles. */
    SRT(new SrtWriter()),
    /** WebVTT subtitles; {@code &} and {@code <} are escaped as that format demands. */
    VTT(new VttWriter()),
    /** Start and end in whole milliseconds and the text, with a header line; a tab in the text becomes a space. */
    TSV(new TsvWriter()),
    /**
     * One object with {@code text}, {@code segments} and {@code language}; times are seconds, rounded to hundredths.
     *
     * <p>A field is left out where the engine does not tell its value: {@code seek} and {@code temperature} always, {@code
     * tokens} and {@code words} where no segment has any, {@code avg_logprob} and {@code no_speech_prob} where a segment has
     * none. {@code warnings}, which that program does not know, holds what a reader should know of the recording, and is left out
     * where there is nothing. {@code compression_ratio} is that of the segment's own text, where OpenAI's program takes the whole window's.
     */
    JSON(new JsonWriter());

    private final TranscriptWriter writer;

    TranscriptFormat(TranscriptWriter writer) {
        this.writer = writer;
    }

    /**
     * Returns the format of the given name.
     *
     * @param name such as {@code srt}; upper and lower case do not matter
     * @throws UnknownNameException if there is no such format; lists the known ones
     */
    public static TranscriptFormat parse(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        for (TranscriptFormat format : values()) {
            if (format.extension().equals(wanted)) {
                return format;
            }
        }
        throw new UnknownNameException("Unknown transcript format '" + name + "'. Use one of: "
                + Arrays.stream(values()).map(TranscriptFormat::extension).collect(Collectors.joining(", ")) + ".");
    }

    /** Returns what names of such files end in, without a dot; also the name that {@link #parse} takes. */
    public String extension() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Writes a transcript; neither flushes nor closes.
     *
     * @param transcription what to write
     * @param target where it goes; a file's must encode as UTF-8
     * @throws IOException if the target fails
     */
    public void write(Transcription transcription, Writer target) throws IOException {
        writer.write(transcription, target);
    }
}
