package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.VadOptions;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transcription options: each is honoured if declared and refused otherwise. */
abstract class DecodingTests extends ContractTests {
    /** Token {@code <|0.00|>} of the embedded model, which has the vocabulary of the multilingual models before large-v3. */
    private static final int FIRST_TIMESTAMP_TOKEN = 50364;

    /** Token {@code <|endoftext|>}; the text tokens are those before it. */
    private static final int END_OF_TEXT = 50257;

    DecodingTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void supportsBeamSearch() {
        // The model is unsure of the numbers in this recording. Where it is sure, beam search and greedy search give
        // the same text.
        SpeechSample sample = englishSentences();
        TranscribeOptions options = TranscribeOptions.builder().beamSize(3).build();
        optional(TranscribeOption.BEAM_SIZE, sample, options, transcription -> {
            assertThat(transcription.segments()).hasSize(sample.utterances().size());
            assertDiffersFromDefault(transcription, sample);
        });
    }

    @Test
    void decodesWithoutTimestamps() {
        TranscribeOptions options =
                TranscribeOptions.builder().timestamps(Timestamps.NONE).build();
        optional(TranscribeOption.TIMESTAMPS, englishSentences(), options, transcription -> {
            assertThat(transcription.text()).isNotEmpty();
            assertThat(transcription.segments()).as("one for the one window").hasSize(1);
            assertThat(transcription.segments().get(0).tokens()).allMatch(token -> token < FIRST_TIMESTAMP_TOKEN);
        });
    }

    @Test
    void returnsWordTimestamps() {
        TranscribeOptions options =
                TranscribeOptions.builder().timestamps(Timestamps.WORD).build();
        optional(TranscribeOption.TIMESTAMPS, options, transcription -> {
            Segment segment = transcription.segments().get(0);
            assertThat(segment.words()).hasSameSizeAs(english().reference().split(" "));
            assertThat(String.join("", segment.words().stream().map(Word::text).toList()))
                    .isEqualTo(segment.text());
            Duration previous = segment.start();
            for (Word word : segment.words()) {
                assertThat(word.start()).isGreaterThanOrEqualTo(previous);
                assertThat(word.end()).isBetween(word.start(), segment.end());
                assertThat(word.probability()).isBetween(0.0, 1.0);
                previous = word.start();
            }
            assertThat(previous)
                    .as("start of the last word")
                    .isGreaterThan(segment.words().get(0).end());
        });
    }

    @Test
    void usesPrompt() {
        TranscribeOptions options =
                TranscribeOptions.builder().prompt("Good morning. ").build();
        optional(TranscribeOption.PROMPT, englishSentences(), options, transcription -> {
            assertThat(transcription.text()).isNotEmpty();
            assertDiffersFromDefault(transcription, englishSentences());
        });
    }

    @Test
    void transcribesClips() {
        // The first and the fourth sentence; the model is unsure of the numbers between them.
        TranscribeOptions options = TranscribeOptions.builder()
                .clipTimestamps(List.of(millis(100), millis(2400), millis(6300), millis(8600)))
                .build();
        optional(TranscribeOption.CLIP_TIMESTAMPS, englishSentences(), options, transcription -> {
            if (contract.recognisesSpeech()) {
                assertThat(transcription.text())
                        .isEqualTo("Turn on the radio in the bedroom. Turn on the music in the garden.");
            }
            assertThat(transcription.segments())
                    .isNotEmpty()
                    .allSatisfy(segment -> assertThat(segment.start())
                            .satisfiesAnyOf(
                                    start -> assertThat(start).isBetween(millis(100), millis(2400)),
                                    start -> assertThat(start).isBetween(millis(6300), millis(8600))));
            assertThat(transcription.duration())
                    .isEqualTo(audio(englishSentences()).duration());
        });
    }

