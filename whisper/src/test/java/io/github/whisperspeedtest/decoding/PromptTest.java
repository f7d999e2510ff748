package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.transcription.Task;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ids are those of OpenAI's tokenizers. */
class PromptTest {
    private static final SpecialTokens MULTILINGUAL = SpecialTokens.of(51865);

    @Test
    void containsLanguageAndTask() {
        Prompt prompt = Prompt.of(MULTILINGUAL, "de", Task.TRANSCRIBE, true, List.of(), 223);
        assertThat(prompt.tokens()).containsExactly(50258, 50261, 50359);
        assertThat(prompt.startOfTranscript()).isZero();
        assertThat(Prompt.of(MULTILINGUAL, "en", Task.TRANSLATE, false, List.of(), 223)
                        .tokens())
                .containsExactly(50258, 50259, 50358, 50363);
    }

    @Test
    void startsWithEndOfPreviousText() {
        Prompt prompt = Prompt.of(MULTILINGUAL, "en", Task.TRANSCRIBE, true, List.of(1, 2, 3, 4), 3);
        assertThat(prompt.tokens()).containsExactly(50361, 2, 3, 4, 50258, 50259, 50359);
        assertThat(prompt.startOfTranscript()).isEqualTo(4);
    }

    @Test
    void omitsLanguageAndTaskForEnglishOnlyModels() {
        SpecialTokens english = SpecialTokens.of(51864);
        assertThat(Prompt.of(english, "en", Task.TRANSCRIBE, true, List.of(), 223)
                        .tokens())
                .containsExactly(50257);
        Prompt prompt = Prompt.of(english, "en", Task.TRANSCRIBE, false, List.of(7), 223);
        assertThat(prompt.tokens()).containsExactly(50360, 7, 50257, 50362);
        assertThat(prompt.startOfTranscript()).isEqualTo(2);
    }

    @Test
    void rejectsLanguageMissingInVocabulary() {
        assertThatThrownBy(() -> Prompt.of(MULTILINGUAL, "yue", Task.TRANSCRIBE, true, List.of(), 223))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("yue");
    }
}
