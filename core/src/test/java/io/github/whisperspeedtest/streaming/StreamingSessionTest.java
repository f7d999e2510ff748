package io.github.whisperspeedtest.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.vad.LevelSpeechProbability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy on a simulated clock. */
class StreamingSessionTest {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<StreamingEvent> events = new ArrayList<>();
    private ScriptedTranscriber transcriber = new ScriptedTranscriber((audio, options) -> SpokenWords.hear(audio));

    @Test
    void reportsEachUtteranceOnce() {
        SpokenWords spoken = new SpokenWords()
                .pause(PAUSE)
                .say(8)
                .pause(PAUSE)
                .say(20)
                .pause(PAUSE)
                .say(3);
        StreamingSummary summary = simulate(spoken, 200);
        assertThat(confirmedWords()).isEqualTo(spoken.words());
        assertThat(utterances()).containsExactly(8, 20, 3);
        assertThat(summary.words()).isEqualTo(31);
        assertThat(summary.utterances()).isEqualTo(3);
        assertThat(summary.language()).isEqualTo("en");
        // Half of the latency of 2 s between hypotheses, two of which must agree.
        assertThat(summary.medianLatency()).isBetween(Duration.ofMillis(300), Duration.ofMillis(2200));
        assertThat(summary.latency95()).isLessThan(Duration.ofMillis(3000));
        assertThat(events)
                .noneMatch(event -> event instanceof StreamingEvent.Slow || event instanceof StreamingEvent.Skipped);
    }

    @Test
    void confirmsWhileOneSpeaks() {
        SpokenWords spoken = new SpokenWords().say(60);
        simulate(spoken, 100);
        StreamingEvent.Confirmed first = first(StreamingEvent.Confirmed.class);
        assertThat(first.at()).isLessThan(Duration.ofSeconds(4));
        assertThat(events.indexOf(first(StreamingEvent.Partial.class))).isLessThan(events.indexOf(first));
    }

    @Test
    void staysSilentInSilence() {
        simulate(new SpokenWords().pause(Duration.ofMinutes(2)), 100);
        assertThat(events).isEmpty();
        assertThat(transcriber.windows).isEmpty();
    }

