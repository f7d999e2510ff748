package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.audio.Audio;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Joins the transcripts of the pieces of a recording. */
final class PieceJoiner {
    private PieceJoiner() {}

    /** The transcript of a piece, without its audio. */
    static final class Part implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int index;
        private final double start;
        private final double end;
        private final Transcript transcript;
        private final ArrayList<String> warnings;

        Part(Piece piece, Transcript transcript) {
            index = piece.index;
            start = (double) piece.start / Audio.SAMPLE_RATE;
            end = (double) piece.end / Audio.SAMPLE_RATE;
            warnings = new ArrayList<>(piece.warnings);
            this.transcript = transcript;
        }
    }

    /**
     * Returns the transcript of the recording. If a piece failed, it has the text of the others, and the error names the time that is missing.
     *
     * @param parts all parts of the recording, in any order
     */
    static Transcript join(Iterable<Part> parts) {
        List<Part> ordered = StreamSupport.stream(parts.spliterator(), false)
                .sorted(Comparator.comparingInt(part -> part.index))
                .toList();
        checkComplete(ordered);
        List<Row> segments = new ArrayList<>();
        Set<String> warnings = new LinkedHashSet<>();
        List<String> errors = new ArrayList<>();
        double seconds = 0;
        @Nullable Transcript first = null;
        for (Part part : ordered) {
            Transcript transcript = part.transcript;
            warnings.addAll(part.warnings);
            warnings.addAll(transcript.warnings);
            if (transcript.error != null) {
                errors.add(
                        ordered.size() == 1
                                ? transcript.error
                                : time(part.start) + " to " + time(part.end) + " is missing: " + transcript.error);
                continue;
            }
            first = first == null ? transcript : first;
            seconds += transcript.seconds == null ? 0 : transcript.seconds;
            if (transcript.segments != null) {
                transcript.segments.forEach(segment -> segments.add(Transcript.shifted(segment, part.start, part.end)));
            }
        }
        Transcript any = first == null ? ordered.get(0).transcript : first;
        double end = ordered.get(ordered.size() - 1).end;
        return new Transcript(
                any.path,
                any.language,
                first == null ? null : segments,
                end == 0 ? null : Double.valueOf(end),
                first == null ? null : Double.valueOf(seconds),
                any.implementation,
                any.model,
                any.engine,
                ordered.size(),
                List.copyOf(warnings),
                errors.isEmpty() ? null : String.join(" ", errors));
    }

    /** Pieces of a task that ran twice, on machines with different decoders, would have different seams. */
    private static void checkComplete(List<Part> ordered) {
        double end = 0;
        for (int i = 0; i < ordered.size(); i++) {
            Part part = ordered.get(i);
            if (part.index != i || part.start != end) {
                throw new IllegalStateException("The pieces of " + part.transcript.path
                        + " do not follow one another: expected piece " + i + " at " + end + " s, found piece "
                        + part.index + " at " + part.start + " s. Run again.");
            }
            end = part.end;
        }
    }

    private static String time(double seconds) {
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
