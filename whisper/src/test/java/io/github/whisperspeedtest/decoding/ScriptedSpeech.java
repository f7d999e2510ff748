package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The speech in each window of a {@link ScriptedNetwork}; windows are identified by their first frame. */
final class ScriptedSpeech {
    static final Tokenizer TOKENIZER = ScriptedNetwork.tokenizer(ScriptedNetwork.MULTILINGUAL);
    static final SpecialTokens SPECIALS = TOKENIZER.specials();

    private final Map<Long, List<Integer>> windows = new LinkedHashMap<>();
    private final Map<Long, Double> silence = new LinkedHashMap<>();
    private final Map<Long, String> languages = new LinkedHashMap<>();
    private double certainty = 0.9;

    /** Sets the content of a window: timestamps and texts. */
    void say(long frame, Object... parts) {
        List<Integer> tokens = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Integer token) {
                tokens.add(token);
            } else {
                Arrays.stream(TOKENIZER.encode((String) part)).forEach(tokens::add);
            }
        }
        windows.put(frame, tokens);
    }

    /** Sets the probability that a window is silent. */
    void silence(long frame, double probability) {
        silence.put(frame, probability);
    }

    /** Sets the most probable language of a window; the default is German. */
    void language(long frame, String code) {
        languages.put(frame, code);
    }

    /** Sets the probability of each letter. */
    void certainty(double value) {
        certainty = value;
    }

    /** The network's script. */
    Map<Integer, Double> next(long window, List<Integer> tokens) {
        int start = tokens.lastIndexOf(SPECIALS.startOfTranscript());
        if (tokens.size() == start + 1) {
            double silent = silence.getOrDefault(window, 0.0) + 1e-9;
            String spoken = languages.getOrDefault(window, "de");
            int other = language(spoken.equals("en") ? "de" : "en");
            return Map.of(SPECIALS.noSpeech(), silent, language(spoken), 0.8 * (1 - silent), other, 0.2 * (1 - silent));
        }
        boolean plain = tokens.contains(SPECIALS.noTimestamps());
        List<Integer> said = windows.getOrDefault(window, rest()).stream()
                .filter(token -> !plain || token < SPECIALS.timestampBegin())
                .toList();
        int done = tokens.size() - start - (plain ? 4 : 3);
        int token = done < said.size() ? said.get(done) : SPECIALS.endOfText();
        // The remaining probability goes to less probable tokens that break no rule.
        Map<Integer, Double> probabilities = new LinkedHashMap<>();
        if (token < SPECIALS.endOfText()) {
            "ABCDEFG".chars().forEach(letter -> probabilities.put(letter, (1 - certainty) / 7));
        }
        probabilities.put(token, token < SPECIALS.endOfText() ? certainty : 1);
        return probabilities;
    }

    static int language(String code) {
        return SPECIALS.language(code).orElseThrow();
    }

    /** The content of windows without a script. */
    private static List<Integer> rest() {
        int zero = SPECIALS.timestampBegin();
        return List.of(zero, (int) 'r', (int) 'e', (int) 's', (int) 't', zero + 10);
    }
}
