package io.github.whisperspeedtest.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.UnknownNameException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageTest {
    @Test
    void codesAreInTokenOrder() {
        List<String> codes = Language.codes();

        // The token of a language is its place in this list, counted from the start-of-transcript token.
        assertThat(codes).hasSize(100).doesNotHaveDuplicates().startsWith("en", "zh", "de", "es", "ru", "ko", "fr");
        assertThat(codes).endsWith("haw", "ln", "ha", "ba", "jw", "su", "yue");
    }

    @ParameterizedTest
    @ValueSource(strings = {"de", "DE", "German", "german", " GERMAN\t"})
    void acceptsCodeAndEnglishName(String text) {
        assertThat(Language.of(text)).isEqualTo(new Language.Fixed("de"));
        assertThat(Language.parse(text).code()).isEqualTo("de");
    }

    @Test
    void findsNameOfTwoWords() {
        assertThat(Language.of("Haitian Creole").code()).isEqualTo("ht");
    }

    @ParameterizedTest
    @CsvSource({
        "pt-BR, pt",
        "zh-CN, zh",
        "zh_TW, zh",
        "zh-Hans-CN, zh",
        "zh-yue, yue",
        "en_US, en",
        "EN-us, en",
        "de_DE.UTF-8, de",
        "de_AT@euro, de",
        "haw-US, haw",
        "nb-NO, no",
        "iw, he",
        "jv, jw",
        "fil-PH, tl"
    })
    void acceptsLanguageTagsAndLocales(String text, String code) {
        assertThat(Language.parse(text).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "Burmese, my",
        "Valencian, ca",
        "Flemish, nl",
        "Haitian, ht",
        "Letzeburgesch, lb",
        "Pushto, ps",
        "Panjabi, pa",
        "Moldavian, ro",
        "Moldovan, ro",
        "Sinhalese, si",
        "castilian, es",
        "MANDARIN, zh"
    })
    void knowsNamesOfOpenAiProgram(String text, String code) {
        assertThat(Language.parse(text).code()).isEqualTo(code);
    }

    @Test
    void hasEnglishName() {
        assertThat(new Language.Fixed("de").englishName()).isEqualTo("german");
        assertThat(new Language.Fixed("ht").englishName()).isEqualTo("haitian creole");
    }

    @Test
    void everyCodeIsALanguage() {
        assertThat(Language.codes())
                .allSatisfy(code -> assertThat(Language.of(code).code()).isEqualTo(code));
    }

    @Test
    void autoIsNotALanguage() {
        assertThat(Language.parse(" Auto ")).isSameAs(Language.auto());
        assertThat(Language.auto().code()).isEqualTo("auto");
        assertThatThrownBy(() -> Language.of("auto")).isInstanceOf(UnknownNameException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "klingon", "klingon-DE", "d", "de-!", "de AT"})
    void rejectsUnknownLanguageAndListsKnownOnes(String text) {
        assertThatThrownBy(() -> Language.parse(text))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageStartingWith("Unknown language '" + text + "'. Use 'auto' or one of: en, zh, de,")
                .hasMessageEndingWith("su, yue.");
    }

    @Test
    void fixedLanguageNeedsCode() {
        assertThatThrownBy(() -> new Language.Fixed("German"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageStartingWith("Unknown language 'German'.");
    }

    @Test
    void findsNameInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr"));
        try {
            assertThat(Language.of("ITALIAN").code()).isEqualTo("it");
        } finally {
            Locale.setDefault(before);
        }
    }
}
