package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Detects the language of windows from the token that a multilingual model predicts after the start of transcript.
 *
 * <p>Source: {@code detect_language} in openai/whisper's {@code decoding.py}.
 */
final class LanguageDetector {
    private final SpecialTokens specials;
    private final int vocabulary;

    /**
     * The language of a window.
     *
     * @param probabilities the probability of each language by its code, the most probable one first; they add up to 1
     * @param noSpeechProbability no-speech probability of the window
     */
    record Detected(Map<String, Double> probabilities, double noSpeechProbability) {
        /** Returns the most probable language. */
        SpokenLanguage best() {
            Map.Entry<String, Double> first =
                    probabilities.entrySet().iterator().next();
            return new SpokenLanguage(first.getKey(), first.getValue());
        }
    }

    /** Creates a detector for a multilingual model. */
    LanguageDetector(ModelDimensions dimensions, SpecialTokens specials) {
        this.specials = specials;
        this.vocabulary = dimensions.nVocab();
    }

    /**
     * Returns the language of each window.
     *
     * @param windows the encoder's output, which stays open
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    List<Detected> detect(EncoderOutput windows) {
        int count = windows.count();
        int[][] tokens = new int[count][];
        float[][] logits = new float[count][];
        for (int i = 0; i < count; i++) {
            tokens[i] = new int[] {specials.startOfTranscript()};
            logits[i] = new float[vocabulary];
        }
        try (DecoderSession session = windows.startDecoding(1)) {
            session.append(tokens, new int[] {0}, logits);
        }
        List<Detected> languages = new ArrayList<>();
        for (float[] row : logits) {
            languages.add(new Detected(probabilities(row), noSpeechProbability(row)));
        }
        return Collections.unmodifiableList(languages);
    }

    private Map<String, Double> probabilities(float[] logits) {
        Map<String, Double> weights = new LinkedHashMap<>();
        double largest = specials.languages().stream()
                .mapToDouble(code -> logit(logits, code))
                .max()
                .orElseThrow();
        for (String code : specials.languages()) {
            weights.put(code, Math.exp(logit(logits, code) - largest));
        }
        double sum = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        return weights.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue() / sum, (a, b) -> a, LinkedHashMap::new));
    }

    private double noSpeechProbability(float[] logits) {
        double sum = 0;
        for (float other : logits) {
            sum += Math.exp(other - (double) logits[specials.noSpeech()]);
        }
        return 1 / sum;
    }

    private float logit(float[] logits, String code) {
        return logits[specials.language(code).orElseThrow()];
    }
}