    /** The end of a window is heard wrong, each time in another way. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void survivesHypothesesThatChange(long seed) {
        Random random = new Random(seed);
        SpokenWords spoken = new SpokenWords();
        for (int i = 0; i < 12; i++) {
            spoken.say(1 + random.nextInt(70)).pause(Duration.ofMillis(random.nextInt(1500)));
        }
        transcriber = new ScriptedTranscriber((audio, options) -> garbled(audio, options, random));
        StreamingSummary summary = simulate(spoken, 50 + random.nextInt(300));
        assertThat(confirmedWords()).isEqualTo(spoken.words());
        assertThat(summary.skipped()).isZero();
        assertOrdered();
    }

    private static List<Word> garbled(Audio audio, TranscribeOptions options, Random random) {
        List<Word> words = new ArrayList<>(SpokenWords.hear(audio));
        boolean isLast = options.temperatures().size() > 1;
        for (int i = Math.max(0, words.size() - 3); i < words.size() && !isLast; i++) {
            Word word = words.get(i);
            words.set(
                    i,
                    random.nextBoolean()
                            ? new Word(word.start(), word.end(), " x" + random.nextInt(), 1)
                            : new Word(word.start(), word.end(), word.text() + ",", 1));
        }
        if (!isLast && !words.isEmpty() && random.nextInt(4) == 0) {
            words.remove(words.size() - 1);
        }
        return words;
    }

    /** Whatever the engine makes up: what is confirmed is reported once, in order, and the stream ends. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void neverRevisesWhatANonsenseEngineConfirmed(long seed) {
        Random random = new Random(seed);
        transcriber = new ScriptedTranscriber((audio, options) -> {
            List<Word> words = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                Duration start = Samples.duration((long) (random.nextDouble() * audio.sampleCount()));
                words.add(new Word(start, start.plusMillis(random.nextInt(4000)), " w" + random.nextInt(3), 1));
            }
            words.sort((one, other) -> one.start().compareTo(other.start()));
            return words;
        });
        simulate(new SpokenWords().say(300).pause(PAUSE).say(200), random.nextInt(4000));
        assertOrdered();
    }

    @Test
    void keepsWindowsBelowWhispersLimit() {
        SpokenWords spoken = new SpokenWords().say(600);
        simulate(spoken, 200);
        assertThat(confirmedWords()).isEqualTo(spoken.words());
        assertThat(transcriber.windows).allMatch(window -> window.compareTo(Duration.ofSeconds(20)) < 0);
        assertThat(utterances()).hasSizeGreaterThan(5);
    }

    @Test
    void movesOnWhereHypothesesNeverAgree() {
        Random random = new Random(5);
        transcriber = new ScriptedTranscriber((audio, options) -> SpokenWords.hear(audio).stream()
                .map(word -> new Word(word.start(), word.end(), " x" + random.nextInt(), 1))
                .toList());
        SpokenWords spoken = new SpokenWords().say(600);
        simulate(spoken, 200);
        assertThat(transcriber.windows).allMatch(window -> window.compareTo(Duration.ofSeconds(28)) < 0);
        assertThat(confirmedWords()).hasSize(600);
    }

    @Test
    void lengthensTheStepOfASlowEngine() {
        SpokenWords spoken = new SpokenWords().say(300);
        StreamingSummary summary = simulate(spoken, 2000);
        assertThat(confirmedWords()).isEqualTo(spoken.words());
        StreamingEvent.Slow slow = first(StreamingEvent.Slow.class);
        assertThat(slow.decodeTime()).isEqualTo(Duration.ofSeconds(2));
        assertThat(slow.step()).isEqualTo(Duration.ofMillis(2500));
        assertThat(events.stream().filter(StreamingEvent.Slow.class::isInstance))
                .hasSize(1);
        assertThat(summary.skipped()).isZero();
        assertThat(summary.realTimeFactor()).isLessThan(1);
    }

    @Test
    void transcribesOnceWhatASlowerEngineCannotTranscribeTwice() {
        SpokenWords spoken = new SpokenWords().say(900);
        // Slower than real time for short windows, and faster for long ones.
        StreamingSummary summary = simulate(spoken, 15_000);
        assertThat(summary.skipped()).isZero();
        assertThat(confirmedWords()).isEqualTo(spoken.words());
        assertThat(summary.latency95()).isLessThan(Duration.ofSeconds(70));
        assertThat(transcriber.windows).allMatch(window -> window.compareTo(Duration.ofSeconds(25)) <= 0);
    }

    /** Each window takes longer than an utterance and the pause after it, but less than several of them. */
    @Test
    void joinsShortUtterancesForASlowEngine() {
        SpokenWords spoken = new SpokenWords();
        for (int i = 0; i < 60; i++) {
            spoken.say(5).pause(Duration.ofMillis(700));
        }
        StreamingSummary summary = simulate(spoken, 4000);
        assertThat(confirmedWords()).isEqualTo(spoken.words());
        assertThat(summary.skipped()).isZero();
        assertThat(summary.latency95()).isLessThan(Duration.ofSeconds(16));
        assertOrdered();
    }

    @Test
    void skipsOnlyWhereNothingElseHelps() {
        SpokenWords spoken = new SpokenWords().say(2000);
        StreamingSummary summary = simulate(spoken, 40_000);
        assertThat(summary.skipped()).isGreaterThan(Duration.ofMinutes(2));
        assertThat(summary.words()).isPositive();
        assertThat(spoken.words()).containsSubsequence(confirmedWords());
        StreamingEvent.Skipped gap = first(StreamingEvent.Skipped.class);
        assertThat(gap.from()).isLessThan(gap.to());
        // Nobody waits without limit: the ring's minute and one transcription.
        assertThat(summary.latency95()).isLessThan(Duration.ofSeconds(110));
        assertOrdered();
    }