    @Test
    void clipBehindTheEndIsEmpty() {
        TranscribeOptions options = TranscribeOptions.builder()
                .clipTimestamps(List.of(Duration.ofMinutes(5)))
                .build();
        optional(
                TranscribeOption.CLIP_TIMESTAMPS,
                options,
                transcription -> assertThat(transcription.segments()).isEmpty());
    }

    @Test
    void suppressesTokens() {
        int token = firstTextToken(contract.byDefault(english()));
        TranscribeOptions options =
                TranscribeOptions.builder().suppressTokens(List.of(-1, token)).build();
        optional(
                TranscribeOption.SUPPRESS_TOKENS,
                options,
                transcription -> assertThat(transcription.segments())
                        .isNotEmpty()
                        .allSatisfy(segment -> assertThat(segment.tokens()).doesNotContain(token)));
    }

    /** Returns any token for an implementation that returns no tokens, which cannot declare options about them. */
    private static int firstTextToken(Transcription transcription) {
        return transcription.segments().get(0).tokens().stream()
                .filter(id -> id < END_OF_TEXT)
                .findFirst()
                .orElse(0);
    }

    @Test
    void penalizesRepetition() {
        TranscribeOptions options =
                TranscribeOptions.builder().repetitionPenalty(5).build();
        optional(
                TranscribeOption.REPETITION_PENALTY,
                englishSentences(),
                options,
                transcription -> assertDiffersFromDefault(transcription, englishSentences()));
    }

    @Test
    void forbidsRepeatedTokens() {
        TranscribeOptions once = TranscribeOptions.builder()
                .timestamps(Timestamps.NONE)
                .noRepeatNgramSize(1)
                .build();
        optional(TranscribeOption.NO_REPEAT_NGRAM_SIZE, englishSentences(), once, transcription -> {
            assertThat(textTokens(transcription)).isNotEmpty().doesNotHaveDuplicates();
            Transcription repeating = shared.transcribe(
                    audio(englishSentences()),
                    once.toBuilder().noRepeatNgramSize(0).build());
            if (contract.recognisesSpeech()) {
                assertThat(textTokens(repeating).stream().distinct().count())
                        .isLessThan(textTokens(repeating).size());
            }
        });
    }

    @Test
    void usesHotwords() {
        TranscribeOptions options =
                TranscribeOptions.builder().hotwords("Good morning. ").build();
        optional(TranscribeOption.HOTWORDS, englishSentences(), options, transcription -> {
            assertThat(transcription.text()).isNotEmpty();
            assertDiffersFromDefault(transcription, englishSentences());
        });
    }

    @Test
    void continuesPrefix() {
        // It says: turn off.
        TranscribeOptions options =
                TranscribeOptions.builder().prefix("Turn on").build();
        optional(
                TranscribeOption.PREFIX,
                options,
                transcription ->
                        assertThat(transcription.text()).startsWith("Turn on").hasSizeGreaterThan("Turn on".length()));
    }

    @Test
    void limitsFirstTimestamp() {
        TranscribeOptions options =
                TranscribeOptions.builder().maxInitialTimestamp(Duration.ZERO).build();
        optional(TranscribeOption.MAX_INITIAL_TIMESTAMP, options, transcription -> {
            if (contract.recognisesSpeech()) {
                assertThat(contract.byDefault(english()).segments().get(0).start())
                        .isPositive();
            }
            assertThat(transcription.segments().get(0).start()).isZero();
        });
    }

    @Test
    void skippingSilenceKeepsSpeech() {
        TranscribeOptions options = sampleOf(TranscribeOption.HALLUCINATION_SILENCE_THRESHOLD);
        optional(
                TranscribeOption.HALLUCINATION_SILENCE_THRESHOLD,
                options,
                transcription -> assertIsTextOf(english(), transcription.text()));
    }

