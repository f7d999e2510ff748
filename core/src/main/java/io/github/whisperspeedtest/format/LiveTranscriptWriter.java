package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingListener;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;

/**
 * Writes the events of a stream as they come, and flushes after each of them.
 *
 * <p>Failures to write are thrown as {@link UncheckedIOException}, which ends the stream.
 */
public final class LiveTranscriptWriter implements StreamingListener {
    /** Two lines of the length that style guides for subtitles recommend. */
    private static final SubtitleOptions TWO_LINES = new SubtitleOptions(42, 2, null, false);

    private final LiveFormat format;
    private final SubtitleOptions options;
    private final Writer target;
    private boolean lineIsOpen;
    private int cues;

    /**
     * Creates the writer and writes what a file begins with.
     *
     * @param options how subtitles are divided; none for two lines of 42 characters
     * @param target for a file, its charset must be UTF-8; the caller closes it
     */
    public LiveTranscriptWriter(LiveFormat format, SubtitleOptions options, Writer target) {
        this.format = format;
        this.options = options.areSet() ? options : TWO_LINES;
        this.target = target;
        if (format == LiveFormat.VTT) {
            write(VttWriter.HEADER);
        }
    }

    @Override
    public void onEvent(StreamingEvent event) {
        if (format == LiveFormat.JSONL) {
            write(LiveJson.line(event));
        } else if (format == LiveFormat.TXT) {
            writeText(event);
        } else if (event instanceof StreamingEvent.UtteranceEnd end) {
            writeCues(end.segment());
        }
    }

    private void writeText(StreamingEvent event) {
        if (event instanceof StreamingEvent.Confirmed confirmed) {
            for (Word word : confirmed.words()) {
                String text = Cue.withoutLineBreaks(word.text());
                write(lineIsOpen ? text : text.stripLeading());
                lineIsOpen = true;
            }
        } else if (event instanceof StreamingEvent.UtteranceEnd) {
            write("\n");
            lineIsOpen = false;
        }
    }

    private void writeCues(Segment segment) {
        Transcription utterance =
                new Transcription("", null, segment.end(), List.of(segment), Timings.ofTotal(Duration.ZERO));
        try {
            if (format == LiveFormat.SRT) {
                cues = SrtWriter.writeCues(utterance, options, cues, target);
            } else {
                VttWriter.writeCues(utterance, options, target);
            }
            target.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String text) {
        try {
            target.write(text);
            target.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
