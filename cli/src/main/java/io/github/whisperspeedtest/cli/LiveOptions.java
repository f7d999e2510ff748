package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.format.LiveFormat;
import io.github.whisperspeedtest.format.SubtitleOptions;
import io.github.whisperspeedtest.format.TranscriptFormat;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for a recording that is transcribed as if it were spoken now. */
final class LiveOptions {
    private static final String REAL_TIME = "1";
    private static final String MAXIMUM = "max";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--live",
            order = 8,
            description = "Transcribe one recording as if it were spoken now; formats txt, srt, vtt and jsonl.")
    private boolean live;

    @Option(
            names = "--speed",
            order = 9,
            paramLabel = "SPEED",
            description =
                    "With --live, 1 is the speed of time; max does not wait but reports the same times (default: 1).")
    private @Nullable String speed;

    @Option(
            names = "--latency",
            order = 10,
            paramLabel = "SECONDS",
            description = "With --live, intended time from a word to its confirmation, 0.5 to 20 s (default: 2).")
    private @Nullable Double latency;

    LiveOptions() {}

    /**
     * Returns whether the recording is live.
     *
     * @throws ParameterException if the other options are used without {@code --live}, or the speed is unknown
     */
    boolean isLive() {
        if (!live && (speed != null || latency != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    (speed != null ? "--speed" : "--latency") + " applies to --live only; add --live");
        }
        if (speed != null && !List.of(REAL_TIME, MAXIMUM).contains(speed)) {
            throw new ParameterException(spec.commandLine(), "--speed must be 1 or max, but is '" + speed + "'");
        }
        return live;
    }

    boolean isSimulated() {
        return MAXIMUM.equals(speed);
    }

    /**
     * Returns the options of the stream.
     *
     * @throws ParameterException if they do not fit live audio
     */
    StreamingOptions streamingOptions(TranscribeOptions transcribe) {
        return streamingOptions(spec, transcribe, latency);
    }

    /** Returns the options of a stream with a latency in seconds, null for the default. */
    static StreamingOptions streamingOptions(
            CommandSpec command, TranscribeOptions transcribe, @Nullable Double latency) {
        try {
            StreamingOptions options = StreamingOptions.defaults().withTranscribe(transcribe);
            return latency == null ? options : options.withLatency(Duration.ofMillis(Math.round(latency * 1000)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Returns the formats of live text.
     *
     * @throws ParameterException if there are several without a directory for them
     */
    static Set<LiveFormat> formats(CommandSpec command, List<String> names, @Nullable Path directory) {
        Set<LiveFormat> formats = new LinkedHashSet<>();
        names.forEach(name -> formats.add(LiveFormat.parse(name)));
        if (directory == null && formats.size() > 1) {
            throw new ParameterException(command.commandLine(), "-o DIR is required for several formats");
        }
        return formats;
    }

    /** Returns the layout of the subtitles among the formats. */
    static SubtitleOptions cues(SubtitleLayoutOptions layout, Set<LiveFormat> formats) {
        return layout.subtitleOptions(formats.stream()
                .filter(LiveFormat::isSubtitles)
                .map(format -> TranscriptFormat.parse(format.extension()))
                .toList());
    }
}
