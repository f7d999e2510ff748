package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transcribes in slices: the same six sentences eight times, in slices that split some of them. */
@Tag("end-to-end")
class LongAudioTest {
    private static final int REPETITIONS = 8;
    private static final long SLICE_SAMPLES = 50L * Audio.SAMPLE_RATE;

    /** The fifth sentence, which the model transcribes most reliably. */
    private static final String SENTENCE = "What time is it?";

    private static final int SENTENCE_INDEX = 4;

    @TempDir
    private static Path home;

    @Test
    void keepsTextAndTimesAcrossSlices() throws IOException {
        SpeechSample sample = MicroSamples.named("en_multi_02.flac");
        Audio once = read(sample);
        Audio audio = repeated(once);
        List<Double> fractions = new ArrayList<>();

        Transcription transcription = transcribe(audio, fractions);

        assertThat(fractions).isSorted().endsWith(1.0);
        assertThat(transcription.duration()).isEqualTo(audio.duration());
        Duration previous = Duration.ZERO;
        Set<Long> found = new HashSet<>();
        for (Segment segment : transcription.segments()) {
            assertThat(segment.start()).isGreaterThanOrEqualTo(previous);
            assertThat(segment.end()).isBetween(segment.start(), audio.duration());
            previous = segment.end();
            if (segment.text().strip().equals(SENTENCE)) {
                long repetition = segment.start().dividedBy(once.duration());
                Duration expected = once.duration()
                        .multipliedBy(repetition)
                        .plus(sample.utterances().get(SENTENCE_INDEX).start());
                assertThat(segment.start()).isCloseTo(expected, Duration.ofSeconds(1));
                assertThat(found.add(repetition))
                        .as("once in repetition %s", repetition)
                        .isTrue();
            }
        }
        // The model misses a sentence occasionally, independent of the slices.
        assertThat(found).hasSizeGreaterThanOrEqualTo(REPETITIONS - 2);
    }

    private static Transcription transcribe(Audio audio, List<Double> fractions) {
        Path file = new ModelStore(ToolHome.at(home), home.resolve("no-hub-cache"))
                .filesOf(TestContexts.configured(new WhisperCppImplementation()), EmbeddedModel.NAME)
                .single();
        try (Transcriber transcriber = WhisperCppTranscriber.load(
                WhisperCppRuntime.start(TestContexts.ofEngine(), LoadOptions.AUTO),
                GgmlModelFile.inspect(file),
                EmbeddedModel.NAME,
                LoadOptions.defaults(),
                false,
                SLICE_SAMPLES)) {
            return transcriber.transcribe(
                    audio,
                    TranscribeOptions.builder().temperatures(List.of(0.0)).build(),
                    new TranscriptionListener() {
                        @Override
                        public void onProgress(double fraction) {
                            fractions.add(fraction);
                        }
                    });
        }
    }

    private static Audio read(SpeechSample sample) throws IOException {
        try (InputStream in = sample.open()) {
            return AudioFiles.read(sample.name(), in);
        }
    }

    private static Audio repeated(Audio once) {
        float[] samples = new float[(int) once.sampleCount()];
        once.read(0, samples, 0, samples.length);
        Audio.Builder audio = Audio.builder("repeated");
        for (int i = 0; i < REPETITIONS; i++) {
            audio.append(samples, 0, samples.length);
        }
        return audio.build();
    }
}
