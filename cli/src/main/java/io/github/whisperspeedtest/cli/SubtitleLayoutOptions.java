package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.format.SubtitleOptions;
import io.github.whisperspeedtest.format.TranscriptFormat;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lines and cues of subtitles. Each of these options turns word timestamps on. */
final class SubtitleLayoutOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = "--max-line-width",
            order = 3,
            paramLabel = "N",
            description = "srt and vtt: break lines after at most N characters. Implies --timestamps word.")
    private @Nullable Integer maxLineWidth;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = "--max-line-count",
            order = 4,
            paramLabel = "N",
            description = "srt and vtt, with --max-line-width: fill subtitles of N lines across segments.")
    private @Nullable Integer maxLineCount;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = "--max-words-per-line",
            order = 5,
            paramLabel = "N",
            description = "srt and vtt: subtitles of one line with at most N words. Implies --timestamps word.")
    private @Nullable Integer maxWordsPerLine;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = "--highlight-words",
            order = 6,
            description = "srt and vtt: underline each word as it is spoken. Implies --timestamps word.")
    private boolean highlightWords;

    SubtitleLayoutOptions() {}

    /**
     * Returns the options for the formats.
     *
     * @throws ParameterException if a value is invalid, or no format is one of subtitles
     */
    SubtitleOptions subtitleOptions(Collection<TranscriptFormat> formats) {
        SubtitleOptions options;
        try {
            options = new SubtitleOptions(maxLineWidth, maxLineCount, maxWordsPerLine, highlightWords);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), inOptionNames(String.valueOf(e.getMessage())), e);
        }
        if (options.areSet() && formats.stream().noneMatch(TranscriptFormat::isSubtitles)) {
            throw new ParameterException(spec.commandLine(), first() + " applies to srt and vtt only; add -f srt");
        }
        return options;
    }

    /**
     * Returns transcription options with word timestamps if the subtitles need them.
     *
     * @throws ParameterException if the user asked for other timestamps
     */
    TranscribeOptions withWords(TranscribeOptions options, SubtitleOptions subtitles) {
        if (!subtitles.areSet() || options.timestamps() == Timestamps.WORD) {
            return options;
        }
        if (spec.commandLine().getParseResult().hasMatchedOption("--timestamps")) {
            throw new ParameterException(
                    spec.commandLine(),
                    first() + " needs word timestamps; leave out --timestamps "
                            + TranscribeOption.TIMESTAMPS.text(options));
        }
        return options.toBuilder().timestamps(Timestamps.WORD).build();
    }

    /**
     * Checks the options of a transcription.
     *
     * @throws UnsupportedOptionException if the implementation does not declare one of them
     */
    void check(Implementation implementation, TranscribeOptions options, SubtitleOptions subtitles) {
        try {
            Transcribers.check(implementation, options);
        } catch (UnsupportedOptionException e) {
            if (subtitles.areSet() && e.option().startsWith(TranscribeOption.TIMESTAMPS.label() + "=")) {
                throw new UnsupportedOptionException(
                        e.implementation(), e.option(), first() + " needs it. Choose another implementation with -i.");
            }
            throw e;
        }
    }

    /** Returns the name of an option that is set. */
    private String first() {
        return maxLineWidth != null
                ? "--max-line-width"
                : maxWordsPerLine != null ? "--max-words-per-line" : "--highlight-words";
    }

    private static String inOptionNames(String message) {
        return message.replace("maxLineWidth", "--max-line-width")
                .replace("maxLineCount", "--max-line-count")
                .replace("maxWordsPerLine", "--max-words-per-line");
    }
}
