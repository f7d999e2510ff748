package io.github.whisperspeedtest.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialTokensTest {
    /** The ids are those that openai/whisper's tokenizer computes for its two vocabularies. */
    @ParameterizedTest
    @CsvSource({
        "51864, false, 99, 50256, 50257, 50357, 50358, 50359, 50360, 50361, 50362, 50363",
        "51865, true, 99, 50257, 50258, 50358, 50359, 50360, 50361, 50362, 50363, 50364",
        "51866, true, 100, 50257, 50258, 50359, 50360, 50361, 50362, 50363, 50364, 50365"
    })
    void areDerivedFromVocabularySize(
            int size,
            boolean multilingual,
            int languages,
            int endOfText,
            int startOfTranscript,
            int translate,
            int transcribe,
            int startOfLm,
            int startOfPrevious,
            int noSpeech,
            int noTimestamps,
            int timestampBegin) {
        SpecialTokens tokens = SpecialTokens.of(size);

        assertThat(tokens.vocabularySize()).isEqualTo(size);
        assertThat(tokens.isMultilingual()).isEqualTo(multilingual);
        assertThat(tokens.languages()).hasSize(languages).startsWith("en", "zh", "de");
        assertThat(tokens.endOfText()).isEqualTo(endOfText);
        assertThat(tokens.startOfTranscript()).isEqualTo(startOfTranscript);
        assertThat(tokens.translate()).isEqualTo(translate);
        assertThat(tokens.transcribe()).isEqualTo(transcribe);
        assertThat(tokens.startOfLm()).isEqualTo(startOfLm);
        assertThat(tokens.startOfPrevious()).isEqualTo(startOfPrevious);
        assertThat(tokens.noSpeech()).isEqualTo(noSpeech);
        assertThat(tokens.noTimestamps()).isEqualTo(noTimestamps);
        assertThat(tokens.timestampBegin()).isEqualTo(timestampBegin);
        assertThat(tokens.isTimestamp(timestampBegin - 1)).isFalse();
        assertThat(tokens.isTimestamp(timestampBegin)).isTrue();
        assertThat(tokens.isTimestamp(size - 1)).isTrue();
        assertThat(tokens.isTimestamp(size)).isFalse();
    }

    @Test
    void languagesHaveTokensInOrder() {
        SpecialTokens tokens = SpecialTokens.of(51_866);

        assertThat(tokens.language("en")).hasValue(50_259);
        assertThat(tokens.language("de")).hasValue(50_261);
        assertThat(tokens.language("yue")).hasValue(50_358);
        assertThat(tokens.language("xx")).isEmpty();
        assertThat(SpecialTokens.of(51_865).language("yue")).isEmpty();
        for (String code : tokens.languages()) {
            assertThat(tokens.languageOf(tokens.language(code).orElseThrow())).hasValue(code);
        }
        assertThat(tokens.languageOf(tokens.startOfTranscript())).isEmpty();
        assertThat(tokens.languageOf(tokens.translate())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "50257, <|endoftext|>",
        "50258, <|startoftranscript|>",
        "50259, <|en|>",
        "50357, <|su|>",
        "50358, <|translate|>",
        "50359, <|transcribe|>",
        "50360, <|startoflm|>",
        "50361, <|startofprev|>",
        "50362, <|nospeech|>",
        "50363, <|notimestamps|>",
        "50364, <|0.00|>",
        "50365, <|0.02|>",
        "50418, <|1.08|>",
        "51864, <|30.00|>"
    })
    void haveSpellingsOfReference(int token, String spelling) {
        assertThat(SpecialTokens.of(51_865).spelling(token)).isEqualTo(spelling);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 50_256, 51_865})
    void otherTokensHaveNoSpelling(int token) {
        assertThatThrownBy(() -> SpecialTokens.of(51_865).spelling(token)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50_257, 51_863, 51_867})
    void rejectsOtherVocabularySizes(int size) {
        assertThatThrownBy(() -> SpecialTokens.of(size))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("51864")
                .hasMessageContaining(Integer.toString(size));
    }
}
