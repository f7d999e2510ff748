package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LanguageDetectorTest {
    private static final SpecialTokens SPECIALS = SpecialTokens.of(ScriptedNetwork.MULTILINGUAL);

    @Test
    void normalizesProbabilitiesOverLanguages() {
        int german = SPECIALS.language("de").orElseThrow();
        int english = SPECIALS.language("en").orElseThrow();
        // Half of the probability is on a token that is not a language.
        ScriptedNetwork network = new ScriptedNetwork(
                ScriptedNetwork.MULTILINGUAL,
                (window, tokens) -> window == 1
                        ? Map.of(german, 0.4, english, 0.1, (int) 'a', 0.5)
                        : Map.of(english, 0.45, german, 0.05, SPECIALS.noSpeech(), 0.5));
        List<LanguageDetector.Detected> found;
        try (EncoderOutput windows = network.encode(List.of(new float[] {1}, new float[] {2}))) {
            found = new LanguageDetector(network.dimensions(), SPECIALS).detect(windows);
        }

        assertThat(found).hasSize(2);
        assertThat(found.get(0).probabilities().keySet()).startsWith("de", "en").hasSize(99);
        assertThat(found.get(0).probabilities().get("de")).isCloseTo(0.8, within(1e-6));
        assertThat(found.get(1).probabilities().keySet()).startsWith("en", "de");
        assertThat(found.get(1).probabilities().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isCloseTo(1, within(1e-9));
        assertThat(found.get(0).noSpeechProbability()).isCloseTo(0, within(1e-6));
        assertThat(found.get(1).noSpeechProbability()).isCloseTo(0.5, within(1e-6));
        assertThat(found.get(1).best().code()).isEqualTo("en");
        assertThat(found.get(1).best().probability()).isCloseTo(0.9, within(1e-6));
        assertThat(network.prompts()).containsOnly(List.of(SPECIALS.startOfTranscript()));
        assertThat(network.open()).isZero();
    }
}
