package io.github.whisperspeedtest.decoding;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Greedy search, beams and samples on probabilities of a few letters. */
class SearchTest {
    private static final Tokenizer TOKENIZER = ScriptedNetwork.tokenizer(ScriptedNetwork.MULTILINGUAL);
    private static final int END = TOKENIZER.specials().endOfText();
    private static final List<Integer> PROMPT = List.of(50258, 50259, 50359, 50363);

    /** Probabilities of the letter after a text; {@code $} ends it. */
    private final Map<String, Map<Character, Double>> language = Map.ofEntries(
            // The most probable first letter starts an improbable text.
            entry("", Map.of('a', 0.6, 'b', 0.4)),
            entry(
                    "a",
                    Map.of('c', 0.14, 'd', 0.1, 'e', 0.16, 'g', 0.1, 'h', 0.1, 'i', 0.1, 'j', 0.1, 'k', 0.1, 'l', 0.1)),
            entry("b", Map.of('$', 0.95, 'c', 0.05)),
            entry("ac", Map.of('$', 1.0)),
            entry("ad", Map.of('$', 1.0)),
            entry("ae", Map.of('f', 0.5, '$', 0.5)),
            entry("aef", Map.of('$', 1.0)),
            entry("bc", Map.of('$', 1.0)));

    private final ScriptedNetwork network = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, this::next);

    @Test
    void greedySearchSelectsMostProbableToken() {
        DecodedWindow found = decode(TranscribeOptions.builder());
        assertThat(found.text()).isEqualTo("aef");
        assertThat(network.sequences()).containsOnly(1);
        assertThat(network.open()).isZero();
    }

    @Test
    void beamSearchFindsMoreProbableSequence() {
        DecodedWindow found = decode(TranscribeOptions.builder().beamSize(2));
        assertThat(found.text()).isEqualTo("b");
        assertThat(found.averageLogProbability()).isCloseTo(Math.log(0.4 * 0.95) / 2, within(1e-3));
        assertThat(network.sequences()).isNotEmpty().containsOnly(2);
        assertThat(network.open()).isZero();
    }

    @Test
    void patienceRequiresMoreFinishedSequences() {
        decode(TranscribeOptions.builder().beamSize(2));
        int impatient = network.sequences().size();
        network.sequences().clear();
        decode(TranscribeOptions.builder().beamSize(2).patience(2));
        assertThat(network.sequences()).hasSizeGreaterThan(impatient);
    }

    @Test
    void lengthPenaltyFavoursLongerTexts() {
        // Their probabilities are 0.38 and 0.12: the mean per token prefers the longer text, the total the shorter one.
        assertThat(rank(null)).isEqualTo(3);
        assertThat(rank(0.0)).isEqualTo(1);
        assertThat(rank(0.1)).isEqualTo(1);
    }

    private static int rank(@Nullable Double lengthPenalty) {
        return new LikelihoodRanker(lengthPenalty)
                .best(List.of(sequence(1, Math.log(0.38)), sequence(3, Math.log(0.12))))
                .length();
    }

    @Test
    void breaksTiesByFirstSequence() {
        TokenSequence first = sequence(2, -1);
        assertThat(new LikelihoodRanker(null).best(List.of(first, sequence(2, -1))))
                .isSameAs(first);
    }

    @Test
    void allowsMoreBeamsThanPossibleTexts() {
        DecodedWindow found = decode(TranscribeOptions.builder().beamSize(8));
        assertThat(found.text()).isEqualTo("b");
        assertThat(network.open()).isZero();
    }

    @Test
    void samplingIsDeterministic() {
        TranscribeOptions.Builder options =
                TranscribeOptions.builder().temperatures(List.of(1.0)).bestOf(3);
        DecodedWindow first = decode(options);
        assertThat(network.sequences()).containsOnly(3);
        assertThat(decode(options)).isEqualTo(first);
        assertThat(first.temperature()).isEqualTo(1.0);
    }

    @Test
    void selectsMostProbableSample() {
        DecodedWindow found =
                decode(TranscribeOptions.builder().temperatures(List.of(1.0)).bestOf(60));
        assertThat(found.text()).isEqualTo("b");
        assertThat(found.averageLogProbability()).isCloseTo(Math.log(0.4 * 0.95) / 2, within(1e-3));
    }

    @Test
    void singleSampleIsAnyPossibleText() {
        DecodedWindow found =
                decode(TranscribeOptions.builder().temperatures(List.of(1.0)).bestOf(1));
        assertThat(found.text()).matches("a[cdghijkl]|aef?|bc?");
    }

    private static TokenSequence sequence(int length, double logProbability) {
        TokenSequence sequence = new TokenSequence(length);
        for (int i = 0; i < length; i++) {
            sequence.append('a', logProbability / length);
        }
        return sequence;
    }

    private DecodedWindow decode(TranscribeOptions.Builder options) {
        TranscribeOptions built = options.timestamps(Timestamps.NONE)
                .logProbabilityThreshold(null)
                .build();
        WindowDecoder decoder = new WindowDecoder(network.dimensions(), TOKENIZER, GenerationConfig.NONE, built);
        int[] prompt = PROMPT.stream().mapToInt(Integer::intValue).toArray();
        try (EncoderOutput windows = network.encode(List.of(new float[] {0}))) {
            return decoder.decode(windows, List.of(new Prompt(prompt, 0, 0))).get(0);
        }
    }

    private Map<Integer, Double> next(long window, List<Integer> tokens) {
        List<Integer> written = new ArrayList<>(tokens.subList(Math.min(PROMPT.size(), tokens.size()), tokens.size()));
        written.removeIf(token -> token == END);
        Map<Character, Double> letters = language.getOrDefault(TOKENIZER.decode(written), Map.of('$', 1.0));
        return letters.entrySet().stream()
                .collect(Collectors.toMap(
                        letter -> letter.getKey() == '$' ? END : (int) letter.getKey(), Map.Entry::getValue));
    }
}
