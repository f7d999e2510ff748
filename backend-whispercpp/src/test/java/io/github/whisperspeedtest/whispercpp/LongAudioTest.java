package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.Sample;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.Transcriber;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audio that is handed over in more than one slice: thirty-one minutes, mostly silent, a sentence every minute. */
class LongAudioTest {
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final int MINUTES = 31;

    @TempDir
    private static Path home;

    @Test
    void keepsEverySentenceAndItsTimeAcrossTheCut() throws IOException {
        Sample sample = MicroSamples.named("en_single_04.flac");
        WhisperCppImplementation implementation = new WhisperCppImplementation();
        List<Double> fractions = new ArrayList<>();
        Transcription transcription;
        try (Transcriber transcriber = implementation.load(
                new ModelStore(ToolHome.at(home)).locate(implementation, EmbeddedModel.NAME), LoadOptions.defaults())) {
            transcription = transcriber.transcribe(
                    everyMinute(sample),
                    TranscribeOptions.builder().temperatures(List.of(0.0)).build(),
                    new TranscriptionListener() {
                        @Override
                        public void onProgress(double fraction) {
                            fractions.add(fraction);
                        }
                    });
        }
        assertThat(fractions).isSorted().endsWith(1.0);
        List<Segment> sentences = transcription.segments();
        assertThat(sentences).extracting(segment -> segment.text().strip()).containsOnly(sample.reference());
        assertThat(sentences).hasSize(MINUTES);
        for (int minute = 0; minute < MINUTES; minute++) {
            Duration expected =
                    PERIOD.multipliedBy(minute).plus(sample.utterances().get(0).start());
            assertThat(sentences.get(minute).start()).isCloseTo(expected, Duration.ofMillis(300));
        }
    }

    private static Audio everyMinute(Sample sample) throws IOException {
        float[] minute = new float[(int) PERIOD.toSeconds() * Audio.SAMPLE_RATE];
        try (InputStream in = sample.open()) {
            AudioFiles.read(sample.name(), in).read(0, minute, 0, minute.length);
        }
        Audio.Builder audio = Audio.builder("every minute");
        for (int i = 0; i < MINUTES; i++) {
            audio.append(minute, 0, minute.length);
        }
        return audio.build();
    }
}
