package io.github.whisperspeedtest.format;

import io.github.whisperspeedtest.error.UnknownNameException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A format for text that grows while one speaks. What was written never changes, so a file is valid at any time. */
public enum LiveFormat {
    /** Plain text: confirmed words as they come, one line per utterance. */
    TXT,
    /** SubRip subtitles, written at the end of each utterance. */
    SRT,
    /** WebVTT subtitles, written at the end of each utterance. */
    VTT,
    /** One JSON object per line and event. Times are in seconds. */
    JSONL;

    /**
     * Returns the format of the given name.
     *
     * @param name such as {@code srt}; case-insensitive
     * @throws UnknownNameException if the format is unknown; the message lists the known ones
     */
    public static LiveFormat parse(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.extension().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new UnknownNameException("Unknown live format '" + name + "'. Use one of: "
                        + Arrays.stream(values()).map(LiveFormat::extension).collect(Collectors.joining(", ")) + "."));
    }

    /** Returns the file name extension without a dot, which is also the name that {@link #parse} accepts. */
    public String extension() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether {@link SubtitleOptions} apply. */
    public boolean isSubtitles() {
        return this == SRT || this == VTT;
    }
}
