package io.github.whisperspeedtest.evaluation;

/**
 * Brings texts into the form in which error rates compare them.
 *
 * <p>The rules are those of openai/whisper ({@code whisper/normalizers}), so that rates are comparable with published ones. White space
 * around the result is removed. Both normalizers take time proportional to the length of the text, whatever is in it.
 */
public sealed interface TextNormalizer permits BasicTextNormalizer, EnglishTextNormalizer {
    /**
     * Returns the normalizer for texts in a language: the English one for {@code en}, the basic one for every other code, including
     * {@code auto}.
     *
     * @param code a code of {@link io.github.whisperspeedtest.transcription.Language}
     */
    static TextNormalizer forLanguage(String code) {
        return code.equals("en") ? EnglishTextNormalizer.INSTANCE : BasicTextNormalizer.INSTANCE;
    }

    /** Returns the text in its normal form, empty if there is no word in it. */
    String normalize(String text);

    /** Returns the name of the normalizer: {@code english} or {@code basic}. */
    String name();
}
