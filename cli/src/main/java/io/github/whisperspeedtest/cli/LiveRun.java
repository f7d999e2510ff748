package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.format.FallbackText;
import io.github.whisperspeedtest.format.LiveFormat;
import io.github.whisperspeedtest.format.LiveTranscriptWriter;
import io.github.whisperspeedtest.format.SubtitleOptions;
import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingListener;
import io.github.whisperspeedtest.streaming.StreamingModel;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.streaming.StreamingTranscriber;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Prints the text of one live recording, writes its files as it goes, and reports how fast the text came. */
final class LiveRun {
    private static final int BLOCK = Audio.SAMPLE_RATE / 10;

    private final Terminal terminal;
    private final Set<LiveFormat> formats;
    private final SubtitleOptions subtitles;
    private final @Nullable Path directory;
    private final String name;

    /**
     * Prepares the output.
     *
     * @param formats one, which standard output gets; or those of the files in the directory, and standard output gets text
     * @param directory an existing directory for the files, null for none
     * @param name of the files, without an extension
     */
    LiveRun(
            Terminal terminal,
            Set<LiveFormat> formats,
            SubtitleOptions subtitles,
            @Nullable Path directory,
            String name) {
        this.terminal = terminal;
        this.formats = formats;
        this.subtitles = subtitles;
        this.directory = directory;
        this.name = name;
    }

    /** Transcribes a recording as if it were spoken now: at the speed of time, or on a simulated clock. */
    void transcribe(String label, Audio audio, StreamingModel model, StreamingOptions options, boolean isSimulated) {
        run(
                label,
                model,
                listener -> isSimulated
                        ? model.simulate(audio, options, listener, UnaryOperator.identity())
                        : play(audio, model, options, listener));
    }

    private static StreamingSummary play(
            Audio audio, StreamingModel model, StreamingOptions options, StreamingListener listener) {
        try (StreamingTranscriber stream = model.start(options, listener)) {
            float[] block = new float[BLOCK];
            long start = System.nanoTime();
            long position = 0;
            while (position < audio.sampleCount() && !stream.hasEnded()) {
                int length = audio.read(position, block, 0, block.length);
                position += length;
                long due = start + position * 1_000_000_000L / Audio.SAMPLE_RATE;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                stream.append(block, 0, length);
            }
            return stream.finish();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("The live transcription of " + audio.name() + " was interrupted.", e);
        }
    }

    /**
     * Runs a stream.
     *
     * @param stream given the listener, returns when all its events are delivered
     */
    void run(String label, StreamingModel model, Function<StreamingListener, StreamingSummary> stream) {
        model.notes().forEach(note -> terminal.err().println("note: " + note));
        terminal.onInterrupt(() -> "interrupted; the confirmed text is kept");
        List<LiveFile> files = new ArrayList<>();
        try {
            if (directory != null) {
                for (LiveFormat format : formats) {
                    files.add(new LiveFile(directory.resolve(name + "." + format.extension()), format, subtitles));
                }
            }
            LivePrinter printer = new LivePrinter(
                    terminal, directory == null ? formats.iterator().next() : LiveFormat.TXT, subtitles);
            StreamingSummary summary = stream.apply(event -> {
                files.forEach(file -> file.onEvent(event));
                printer.onEvent(event);
            });
            terminal.status().clear();
            files.forEach(file -> terminal.err().println("wrote " + file.path));
            report(label, model.transcriber(), summary);
        } finally {
            terminal.status().clear();
            files.forEach(LiveFile::close);
        }
    }

    private void report(String label, Transcriber transcriber, StreamingSummary summary) {
        String language = summary.language();
        Duration median = summary.medianLatency();
        Duration latency95 = summary.latency95();
        terminal.err()
                .println(String.format(
                        Locale.ROOT,
                        "%s: %.1f s%s live, %d words in %d utterances%s, real-time factor %.2f, %s, %s",
                        label,
                        summary.audio().toMillis() / 1e3,
                        language == null ? "" : " of " + language,
                        summary.words(),
                        summary.utterances(),
                        median == null || latency95 == null
                                ? ""
                                : ", confirmed " + LivePrinter.seconds(median) + " after the word (median; 95 % within "
                                        + LivePrinter.seconds(latency95) + ")",
                        summary.realTimeFactor(),
                        transcriber.parameters().runtime(),
                        FallbackText.of(transcriber.parameters())));
        if (!summary.skipped().isZero()) {
            terminal.err().println("warning: " + LivePrinter.seconds(summary.skipped()) + " were not transcribed");
        }
    }

    /** A file that grows. Interrupts of the thread do not close it, so the confirmed text arrives after Ctrl-C. */
    private static final class LiveFile implements StreamingListener, AutoCloseable {
        private final Path path;
        private final Writer writer;
        private final LiveTranscriptWriter events;

        LiveFile(Path path, LiveFormat format, SubtitleOptions subtitles) {
            this.path = path;
            try {
                writer = new OutputStreamWriter(new FileOutputStream(path.toFile()), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new WhisperSpeedtestException(
                        Files.isDirectory(path) ? ErrorKind.USER : ErrorKind.ENVIRONMENT,
                        "Cannot write " + path + ": "
                                + (Files.isDirectory(path) ? "there is a directory of that name" : DiskErrors.reason(e))
                                + ". Choose another directory with -o.",
                        e);
            }
            events = writing(() -> new LiveTranscriptWriter(format, subtitles, writer));
        }

        @Override
        public void onEvent(StreamingEvent event) {
            writing(() -> {
                events.onEvent(event);
                return event;
            });
        }

        private <T> T writing(Supplier<T> work) {
            try {
                return work.get();
            } catch (UncheckedIOException e) {
                throw new WhisperSpeedtestException(
                        ErrorKind.ENVIRONMENT,
                        "Cannot write " + path + ": " + DiskErrors.reason(e.getCause())
                                + ". Free disk space there, or choose another directory with -o.",
                        e);
            }
        }

        @Override
        public void close() {
            try {
                writer.close();
            } catch (IOException e) {
                // Every event was flushed, so nothing is lost.
            }
        }
    }
}
