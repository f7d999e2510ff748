package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.spi.BatchTranscriber;
import io.github.whisperspeedtest.spi.Batching;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Texts, languages, times and progress with default options. */
abstract class ResultTests extends ContractTests {
    private static final Duration TIMESTAMP_TOLERANCE = Duration.ofMillis(300);

    ResultTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void detectsLanguageAndTranscribes() {
        assumeSpeechIsRecognised();
        for (SpeechSample sample : List.of(english(), german())) {
            Transcription transcription = contract.byDefault(sample);
            assertThat(transcription.text()).isEqualTo(sample.reference());
            assertThat(transcription.language()).isEqualTo(sample.language().code());
            if (contract.reportsLanguageProbability()) {
                assertThat(transcription.languageProbability()).isBetween(0.5, 1.0);
            } else {
                assertThat(transcription.languageProbability()).isNull();
            }
        }
    }

    @Test
    void usesGivenLanguage() {
        assumeSpeechIsRecognised();
        Transcription transcription = shared.transcribe(audio(german()), options(Language.of("de")));
        assertThat(transcription.text()).isEqualTo(german().reference());
        assertThat(transcription.language()).isEqualTo("de");
        assertThat(transcription.languageProbability()).isNull();

        // Another language must at least change the probabilities. Otherwise the option is ignored.
        Transcription forced = shared.transcribe(audio(german()), options(Language.of("en")));
        assertThat(forced.language()).isEqualTo("en");
        assertThat(forced.segments()).isNotEqualTo(transcription.segments());
    }

    @Test
    void givesSameResultTwice() {
        Transcription first = shared.transcribe(audio(english()), TranscribeOptions.defaults());
        Transcription second = shared.transcribe(audio(english()), TranscribeOptions.defaults());
        assertThat(second.segments()).isEqualTo(first.segments());
    }

    @Test
    void recordingsOfABatchAreTranscribedAsAlone() {
        BatchTranscriber batches = (BatchTranscriber) shared;
        TranscribeOptions options = TranscribeOptions.defaults();
        assumeTrue(batches.canBatch(Duration.ofSeconds(30), options), "it decodes no batches");
        List<SpeechSample> samples = List.of(english(), german(), MicroSamples.named("en_single_01.flac"));

        List<Transcription> together =
                batches.transcribeAll(samples.stream().map(ContractTests::audio).toList(), options);

        for (int i = 0; i < samples.size(); i++) {
            SpeechSample sample = samples.get(i);
            Transcription alone =
                    batches.transcribeAll(List.of(audio(sample)), options).get(0);
            assertThat(together.get(i).text()).isEqualTo(alone.text());
            assertThat(together.get(i).language()).isEqualTo(alone.language());
            assertThat(together.get(i).duration()).isEqualTo(audio(sample).duration());
            if (shared.parameters().computeType().contains("int8")) {
                assertCloseTimes(together.get(i), alone);
            } else {
                assertThat(times(together.get(i))).isEqualTo(times(alone));
            }
            if (contract.recognisesSpeech()) {
                assertThat(together.get(i).text()).isEqualTo(sample.reference());
                assertThat(together.get(i).language())
                        .isEqualTo(sample.language().code());
            }
        }
    }

    /** With signed bytes the sequences of a batch share a scale, and the nearest timestamp may be another one. */
    private static void assertCloseTimes(Transcription actual, Transcription expected) {
        assertThat(times(actual)).hasSameSizeAs(times(expected));
        for (int i = 0; i < times(expected).size(); i++) {
            assertThat(times(actual).get(i)).isCloseTo(times(expected).get(i), TIMESTAMP_TOLERANCE);
        }
    }

    private static List<Duration> times(Transcription transcription) {
        return transcription.segments().stream()
                .flatMap(segment -> Stream.of(segment.start(), segment.end()))
                .toList();
    }

