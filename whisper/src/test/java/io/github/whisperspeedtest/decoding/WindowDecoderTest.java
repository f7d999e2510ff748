package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowDecoderTest {
    private static final Tokenizer TOKENIZER = ScriptedNetwork.tokenizer(ScriptedNetwork.MULTILINGUAL);
    private static final SpecialTokens SPECIALS = TOKENIZER.specials();
    private static final int END = SPECIALS.endOfText();
    private static final Prompt PLAIN = Prompt.of(SPECIALS, "en", Task.TRANSCRIBE, false, List.of(), 223);

    /** Window {@code n} says {@code n} letters, each of probability 0.8. */
    private static final ScriptedNetwork.Script LETTERS = (window, tokens) -> {
        long written = tokens.size() - PLAIN.tokens().length;
        return written < window ? Map.of('a' + (int) (written % 20), 0.8, (int) 'z', 0.2) : Map.of(END, 1.0);
    };

    @Test
    void batchEqualsSeparateDecoding() {
        ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, LETTERS);
        for (TranscribeOptions options : List.of(
                plain().build(),
                plain().beamSize(3).build(),
                plain().temperatures(List.of(0.7)).bestOf(4).build())) {
            List<DecodedWindow> together = decode(network, options, 5, 2, 7);
            assertThat(together)
                    .containsExactly(
                            decode(network, options, 5).get(0),
                            decode(network, options, 2).get(0),
                            decode(network, options, 7).get(0));
        }
        assertThat(network.open()).isZero();
    }

    @Test
    void finishedWindowLeavesBatch() {
        ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, LETTERS);
        List<DecodedWindow> found = decode(network, plain().build(), 3, 1, 2);
        assertThat(found).extracting(DecodedWindow::text).containsExactly("abc", "a", "ab");
        assertThat(network.sequences()).containsExactly(3, 2, 1);
    }

    @Test
    void averageIncludesEndOfText() {
        ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, LETTERS);
        assertThat(decode(network, plain().build(), 3).get(0).averageLogProbability())
                .isCloseTo(3 * Math.log(0.8) / 4, within(1e-4));
    }

    @Test
    void readsNoSpeechProbabilityAfterStartOfTranscript() {
        ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, (window, tokens) -> {
            boolean atStart = tokens.get(tokens.size() - 1) == SPECIALS.startOfTranscript();
            return atStart ? Map.of(SPECIALS.noSpeech(), 0.3, (int) 'a', 0.7) : LETTERS.next(window, tokens);
        });
        assertThat(decode(network, plain().build(), 2).get(0).noSpeechProbability())
                .isCloseTo(0.3, within(1e-4));
    }

    @Test
    void englishOnlyModelsGetNoLanguageOrTask() {
        Tokenizer tokenizer = ScriptedNetwork.tokenizer(ScriptedNetwork.ENGLISH_ONLY);
        SpecialTokens specials = tokenizer.specials();
        ScriptedNetwork network = new ScriptedNetwork(
                ScriptedNetwork.ENGLISH_ONLY,
                (window, tokens) -> tokens.size() == 1
                        ? Map.of(specials.noSpeech(), 0.2, specials.timestampBegin(), 0.8)
                        : tokens.size() < 4 ? Map.of((int) 'a', 1.0) : Map.of(specials.endOfText(), 1.0));
        WindowDecoder decoder =
                new WindowDecoder(network.dimensions(), tokenizer, GenerationConfig.NONE, TranscribeOptions.defaults());
        try (EncoderOutput windows = network.encode(List.of(new float[] {0}))) {
            Prompt prompt = Prompt.of(specials, "en", Task.TRANSCRIBE, true, List.of(), 223);
            DecodedWindow found = decoder.decode(windows, List.of(prompt)).get(0);
            assertThat(found.text()).isEqualTo("aa");
            assertThat(found.noSpeechProbability())
                    .as("the start is the last token too")
                    .isCloseTo(0.2, within(1e-4));
        }
        assertThat(network.prompts()).containsExactly(List.of(specials.startOfTranscript()));
    }

    @Test
    void decodesAtMostHalfOfContext() {
        ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, LETTERS);
        TranscribeOptions endless = plain().compressionRatioThreshold(null).build();
        assertThat(decode(network, endless, 10_000).get(0).tokens()).hasSize(224);
    }

    @Test
    void fullContextEndsText() {
        ScriptedNetwork network = new ScriptedNetwork(
                ScriptedNetwork.MULTILINGUAL, (window, tokens) -> Map.of((int) 'a' + tokens.size() % 26, 1.0));
        List<Integer> previous =
                IntStream.range(0, 500).mapToObj(i -> (int) 'p').toList();
        Prompt prompt = Prompt.of(SPECIALS, "en", Task.TRANSCRIBE, false, previous, 223);
        assertThat(prompt.tokens()).hasSize(228);
        TranscribeOptions endless = plain().compressionRatioThreshold(null).build();
        WindowDecoder decoder = new WindowDecoder(network.dimensions(), TOKENIZER, GenerationConfig.NONE, endless);
        try (EncoderOutput windows = network.encode(List.of(new float[] {0}))) {
            // 448 positions and the token after the last of them.
            assertThat(decoder.decode(windows, List.of(prompt)).get(0).tokens()).hasSize(448 + 1 - 228);
        }
    }

    @Test
    void engineSearchesOnlyByRulesThatItKnows() {
        assertThat(searchedByEngine(plain(), List.of())).isTrue();
        assertThat(searchedByEngine(plain().suppressTokens(List.of(7)).maxInitialTimestamp(null), List.of()))
                .isTrue();
        assertThat(searchedByEngine(plain().beamSize(2), List.of())).isFalse();
        assertThat(searchedByEngine(plain().repetitionPenalty(1.1), List.of())).isFalse();
        assertThat(searchedByEngine(plain().noRepeatNgramSize(3), List.of())).isFalse();
        assertThat(searchedByEngine(plain(), List.of((int) 'a'))).isFalse();
    }

    /** Decodes a window of a network that has a search of its own, and returns whether that was asked. */
    private static boolean searchedByEngine(TranscribeOptions.Builder options, List<Integer> prefix) {
        ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, LETTERS);
        AtomicBoolean asked = new AtomicBoolean();
        try (EncoderOutput windows = network.encode(List.of(new float[] {2}))) {
            EncoderOutput searching = (EncoderOutput) Proxy.newProxyInstance(
                    EncoderOutput.class.getClassLoader(),
                    new Class<?>[] {EncoderOutput.class},
                    (proxy, method, args) -> {
                        if (method.getName().equals("startGreedy")) {
                            asked.set(true);
                            return Optional.empty();
                        }
                        return method.invoke(windows, args);
                    });
            WindowDecoder decoder =
                    new WindowDecoder(network.dimensions(), TOKENIZER, GenerationConfig.NONE, options.build());
            assertThat(decoder.decode(searching, List.of(PLAIN.withPrefix(prefix)))
                            .get(0)
                            .text())
                    .isEqualTo("ab");
        }
        return asked.get();
    }

    @Test
    void retriesOnlyRepetitiveWindow() {
        ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, (window, tokens) -> {
            int written = tokens.size() - PLAIN.tokens().length;
            if (window != 1) {
                return LETTERS.next(window, tokens);
            }
            // At temperature 0 the "a" repeats; samples at high temperatures have other letters, too.
            return written < 100
                    ? Map.of((int) 'a', 0.4, (int) 'b', 0.2, (int) 'c', 0.2, (int) 'd', 0.2)
                    : Map.of(END, 1.0);
        });
        List<DecodedWindow> found = decode(
                network, plain().temperatures(List.of(0.0, 1.0)).bestOf(2).build(), 4, 1, 3);
        assertThat(found.get(0).temperature()).isZero();
        assertThat(found.get(2).temperature()).isZero();
        assertThat(found.get(1).temperature()).isEqualTo(1.0);
        assertThat(found.get(1).compressionRatio()).isLessThan(2.4);
        assertThat(network.prompts()).as("three windows, then one").hasSize(4);
        assertThat(network.sequences()).endsWith(2, 2, 2);
    }

    @Test
    void retriesImprobableTextUnlessSilent() {
        assertThat(temperature(0.1, 0.1, plain())).isEqualTo(1.0);
        assertThat(temperature(0.1, 0.9, plain())).as("silent").isZero();
        assertThat(temperature(0.1, 0.9, plain().noSpeechThreshold(null))).isEqualTo(1.0);
        assertThat(temperature(0.1, 0.1, plain().logProbabilityThreshold(null))).isZero();
        assertThat(temperature(0.1, 0.1, plain().logProbabilityThreshold(-5.0))).isZero();
        assertThat(temperature(0.9, 0.1, plain())).isZero();
    }

    /** Returns the temperature of the result if each of three letters and silence have the given probabilities. */
    private static double temperature(double letter, double silence, TranscribeOptions.Builder options) {
        ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, (window, tokens) -> {
            if (tokens.get(tokens.size() - 1) == SPECIALS.startOfTranscript()) {
                return Map.of(SPECIALS.noSpeech(), silence, (int) 'a', 1 - silence);
            }
            if (tokens.size() - PLAIN.tokens().length == 3) {
                return Map.of(END, 1.0);
            }
            Map<Integer, Double> letters = new HashMap<>();
            int others = (int) Math.round(1 / letter) - 1;
            letters.put((int) 'a', letter + 1e-3);
            for (int i = 0; i < others; i++) {
                letters.put('b' + i, (1 - letter) / others);
            }
            return letters;
        });
        return decode(network, options.temperatures(List.of(0.0, 1.0)).build(), 0)
                .get(0)
                .temperature();
    }

    private static TranscribeOptions.Builder plain() {
        return TranscribeOptions.builder().timestamps(Timestamps.NONE);
    }

    private static List<DecodedWindow> decode(ScriptedNetwork network, TranscribeOptions options, int... windows) {
        WindowDecoder decoder = new WindowDecoder(network.dimensions(), TOKENIZER, GenerationConfig.NONE, options);
        List<float[]> spectrograms =
                IntStream.of(windows).mapToObj(window -> new float[] {window}).toList();
        try (EncoderOutput encoded = network.encode(spectrograms)) {
            return decoder.decode(
                    encoded, IntStream.of(windows).mapToObj(window -> PLAIN).toList());
        }
    }
}
