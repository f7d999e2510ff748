package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.evaluation.TextNormalizer;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The language of the text of a transcript, which decides how it is compared. */
final class TranscriptLanguage {
    private static final String ENGLISH = "en";

    private TranscriptLanguage() {}

    /**
     * Returns the code of the language: English for a translation, otherwise the requested language, otherwise the detected one.
     *
     * @param options the options of the transcription, null if unknown
     * @param detected code of the language that the implementation reports
     */
    static String of(@Nullable TranscribeOptions options, String detected) {
        if (options == null) {
            return detected;
        }
        if (options.task() == Task.TRANSLATE) {
            return ENGLISH;
        }
        return options.language() instanceof Language.Fixed fixed ? fixed.code() : detected;
    }

    /** Returns a normalizer for transcripts of the same recording: the basic one if their languages differ. */
    static TextNormalizer normalizerFor(@Nullable TranscribeOptions options, List<AudioResult> transcripts) {
        List<String> languages = transcripts.stream()
                .map(transcript -> of(options, transcript.language()))
                .distinct()
                .toList();
        return TextNormalizer.forLanguage(
                languages.size() == 1 ? languages.get(0) : Language.auto().code());
    }
}