    @Test
    void memoryIsBoundedOverHours() {
        long hours = 4;
        AudioRing ring = new AudioRing((int) Samples.of(StreamingSession.RING));
        transcriber = new ScriptedTranscriber((audio, options) -> SpokenWords.hear(audio));
        long[] seen = new long[2];
        ManualClock clock = new ManualClock(ring);
        StreamingSession session = new StreamingSession(
                ring,
                clock,
                frame -> frame[0] == 0 ? 0 : 1,
                new WindowTranscriber(
                        transcriber, Capabilities.sequentialDecoding().build(), TranscribeOptions.defaults()),
                StreamingOptions.defaults(),
                event -> {
                    if (event instanceof StreamingEvent.Confirmed words) {
                        words.words().forEach(word -> assertThat(word.text()).isEqualTo(SpokenWords.text(seen[0]++)));
                    }
                });
        float[] gap = new float[(int) Samples.of(SpokenWords.GAP)];
        float[] pause = new float[(int) Samples.of(PAUSE)];
        long number = 0;
        while (ring.end() < hours * 3600 * Audio.SAMPLE_RATE) {
            float[] sound = SpokenWords.sound(number);
            ring.append(sound, 0, sound.length);
            ring.append(gap, 0, gap.length);
            number++;
            if (number % 1000 == 0) {
                ring.append(pause, 0, pause.length);
            }
            session.work(false);
            transcriber.windows.clear();
            transcriber.options.clear();
            seen[1] = Math.max(seen[1], session.remembered());
        }
        assertThat(seen[0]).isGreaterThan(40_000);
        assertThat(seen[1]).isLessThan(500);
    }

    @Test
    void passesOnThePromptAndFixesTheLanguage() {
        simulate(
                new SpokenWords()
                        .say(5)
                        .pause(PAUSE)
                        .say(5)
                        .pause(Duration.ofSeconds(15))
                        .say(5),
                100);
        List<TranscribeOptions> last = transcriber.options.stream()
                .filter(options -> options.temperatures().size() > 1)
                .toList();
        assertThat(last).hasSize(3);
        assertThat(last.get(0).prompt()).isNull();
        assertThat(last.get(0).language().code()).isEqualTo("auto");
        assertThat(last.get(1).prompt()).isEqualTo(" w0 w1 w2 w3 w4");
        assertThat(last.get(1).language().code()).isEqualTo("en");
        assertThat(last.get(2).prompt()).as("prompt after 15 s of silence").isNull();
    }

    @Test
    void audioContextIsAutoUnlessSetOrNotSupported() {
        SpokenWords spoken = new SpokenWords().say(5).pause(PAUSE);
        simulate(spoken, 100);
        assertThat(transcriber.options).isNotEmpty().allMatch(options -> options.audioContext() == AudioContext.AUTO);

        transcriber.options.clear();
        TranscribeOptions full =
                TranscribeOptions.builder().audioContext(AudioContext.FULL).build();
        simulate(spoken, 100, StreamingOptions.defaults().withTranscribe(full));
        assertThat(transcriber.options).isNotEmpty().allMatch(options -> options.audioContext() == AudioContext.FULL);

        transcriber.options.clear();
        model(transcriber, Capabilities.sequentialDecoding().oneOf(TranscribeOption.AUDIO_CONTEXT))
                .simulate(spoken.audio(), StreamingOptions.defaults(), events::add, time -> Duration.ofMillis(100));
        assertThat(transcriber.options).isNotEmpty().allMatch(options -> options.audioContext() == null);
    }

    @Test
    void independentWindowsHaveNoPrompt() {
        simulate(
                new SpokenWords().say(5).pause(PAUSE).say(5),
                100,
                StreamingOptions.defaults()
                        .withTranscribe(TranscribeOptions.builder()
                                .conditionOnPreviousText(false)
                                .build()));
        assertThat(transcriber.options).allMatch(options -> options.prompt() == null);
    }