    /** An engine with a greedy search of its own leaves it to Java where a rule against repetition is set. */
    @Test
    void engineAndJavaSearchAlike() {
        int token = firstTextToken(contract.byDefault(englishSentences()));
        for (TranscribeOptions options : List.of(
                TranscribeOptions.defaults(),
                TranscribeOptions.builder()
                        .suppressTokens(List.of(token))
                        .temperatures(List.of(0.0))
                        .build(),
                TranscribeOptions.builder()
                        .maxInitialTimestamp(Duration.ZERO)
                        .temperatures(List.of(0.0))
                        .build(),
                TranscribeOptions.builder()
                        .maxInitialTimestamp(null)
                        .temperatures(List.of(0.0))
                        .build())) {
            // No text has a thousand tokens.
            TranscribeOptions inJava =
                    options.toBuilder().noRepeatNgramSize(1000).build();
            if (Arrays.stream(TranscribeOption.values()).allMatch(option -> declared.supports(option, inJava))) {
                assertThat(shared.transcribe(audio(englishSentences()), inJava).segments())
                        .usingRecursiveFieldByFieldElementComparatorOnFields("start", "end", "text", "tokens")
                        .isEqualTo(shared.transcribe(audio(englishSentences()), options)
                                .segments());
            }
        }
    }

    @Test
    void encodesOnlyTheAudioOfShortRecordings() {
        TranscribeOptions auto = sampleOf(TranscribeOption.AUDIO_CONTEXT);
        for (SpeechSample sample : List.of(english(), german())) {
            optional(
                    TranscribeOption.AUDIO_CONTEXT,
                    sample,
                    auto,
                    transcription -> assertIsTextOf(sample, transcription.text()));
        }
        TranscribeOptions words = auto.toBuilder().timestamps(Timestamps.WORD).build();
        if (declared.supports(TranscribeOption.AUDIO_CONTEXT, words)
                && declared.supports(TranscribeOption.TIMESTAMPS, words)) {
            List<Word> shortened = words(shared.transcribe(audio(english()), words));
            List<Word> whole = words(shared.transcribe(
                    audio(english()),
                    words.toBuilder().audioContext(AudioContext.FULL).build()));
            assertThat(shortened).as("times or probabilities").isNotEqualTo(whole);
            if (contract.recognisesSpeech()) {
                assertThat(lastStart(shortened)).isCloseTo(lastStart(whole), millis(200));
            }
        }
    }

    @Test
    void audioContextEndsWithItsTranscription() {
        TranscribeOptions auto = sampleOf(TranscribeOption.AUDIO_CONTEXT);
        Transcription before = shared.transcribe(audio(german()), TranscribeOptions.defaults());
        Double probability = before.languageProbability();
        if (declared.supports(TranscribeOption.AUDIO_CONTEXT, auto) && probability != null) {
            Transcription first = shared.transcribe(audio(english()), auto);
            Transcription after = shared.transcribe(audio(german()), TranscribeOptions.defaults());
            assertThat(after.languageProbability()).isCloseTo(probability, within(1e-6));
            assertThat(shared.transcribe(audio(english()), auto).languageProbability())
                    .as("of the same audio with the same context")
                    .isCloseTo(first.languageProbability(), within(1e-6));
        }
    }

    private static Duration lastStart(List<Word> words) {
        return words.get(words.size() - 1).start();
    }

    private static List<Word> words(Transcription transcription) {
        return transcription.segments().stream()
                .flatMap(segment -> segment.words().stream())
                .toList();
    }

    @Test
    void encodesFullWindowsWhole() {
        Audio audio = audio(longRecording());
        Audio window = audio.slice(0, 30L * Audio.SAMPLE_RATE);
        TranscribeOptions auto =
                TranscribeOptions.builder().audioContext(AudioContext.AUTO).build();
        if (declared.supports(TranscribeOption.AUDIO_CONTEXT, auto)) {
            // What follows the last sentence may be a second, short window.
            List<Segment> first = shared.transcribe(window, TranscribeOptions.defaults()).segments().stream()
                    .filter(segment -> segment.end().compareTo(Duration.ofSeconds(25)) < 0)
                    .toList();
            assertThat(first).isNotEmpty();
            assertThat(shared.transcribe(window, auto).segments()).startsWith(first.toArray(Segment[]::new));
        }
    }

