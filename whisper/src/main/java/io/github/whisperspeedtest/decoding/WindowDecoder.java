package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes windows, and retries those whose text looks wrong at higher temperatures.
 *
 * <p>The windows of a batch are independent of each other; the result equals that of decoding each one separately.
 *
 * <p>Not thread-safe.
 */
final class WindowDecoder {
    private static final double WINDOW_SECONDS = 30;

    private final Tokenizer tokenizer;
    private final TranscribeOptions options;
    private final DecodingRules rules;
    private final LikelihoodRanker ranker;
    private final BatchSearch batch;

    /**
     * Creates a decoder for one model and one set of options.
     *
     * @param generation decoding settings of the model
     */
    WindowDecoder(
            ModelDimensions dimensions, Tokenizer tokenizer, GenerationConfig generation, TranscribeOptions options) {
        this.tokenizer = tokenizer;
        this.options = options;
        SpecialTokens specials = tokenizer.specials();
        TimestampRules timestamps = options.timestamps() == Timestamps.NONE
                ? null
                : new TimestampRules(specials, WINDOW_SECONDS / dimensions.nAudioCtx(), maxInitialSeconds(options));
        rules = new DecodingRules(
                specials,
                new SuppressedTokens(tokenizer, generation, options.suppressTokens()),
                timestamps,
                new RepetitionRules(options.repetitionPenalty(), options.noRepeatNgramSize()));
        ranker = new LikelihoodRanker(options.lengthPenalty());
        batch = new BatchSearch(dimensions.nVocab(), dimensions.nTextCtx(), specials.noSpeech());
    }

    private static double maxInitialSeconds(TranscribeOptions options) {
        Duration limit = options.maxInitialTimestamp();
        return limit == null ? WINDOW_SECONDS : limit.toMillis() / 1000.0;
    }

    /**
     * Decodes all windows of a batch.
     *
     * @param windows the encoder's output, which stays open
     * @param prompts a prompt for each window, all equally long, with the start of the transcript at the same place
     *     and equally long prefixes
     * @return a result for each window
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    List<DecodedWindow> decode(EncoderOutput windows, List<Prompt> prompts) {
        List<@Nullable DecodedWindow> results = new ArrayList<>();
        prompts.forEach(prompt -> results.add(null));
        int[] wanted = IntStream.range(0, prompts.size()).toArray();
        for (double temperature : options.temperatures()) {
            List<DecodedWindow> attempts = attempt(windows, wanted, prompts, temperature);
            for (int i = 0; i < wanted.length; i++) {
                results.set(wanted[i], attempts.get(i));
            }
            wanted = IntStream.of(wanted)
                    .filter(window -> looksWrong(results.get(window)))
                    .toArray();
            if (wanted.length == 0) {
                break;
            }
        }
        return List.copyOf(results);
    }

    private List<DecodedWindow> attempt(EncoderOutput windows, int[] wanted, List<Prompt> prompts, double temperature) {
        List<Prompt> chosen = IntStream.of(wanted).mapToObj(prompts::get).toList();
        int sequences = temperature > 0 ? options.bestOf() : options.beamSize();
        Optional<List<BatchSearch.Found>> inEngine = temperature == 0
                        && sequences == 1
                        && rules.isForEngines()
                        && chosen.get(0).prefix() == 0
                ? batch.runInEngine(windows, wanted, chosen, rules)
                : Optional.empty();
        return inEngine.orElseGet(() -> batch.run(windows, wanted, chosen, sequences, searches(temperature))).stream()
                .map(found -> result(found, temperature))
                .toList();
    }

    private Function<Prompt, Search> searches(double temperature) {
        if (temperature > 0) {
            return prompt -> new SamplingSearch(rules, ranker, temperature, options.bestOf(), start(prompt));
        }
        if (options.beamSize() > 1) {
            return prompt -> new BeamSearch(rules, ranker, options.beamSize(), options.patience(), start(prompt));
        }
        return prompt -> new SamplingSearch(rules, ranker, 0, 1, start(prompt));
    }

    private TokenSequence start(Prompt prompt) {
        TokenSequence start = new TokenSequence(batch.maxTokens());
        int[] tokens = prompt.tokens();
        for (int i = tokens.length - prompt.prefix(); i < tokens.length; i++) {
            start.appendGiven(tokens[i]);
        }
        return start;
    }

    private DecodedWindow result(BatchSearch.Found found, double temperature) {
        List<Integer> tokens = found.tokens();
        String text = TextTokens.decode(tokenizer, tokens).strip();
        return new DecodedWindow(
                tokens,
                text,
                found.logProbability() / (tokens.size() + 1),
                found.noSpeechProbability(),
                temperature,
                CompressionRatio.of(text));
    }

    /** Returns whether to retry a window: its text is repetitive or improbable, and the window is not simply silent. */
    private boolean looksWrong(DecodedWindow window) {
        Double compressionRatio = options.compressionRatioThreshold();
        Double logProbability = options.logProbabilityThreshold();
        Double noSpeech = options.noSpeechThreshold();
        boolean repetitive = compressionRatio != null && window.compressionRatio() > compressionRatio;
        boolean improbable = logProbability != null && window.averageLogProbability() < logProbability;
        boolean silent = improbable && noSpeech != null && window.noSpeechProbability() > noSpeech;
        return (repetitive || improbable) && !silent;
    }
}
