package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.mel.LogMelSpectrogram;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testing.ReferenceNetwork;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole front end on the embedded model, computed in plain Java. */
@Tag("reference")
class ReferenceTranscriptionTest {
    /**
     * Frames at which OpenAI's sequential loop starts its windows on this recording with this model, and the text of the first window. A
     * separate numpy program modelled on {@code transcribe.py} computed them.
     */
    private static final String LONG_RECORDING = "en_long_01.ogg";

    private static final List<Long> SEEKS = List.of(0L, 3000L, 6000L);
    private static final String FIRST_WINDOW = "Open the window in the bedroom. Turn off the lamp in the bathroom."
            + " Set an alarm in six minutes. Turn on the radio in the garden. The weather is cold."
            + " Turn off the music in the garden. Ten zero four twelve eight. Close the door in the bathroom."
            + " Turn off the radio in the bedroom. Call Anna at four o'clock. Turn on the music in the garden.";

    private static WhisperNetwork network;

    private final List<Segment> segments = new ArrayList<>();
    private final List<Long> seeks = new ArrayList<>();

    @BeforeAll
    static void load() {
        network = new ReferenceNetwork(EmbeddedModel.checkpoint());
    }

    @AfterAll
    static void free() {
        network.close();
    }

    @Test
    void transcribesBundledSamplesWithoutErrors() throws IOException {
        for (SpeechSample sample : EmbeddedModel.samples()) {
            segments.clear();
            SpokenLanguage language = transcribe(sample);
            assertThat(text()).isEqualTo(sample.reference());
            assertThat(language.code()).isEqualTo(sample.language().code());
            assertThat(segments).hasSameSizeAs(sample.utterances());
        }
    }

    @Test
    void windowsStartAtSamePositionsAsOpenAi() throws IOException {
        transcribe(MicroSamples.named(LONG_RECORDING));
        assertThat(seeks).isEqualTo(SEEKS);
        assertThat(text()).startsWith(FIRST_WINDOW);
    }

    @Test
    void chunkedErrorRateDoesNotExceedIndependentWindows() throws IOException {
        SpeechSample sample = MicroSamples.named(LONG_RECORDING);
        TranscribeOptions options =
                TranscribeOptions.builder().conditionOnPreviousText(false).build();
        transcribe(sample, options, LongFormTranscription::new);
        double sequential = errorRate(sample);

        segments.clear();
        seeks.clear();
        transcribe(
                sample,
                TranscribeOptions.defaults(),
                (steps, spectrogram) ->
                        new ChunkedTranscription(steps, spectrogram, ChunkedOptions.defaults(), new BatchLimit()));
        assertThat(seeks).containsExactly(0L, 2000L, 4000L, 6000L);
        assertThat(errorRate(sample)).isLessThanOrEqualTo(sequential);
        assertThat(segments).hasSameSizeAs(sample.utterances());
        for (int i = 0; i < segments.size(); i++) {
            assertThat(segments.get(i).start())
                    .isCloseTo(sample.utterances().get(i).start(), Duration.ofMillis(500));
        }
    }

    private double errorRate(SpeechSample sample) {
        return ErrorRate.of(sample.reference(), text(), sample.language().code())
                .rate();
    }

    private SpokenLanguage transcribe(SpeechSample sample) throws IOException {
        return transcribe(sample, TranscribeOptions.defaults(), LongFormTranscription::new);
    }

    private SpokenLanguage transcribe(
            SpeechSample sample,
            TranscribeOptions options,
            BiFunction<TranscriptionSteps, Spectrogram, TranscriptionLoop> loop)
            throws IOException {
        Audio audio;
        try (InputStream in = sample.open()) {
            audio = AudioFiles.read(sample.name(), in);
        }
        Checkpoint checkpoint = EmbeddedModel.checkpoint();
        Tokenizer tokenizer =
                Tokenizer.of(checkpoint.tokenizer(), checkpoint.dimensions().nVocab());
        LogMelSpectrogram mel =
                new LogMelSpectrogram(checkpoint.dimensions().nMels(), LogMelSpectrogram.Padding.SILENCE);
        Spectrogram spectrogram = new Spectrogram() {
            @Override
            public long frames() {
                return LogMelSpectrogram.frames(audio);
            }

            @Override
            public void window(long firstFrame, float[] target) {
                seeks.add(firstFrame);
                mel.window(audio, firstFrame, target);
            }

            @Override
            public void window(long firstFrame, int frames, float[] target) {
                seeks.add(firstFrame);
                mel.window(audio, firstFrame, frames, target);
            }
        };
        TranscriptionSteps steps = new TranscriptionSteps(network, tokenizer, checkpoint.generation(), options);
        return loop.apply(steps, spectrogram).run(segments::add, fraction -> {});
    }

    private String text() {
        return segments.stream()
                .map(Segment::text)
                .collect(Collectors.joining())
                .strip();
    }
}