    private static List<Integer> textTokens(Transcription transcription) {
        return transcription.segments().stream()
                .flatMap(segment -> segment.tokens().stream())
                .filter(token -> token < END_OF_TEXT)
                .toList();
    }

    private static Duration millis(long value) {
        return Duration.ofMillis(value);
    }

    @Test
    void translates() {
        // The embedded model is not trained to translate. Its text is nonsense, but differs from the transcript.
        TranscribeOptions options =
                TranscribeOptions.builder().task(Task.TRANSLATE).build();
        optional(
                TranscribeOption.TASK,
                german(),
                options,
                transcription -> assertDiffersFromDefault(transcription, german()));
    }

    @Test
    void decodesWindowsIndependently() {
        TranscribeOptions options =
                TranscribeOptions.builder().conditionOnPreviousText(false).build();
        // With the previous text as its prompt, the embedded model loses sentences of later windows.
        optional(
                TranscribeOption.CONDITION_ON_PREVIOUS_TEXT,
                longRecording(),
                options,
                transcription -> assertThat(transcription
                                .text()
                                .equals(contract.byDefault(longRecording()).text()))
                        .as(
                                "the same as by default: %s",
                                contract.byDefault(longRecording()).text())
                        .isEqualTo(!declared.supports(
                                TranscribeOption.CONDITION_ON_PREVIOUS_TEXT,
                                options.toBuilder()
                                        .conditionOnPreviousText(true)
                                        .build())));
    }

    @Test
    void conditionsOnPreviousText() {
        TranscribeOptions options =
                TranscribeOptions.builder().conditionOnPreviousText(true).build();
        optional(
                TranscribeOption.CONDITION_ON_PREVIOUS_TEXT,
                longRecording(),
                options,
                transcription -> assertThat(transcription.text())
                        .isEqualTo(contract.byDefault(longRecording()).text()));
    }

    @Test
    void honoursBatchSize() {
        optional(
                TranscribeOption.BATCH_SIZE,
                longRecording(),
                TranscribeOptions.builder().vad(false).batchSize(1).build(),
                transcription -> assertThat(transcription.text())
                        .isEqualTo(contract.byDefault(longRecording()).text()));
    }

    @Test
    void honoursChunkLength() {
        optional(
                TranscribeOption.CHUNK_LENGTH,
                longRecording(),
                TranscribeOptions.builder()
                        .vad(false)
                        .chunkLength(Duration.ofSeconds(15))
                        .build(),
                transcription -> assertDiffersFromDefault(transcription, longRecording()));
    }

    @Test
    void decodesAtSingleTemperature() {
        TranscribeOptions options =
                TranscribeOptions.builder().temperatures(List.of(0.0)).build();
        optional(
                TranscribeOption.TEMPERATURES,
                options,
                transcription -> assertIsTextOf(english(), transcription.text()));
    }

