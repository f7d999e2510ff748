package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TranscriptLanguageTest {
    private static final TranscribeOptions AUTO = TranscribeOptions.defaults();

    @Test
    void requestedLanguageComesBeforeTheDetectedOne() {
        TranscribeOptions german = AUTO.toBuilder().language(Language.of("de")).build();

        assertThat(TranscriptLanguage.of(german, "nl")).isEqualTo("de");
        assertThat(TranscriptLanguage.of(AUTO, "nl")).isEqualTo("nl");
        assertThat(TranscriptLanguage.of(null, "nl")).isEqualTo("nl");
    }

    @Test
    void translationsAreEnglish() {
        TranscribeOptions translated = AUTO.toBuilder()
                .language(Language.of("ja"))
                .task(Task.TRANSLATE)
                .build();

        assertThat(TranscriptLanguage.of(translated, "ja")).isEqualTo("en");
    }

    @Test
    void differentLanguagesShareTheBasicNormalizer() {
        assertThat(normalizer("en", "en")).isEqualTo("english");
        assertThat(normalizer("en", "de")).isEqualTo("basic");
        assertThat(normalizer("de", "de")).isEqualTo("basic");
    }

    private static String normalizer(String... languages) {
        List<AudioResult> transcripts = Stream.of(languages)
                .map(language -> new AudioResult("a.wav", "one", language, null, null, null))
                .toList();
        return TranscriptLanguage.normalizerFor(AUTO, transcripts).name();
    }
}