    @Test
    void returnsTimesOfSentence() {
        assumeSpeechIsRecognised();
        Transcription transcription = contract.byDefault(english());
        assertThat(transcription.segments()).hasSize(1);
        Segment segment = transcription.segments().get(0);
        SpeechSample.Utterance expected = english().utterances().get(0);
        assertThat(segment.start()).isCloseTo(expected.start(), TIMESTAMP_TOLERANCE);
        assertThat(segment.end()).isCloseTo(expected.end(), TIMESTAMP_TOLERANCE);
    }

    @Test
    void segmentsAreOrderedAndWithinAudio() {
        assumeSpeechIsRecognised();
        Audio audio = audio(longRecording());
        Transcription transcription = contract.byDefault(longRecording());
        assertThat(transcription.duration()).isEqualTo(audio.duration());
        assertThat(transcription.segments()).hasSizeGreaterThan(10);
        Duration previous = Duration.ZERO;
        for (Segment segment : transcription.segments()) {
            assertThat(segment.start()).isGreaterThanOrEqualTo(previous);
            assertThat(segment.end()).isBetween(segment.start(), audio.duration());
            previous = segment.end();
        }
        // Speech continues to the end of the recording, so text that stops early lacks a window.
        assertThat(previous).isGreaterThan(audio.duration().minusSeconds(10));
    }

    @Test
    void reportsSegmentsAndProgress() {
        List<Segment> heard = new ArrayList<>();
        List<Double> fractions = new ArrayList<>();
        // Progress is reported per batch, and a batch of the default size contains the whole recording.
        TranscribeOptions single = TranscribeOptions.builder().batchSize(1).build();
        TranscribeOptions options = declared.batching() == Batching.ALWAYS ? single : TranscribeOptions.defaults();
        Transcription transcription = shared.transcribe(audio(longRecording()), options, new TranscriptionListener() {
            @Override
            public void onSegment(Segment segment) {
                heard.add(segment);
            }

            @Override
            public void onProgress(double fraction) {
                fractions.add(fraction);
            }
        });
        assertThat(heard).isEqualTo(transcription.segments());
        assertThat(fractions).isSorted().hasSizeGreaterThan(2).allMatch(fraction -> fraction >= 0 && fraction <= 1);
        assertThat(fractions.get(fractions.size() - 1)).isEqualTo(1.0);
    }

    @Test
    void reportsTimings() {
        Transcription transcription = shared.transcribe(audio(english()), TranscribeOptions.defaults());
        Duration total = transcription.timings().total();
        assertThat(total).isPositive();
        assertThat(transcription.timings().encode()).isNotNull().isBetween(Duration.ZERO, total);
        assertThat(transcription.timings().decode()).isNotNull().isBetween(Duration.ZERO, total);
    }

    @Test
    void writesNothingForSilenceAndFaintNoise() {
        Random random = new Random(7);
        float[] noise = new float[8 * Audio.SAMPLE_RATE];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (random.nextGaussian() * 1e-3);
        }
        for (Audio audio : List.of(
                Audio.of("silence", new float[8 * Audio.SAMPLE_RATE]),
                Audio.of("noise", noise),
                Audio.of("empty", new float[0]))) {
            assertThat(shared.transcribe(audio, TranscribeOptions.defaults()).text())
                    .as(audio.name())
                    .isEmpty();
        }
    }

    @Test
    void acceptsVeryShortAudio() {
        Audio click = Audio.of("click", new float[160]);
        assertThat(shared.transcribe(click, TranscribeOptions.defaults()).duration())
                .isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void transcribesSpeechAtEndOfRecording() {
        assumeSpeechIsRecognised();
        SpeechSample sample = MicroSamples.named("de_single_04.flac");
        Audio whole = audio(sample);
        float[] cut = new float[Audio.SAMPLE_RATE * 23 / 20];
        whole.read(0, cut, 0, cut.length);
        assertThat(shared.transcribe(Audio.of("cut", cut), TranscribeOptions.defaults())
                        .text())
                .isEqualTo(sample.reference());
    }

    @Test
    void returnsWordsOnlyIfRequested() {
        assertThat(contract.byDefault(english()).segments())
                .allSatisfy(segment -> assertThat(segment.words()).isEmpty());
    }
}