    @Test
    void keepsWhatIsConfirmedWhenTheEngineFails() {
        transcriber = new ScriptedTranscriber((audio, options) -> {
            if (transcriber.windows.size() > 6) {
                throw new EngineException("out of order");
            }
            return SpokenWords.hear(audio);
        });
        SpokenWords spoken = new SpokenWords().say(100);
        assertThatThrownBy(() -> simulate(spoken, 100)).isInstanceOf(EngineException.class);
        assertThat(confirmedWords()).hasSizeGreaterThan(8);
        assertThat(events.get(events.size() - 2))
                .isInstanceOfSatisfying(
                        StreamingEvent.Partial.class,
                        partial -> assertThat(partial.words()).isEmpty());
        assertThat(events.get(events.size() - 1)).isInstanceOf(StreamingEvent.UtteranceEnd.class);
        assertOrdered();
    }

    @Test
    void dividesAnUtteranceThatIsTooLong() {
        SpokenWords spoken = new SpokenWords().say(60);
        simulate(spoken, 100, StreamingOptions.defaults().withMaxUtterance(Duration.ofSeconds(5)));
        assertThat(utterances()).hasSizeGreaterThan(2);
        assertThat(confirmedWords()).isEqualTo(spoken.words());
        assertOrdered();
    }

    @Test
    void refusesOptionsThatMakeNoSenseLive() {
        for (TranscribeOptions.Builder wrong : List.of(
                TranscribeOptions.builder().vad(false),
                TranscribeOptions.builder().prefix("So"),
                TranscribeOptions.builder().batchSize(4),
                TranscribeOptions.builder().clipTimestamps(List.of(Duration.ofSeconds(1))))) {
            assertThatThrownBy(() -> StreamingOptions.defaults().withTranscribe(wrong.build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("leave");
        }
        assertThatThrownBy(() -> StreamingOptions.defaults().withLatency(Duration.ofMillis(400)))
                .hasMessage("latency must be from 0.5 to 20 seconds, but was 0.4");
    }

    private StreamingSummary simulate(SpokenWords spoken, long costMillis) {
        return simulate(spoken, costMillis, StreamingOptions.defaults());
    }

    private StreamingSummary simulate(SpokenWords spoken, long costMillis, StreamingOptions options) {
        return model(transcriber).simulate(spoken.audio(), options, events::add, time -> Duration.ofMillis(costMillis));
    }

    static StreamingModel model(ScriptedTranscriber transcriber) {
        return model(transcriber, Capabilities.sequentialDecoding());
    }

    private static StreamingModel model(ScriptedTranscriber transcriber, Capabilities.Builder declared) {
        return new StreamingModel(
                transcriber, declared.build(), options -> {}, LevelSpeechProbability::new, List.of(), () -> {});
    }

    private List<String> confirmedWords() {
        return confirmed().stream()
                .map(word -> word.text().replace(",", ""))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private List<Word> confirmed() {
        return events.stream()
                .filter(StreamingEvent.Confirmed.class::isInstance)
                .flatMap(event -> ((StreamingEvent.Confirmed) event).words().stream())
                .toList();
    }

    private List<Integer> utterances() {
        return events.stream()
                .filter(StreamingEvent.UtteranceEnd.class::isInstance)
                .map(event ->
                        ((StreamingEvent.UtteranceEnd) event).segment().words().size())
                .toList();
    }

    private <T extends StreamingEvent> T first(Class<T> type) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    /** The stream's time and the words' times never run backwards, and utterances have exactly the confirmed words. */
    private void assertOrdered() {
        assertThat(events).isSortedAccordingTo((one, other) -> one.at().compareTo(other.at()));
        assertThat(confirmed()).isSortedAccordingTo((one, other) -> one.start().compareTo(other.start()));
        assertThat(events.stream()
                        .filter(StreamingEvent.UtteranceEnd.class::isInstance)
                        .flatMap(event -> ((StreamingEvent.UtteranceEnd) event).segment().words().stream()))
                .containsExactlyElementsOf(confirmed());
    }

    /** Transcriptions take no time. */
    private record ManualClock(AudioRing ring) implements StreamClock {
        @Override
        public Duration now() {
            return Samples.duration(ring.end());
        }

        @Override
        public Duration time(Runnable work) {
            work.run();
            return Duration.ofMillis(100);
        }
    }
}