    /** Declared options without a test of their effect must at least not fail. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VAD")
    void honoursOrRejectsEachOption(TranscribeOption option) {
        optional(
                option,
                sampleOf(option),
                transcription -> assertThat(transcription.duration())
                        .isEqualTo(audio(english()).duration()));
    }

    /** Returns options that differ from the defaults in one option. */
    private static TranscribeOptions sampleOf(TranscribeOption option) {
        TranscribeOptions.Builder builder = TranscribeOptions.builder();
        VadOptions vad = VadOptions.defaults();
        return switch (option) {
            case LANGUAGE -> builder.language(Language.of("de")).build();
            case TASK -> builder.task(Task.TRANSLATE).build();
            case CLIP_TIMESTAMPS ->
                builder.clipTimestamps(List.of(Duration.ZERO, Duration.ofSeconds(1)))
                        .build();
            case BEAM_SIZE -> builder.beamSize(2).build();
            case BEST_OF -> builder.bestOf(2).build();
            case PATIENCE -> builder.patience(2).build();
            case LENGTH_PENALTY -> builder.lengthPenalty(0.5).build();
            case REPETITION_PENALTY -> builder.repetitionPenalty(1.1).build();
            case NO_REPEAT_NGRAM_SIZE -> builder.noRepeatNgramSize(3).build();
            case TEMPERATURES -> builder.temperatures(List.of(0.5)).build();
            case COMPRESSION_RATIO_THRESHOLD ->
                builder.compressionRatioThreshold(3.0).build();
            case LOG_PROBABILITY_THRESHOLD ->
                builder.logProbabilityThreshold(-2.0).build();
            case NO_SPEECH_THRESHOLD -> builder.noSpeechThreshold(0.5).build();
            case HALLUCINATION_SILENCE_THRESHOLD ->
                builder.timestamps(Timestamps.WORD)
                        .hallucinationSilenceThreshold(Duration.ofSeconds(2))
                        .build();
            case SUPPRESS_TOKENS -> builder.suppressTokens(List.of()).build();
            case PROMPT -> builder.prompt("Good morning. ").build();
            case PREFIX -> builder.prefix("Good").build();
            case HOTWORDS -> builder.hotwords("Monday").build();
            case CONDITION_ON_PREVIOUS_TEXT ->
                builder.conditionOnPreviousText(true).build();
            case TIMESTAMPS -> builder.timestamps(Timestamps.WORD).build();
            case MAX_INITIAL_TIMESTAMP -> builder.maxInitialTimestamp(null).build();
            case VAD -> builder.vad(true).build();
            case VAD_THRESHOLD -> withVad(vad.withThreshold(0.6));
            case VAD_MIN_SILENCE -> withVad(vad.withMinSilence(Duration.ofSeconds(1)));
            case VAD_MIN_SPEECH ->
                withVad(new VadOptions(vad.threshold(), null, Duration.ofSeconds(1), null, vad.padding()));
            case VAD_MAX_SPEECH -> withVad(vad.withMaxSpeech(Duration.ofSeconds(9)));
            case VAD_PAD -> withVad(new VadOptions(vad.threshold(), null, vad.minSpeech(), null, Duration.ofMillis(9)));
            case CHUNK_LENGTH ->
                builder.vad(false).chunkLength(Duration.ofSeconds(15)).build();
            case BATCH_SIZE -> builder.vad(false).batchSize(1).build();
            case AUDIO_CONTEXT -> builder.audioContext(AudioContext.AUTO).build();
        };
    }

    /** Returns options for voice activity detection that is off, so they have no effect. */
    private static TranscribeOptions withVad(VadOptions options) {
        return TranscribeOptions.builder().vad(false).vadOptions(options).build();
    }

    private interface Check {
        void accept(Transcription transcription);
    }

    /** Checks the effect of an option on one sentence if it is declared; otherwise checks that core refuses it by name. */
    private void optional(TranscribeOption option, TranscribeOptions options, Check check) {
        optional(option, english(), options, check);
    }

    private void optional(TranscribeOption option, SpeechSample sample, TranscribeOptions options, Check check) {
        if (declared.supports(option, options)) {
            check.accept(shared.transcribe(audio(sample), options));
        } else {
            assertThatThrownBy(() -> shared.transcribe(audio(sample), options))
                    .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                        assertThat(refusal.implementation()).isEqualTo(implementation.id());
                        assertThat(refusal.option()).contains(option.label());
                    });
        }
    }

    /** Checks that an option has an effect. Equal options give equal results, so an ignored option changes nothing. */
    private void assertDiffersFromDefault(Transcription transcription, SpeechSample sample) {
        assertThat(transcription.segments())
                .as("segments, not to be those of the default options")
                .isNotEqualTo(contract.byDefault(sample).segments());
    }
}
