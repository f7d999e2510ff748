package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A file format for transcripts. Field names and time formats are those of OpenAI's program (source: openai/whisper,
 * {@code whisper/utils.py}).
 *
 * <p>Lines end with a line feed on every platform. A start before the beginning of the audio is written as 0, and an end
 * before its start is written as the start. All formats except {@link #JSON} omit segments without text and write a line
 * break inside a segment as a space. {@link SubtitleOptions} divide subtitles into other cues and lines.
 */
public enum TranscriptFormat {
    /** Plain text, one line per segment. */
    TXT(new TxtWriter()),
    /** SubRip subtitles. */
    SRT(new SrtWriter()),
    /** WebVTT subtitles; {@code &} and {@code <} are escaped as the format requires. */
    VTT(new VttWriter()),
    /** Tab-separated start, end (in milliseconds) and text, with a header line. A tab in the text becomes a space. */
    TSV(new TsvWriter()),
    /**
     * One object with {@code text}, {@code segments} and {@code language}. Times are in seconds, rounded to hundredths.
     *
     * <p>A field is omitted if its value is unknown: {@code seek} and {@code temperature} always, {@code tokens} and
     * {@code words} if no segment has any, {@code avg_logprob} and {@code no_speech_prob} in segments without a value.
     * {@code warnings} contains warnings about the recording, and {@code run} what exactly made the transcript; OpenAI's program does not
     * have these fields, and they are omitted if there are none. {@code compression_ratio} is that of the segment's own text; OpenAI's program uses the text of
     * the whole window.
     */
    JSON(new JsonWriter());

    private final TranscriptWriter writer;

    TranscriptFormat(TranscriptWriter writer) {
        this.writer = writer;
    }

    /**
     * Returns the format of the given name.
     *
     * @param name such as {@code srt}; case-insensitive
     * @throws UnknownNameException if the format is unknown; the message lists the known ones
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

    /** Returns the file name extension without a dot, which is also the name that {@link #parse} accepts. */
    public String extension() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Writes a transcript. Neither flushes nor closes the target.
     *
     * @param transcription the transcript
     * @param target the writer; for a file, its charset must be UTF-8
     * @throws IOException if the target throws it
     */
    public void write(Transcription transcription, Writer target) throws IOException {
        writer.write(transcription, null, target);
    }

    /**
     * Writes a transcript with what exactly made it, which only {@link #JSON} contains. Neither flushes nor closes the target.
     *
     * @param transcription the transcript
     * @param run what exactly made it
     * @param target the writer; for a file, its charset must be UTF-8
     * @throws IOException if the target throws it
     */
    public void write(Transcription transcription, RunDetails run, Writer target) throws IOException {
        writer.write(transcription, run, target);
    }

    /** Returns whether the format is one of subtitles, to which {@link SubtitleOptions} apply. */
    public boolean isSubtitles() {
        return writer instanceof SubtitleWriter;
    }

    /**
     * Writes a transcript. Neither flushes nor closes the target.
     *
     * @param transcription the transcript
     * @param options how subtitles are divided into cues and lines; the other formats ignore them
     * @param target the writer; for a file, its charset must be UTF-8
     * @throws IOException if the target throws it
     */
    public void write(Transcription transcription, SubtitleOptions options, Writer target) throws IOException {
        if (writer instanceof SubtitleWriter subtitles) {
            subtitles.write(transcription, options, target);
        } else {
            writer.write(transcription, null, target);
        }
    }
}
