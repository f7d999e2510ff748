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
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Speech and silence in the last second of a recording. */
@Tag("end-to-end")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TailWindowTest {
    @TempDir
    private static Path home;

    private Transcriber transcriber;

    @BeforeAll
    void load() {
        WhisperCppImplementation implementation = TestContexts.configured(new WhisperCppImplementation());
        transcriber = implementation.load(
                new ModelStore(ToolHome.at(home), home.resolve("no-hub-cache"))
                        .filesOf(implementation, EmbeddedModel.NAME),
                LoadOptions.defaults());
    }

    @AfterAll
    void close() {
        transcriber.close();
    }

    static Stream<TranscribeOptions> searches() {
        return Stream.of(
                TranscribeOptions.defaults(),
                TranscribeOptions.builder().timestamps(Timestamps.WORD).build(),
                TranscribeOptions.builder().beamSize(3).build());
    }

    @ParameterizedTest
    @MethodSource("searches")
    void writesSentenceThatStartsInLastSecond(TranscribeOptions options) {
        Audio audio = joined(utterance("en_single_01.flac", 0), 0.1, utterance("en_multi_01.flac", 0), 0);
        Transcription transcription = transcriber.transcribe(audio, options);
        assertThat(transcription.text()).isEqualTo("The weather is cloudy in the garden. Call Anna.");
        assertThat(transcription.duration()).isEqualTo(audio.duration());
        for (Segment segment : transcription.segments()) {
            assertThat(segment.end()).isBetween(segment.start(), audio.duration());
            for (Word word : segment.words()) {
                assertThat(word.end()).isBetween(word.start(), audio.duration());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 0.6, 0.9})
    void writesNothingForSilenceInTheLastSecond(double tail) {
        Audio audio = joined(utterance("en_single_01.flac", 0), 0.1, new float[0], tail);
        Transcription transcription = transcriber.transcribe(audio, TranscribeOptions.defaults());
        assertThat(transcription.text()).isEqualTo("The weather is cloudy in the garden.");
    }

    @Test
    void writesTheRestWithoutTimestamps() {
        float[] before = new float[29 * Audio.SAMPLE_RATE];
        Audio audio = joined(before, 1, utterance("en_multi_01.flac", 0), 0);
        Transcription transcription = transcriber.transcribe(
                audio, TranscribeOptions.builder().timestamps(Timestamps.NONE).build());
        assertThat(transcription.text()).endsWith("Call Anna.");
    }

    private static Audio joined(float[] first, double pause, float[] last, double tail) {
        float[] silence = new float[Audio.SAMPLE_RATE];
        return Audio.builder("joined")
                .append(silence, 0, Audio.SAMPLE_RATE / 5)
                .append(first, 0, first.length)
                .append(silence, 0, (int) (pause * Audio.SAMPLE_RATE))
                .append(last, 0, last.length)
                .append(silence, 0, (int) (tail * Audio.SAMPLE_RATE))
                .build();
    }

    private static float[] utterance(String name, int index) {
        SpeechSample sample = MicroSamples.named(name);
        SpeechSample.Utterance utterance = sample.utterances().get(index);
        int from = samples(utterance.start().minusMillis(20));
        float[] result = new float[samples(utterance.end().plusMillis(20)) - from];
        try (InputStream in = sample.open()) {
            AudioFiles.read(name, in).read(from, result, 0, result.length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return result;
    }

    private static int samples(Duration time) {
        return (int) (time.toMillis() * Audio.SAMPLE_RATE / 1000);
    }
}
