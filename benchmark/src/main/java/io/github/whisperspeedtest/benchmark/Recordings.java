package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Keeps reports about many recordings short. The JSON report has everything. */
final class Recordings {
    /** Number of recordings, texts and warnings of one kind that are shown. */
    static final int SHOWN = 5;

    private Recordings() {}

    /** Returns number, length and languages, such as {@code 1000 recordings (2 h 30 min), languages de, en}. */
    static String describe(BenchmarkSettings settings) {
        String languages = settings.audios().stream()
                .map(BenchmarkAudio::language)
                .filter(Objects::nonNull)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return settings.audios().size() + " recordings (" + length(settings.audioDuration()) + ")"
                + (languages.isEmpty()
                        ? ""
                        : languages.contains(",") ? ", languages " + languages : ", language " + languages);
    }

    /** Returns what identifies the recordings: their hashes, or their names where these are unknown, and their lengths. */
    static List<List<Object>> identity(BenchmarkSettings settings) {
        return settings.audios().stream()
                .map(audio -> List.<Object>of(
                        audio.source() == null || audio.source().sha256() == null
                                ? audio.name()
                                : audio.source().sha256(),
                        audio.duration()))
                .toList();
    }

    /**
     * Returns the first lines, and one with the number of the others if there are any.
     *
     * @param noun what a line is, in the singular
     */
    static List<String> shortened(List<String> lines, String noun) {
        int others = lines.size() - SHOWN;
        if (others <= 0) {
            return lines;
        }
        List<String> shown = new ArrayList<>(lines.subList(0, SHOWN));
        shown.add("... and " + others + " more " + noun + (others == 1 ? "" : "s") + "; the JSON report has all");
        return shown;
    }

    /** Returns the first warnings of each kind; the last of them has the number of the others. */
    static List<BenchmarkWarning> shortened(List<BenchmarkWarning> warnings) {
        Map<BenchmarkWarning.Kind, Integer> left = new EnumMap<>(BenchmarkWarning.Kind.class);
        warnings.forEach(warning -> left.merge(warning.kind(), 1, Integer::sum));
        Map<BenchmarkWarning.Kind, Integer> seen = new EnumMap<>(BenchmarkWarning.Kind.class);
        List<BenchmarkWarning> shown = new ArrayList<>();
        for (BenchmarkWarning warning : warnings) {
            int number = seen.merge(warning.kind(), 1, Integer::sum);
            int others = left.getOrDefault(warning.kind(), 0) - SHOWN;
            if (number < SHOWN || others <= 0) {
                shown.add(warning);
            } else if (number == SHOWN) {
                shown.add(new BenchmarkWarning(
                        warning.kind(),
                        warning.implementation(),
                        warning.message() + " The JSON report has " + others + " more "
                                + (others == 1 ? "warning" : "warnings") + " of this kind."));
            }
        }
        return shown;
    }

    private static String length(Duration length) {
        if (length.toMinutes() == 0) {
            return Quantities.duration(length);
        }
        return length.toHours() == 0
                ? length.toMinutes() + " min " + length.toSecondsPart() + " s"
                : length.toHours() + " h " + length.toMinutesPart() + " min";
    }
}
