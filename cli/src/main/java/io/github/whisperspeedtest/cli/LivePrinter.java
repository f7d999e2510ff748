package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.format.LiveFormat;
import io.github.whisperspeedtest.format.LiveTranscriptWriter;
import io.github.whisperspeedtest.format.SubtitleOptions;
import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingListener;
import io.github.whisperspeedtest.transcription.Word;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Prints live text: what is confirmed to standard output, and what may change to the last line of a terminal, dim.
 *
 * <p>In a pipe words come as soon as they are confirmed. On a terminal a line comes with the end of its utterance, because the words that
 * may change take its place until then.
 */
final class LivePrinter implements StreamingListener {
    private final Terminal terminal;
    private final boolean byLine;
    private final LiveTranscriptWriter writer;
    private String confirmed = "";

    /**
     * Creates the printer.
     *
     * @param format the format of standard output
     */
    LivePrinter(Terminal terminal, LiveFormat format, SubtitleOptions subtitles) {
        this.terminal = terminal;
        PrintWriter out = terminal.out();
        byLine = format == LiveFormat.TXT && terminal.outIsTerminal() && terminal.errIsTerminal();
        writer = new LiveTranscriptWriter(format, subtitles, out);
    }

    @Override
    public void onEvent(StreamingEvent event) {
        if (!byLine) {
            writer.onEvent(event);
        }
        if (event instanceof StreamingEvent.Confirmed words) {
            confirmed += text(words.words());
            terminal.status().showEnd(confirmed.strip(), "");
        } else if (event instanceof StreamingEvent.Partial words) {
            terminal.status().showEnd(confirmed.strip(), text(words.words()));
        } else if (event instanceof StreamingEvent.UtteranceEnd end) {
            confirmed = "";
            terminal.status().clear();
            if (byLine) {
                terminal.out().println(end.segment().text().strip());
                terminal.out().flush();
            }
        } else if (event instanceof StreamingEvent.Slow slow) {
            terminal.err()
                    .println("note: a hypothesis takes " + seconds(slow.decodeTime()) + ", so there is one after "
                            + seconds(slow.step()) + " of speech only");
        } else if (event instanceof StreamingEvent.Skipped skipped) {
            terminal.err()
                    .println("warning: what was said from " + seconds(skipped.from()) + " to " + seconds(skipped.to())
                            + " is not transcribed, because the model is slower than speech here. Choose a smaller one;"
                            + " run: whisper-speedtest recommend");
        }
    }

    private static String text(List<Word> words) {
        return words.stream().map(Word::text).collect(Collectors.joining());
    }

    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
}
