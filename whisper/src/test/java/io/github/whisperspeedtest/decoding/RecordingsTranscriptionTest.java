package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testing.ScriptedNetwork;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Four recordings from the frames 0, 2000, 9000 and 10000 on; the second has three chunks, the third none. */
class RecordingsTranscriptionTest {
    private static final int T0 = ScriptedSpeech.SPECIALS.timestampBegin();
    private static final long SECOND = Audio.SAMPLE_RATE;

    private final ScriptedSpeech speech = new ScriptedSpeech();
    private final ScriptedNetwork scripted = new ScriptedNetwork(ScriptedNetwork.MULTILINGUAL, speech::next);
    private final Map<Integer, List<Segment>> segments = new TreeMap<>();
    private final BatchLimit limit = new BatchLimit();
    private int mostInMemory = Integer.MAX_VALUE;

    private final Recordings recordings = new Recordings(
            List.of(audio(20), audio(70), audio(10), audio(5)),
            List.of(
                    List.of(20 * SECOND),
                    List.of(20 * SECOND, 40 * SECOND, 70 * SECOND),
                    List.of(),
                    List.of(5 * SECOND)),
            3000);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 12})
    void eachRecordingHasItsOwnTimesAndLanguage(int batch) {
        script();

        List<@Nullable SpokenLanguage> languages = run(batch, TranscribeOptions.builder());

        assertThat(languages)
                .extracting(language -> language == null ? null : language.code())
                .containsExactly("fr", "es", null, "it");
        assertText(0, " one", 1);
        assertText(1, " three", 41);
        assertText(3, " four", 1);
        assertThat(segments).containsOnlyKeys(0, 1, 3);
        assertThat(scripted.prompts().stream()
                        .filter(prompt -> prompt.size() > 1)
                        .map(prompt -> prompt.get(1)))
                .as("languages in the prompts")
                .containsExactly(
                        ScriptedSpeech.language("fr"),
                        ScriptedSpeech.language("es"),
                        ScriptedSpeech.language("es"),
                        ScriptedSpeech.language("es"),
                        ScriptedSpeech.language("it"));
        assertThat(scripted.open()).isZero();
        assertThat(scripted.mostOpenWindows()).as("encoder outputs at once").isEqualTo(1);
    }

    @Test
    void recordingThatIsSilentHasTheLanguageOfItsFirstChunk() {
        script();
        speech.silence(6000, 0.9);
        speech.say(6000);
        speech.language(2000, "nl");

        assertThat(run(2, TranscribeOptions.builder()).get(1))
                .extracting(SpokenLanguage::code)
                .isEqualTo("nl");
        assertThat(segments).containsOnlyKeys(0, 3);
    }

    @Test
    void smallerBatchesAreTriedWhereMemoryEnds() {
        script();
        mostInMemory = 2;

        run(12, TranscribeOptions.builder());

        assertText(1, " three", 41);
        assertThat(segments).containsOnlyKeys(0, 1, 3);
        assertThat(limit.largest()).isEqualTo(2);
    }

    private void script() {
        speech.language(0, "fr");
        speech.say(0, T0 + 50, " one", T0 + 200);
        speech.silence(2000, 0.9);
        speech.say(2000);
        speech.silence(4000, 0.9);
        speech.say(4000);
        speech.language(6000, "es");
        speech.say(6000, T0 + 50, " three", T0 + 200);
        speech.language(10_000, "it");
        speech.say(10_000, T0 + 50, " four", T0 + 100);
    }

    private void assertText(int recording, String text, int startSeconds) {
        assertThat(segments.get(recording)).singleElement().satisfies(segment -> {
            assertThat(segment.text()).isEqualTo(text);
            assertThat(segment.start()).isEqualTo(Duration.ofSeconds(startSeconds));
        });
    }

    private List<@Nullable SpokenLanguage> run(int batch, TranscribeOptions.Builder options) {
        TranscriptionSteps steps =
                new TranscriptionSteps(limited(), ScriptedSpeech.TOKENIZER, GenerationConfig.NONE, options.build());
        Spectrogram spectrogram = new Spectrogram() {
            @Override
            public long frames() {
                throw new AssertionError("Chunks are given");
            }

            @Override
            public void window(long firstFrame, float[] target) {
                throw new AssertionError("A chunk hears nothing of what lies outside");
            }

            @Override
            public void window(long firstFrame, int frames, float[] target) {
                assertThat(recordings.audioAt(firstFrame))
                        .as("recording of a whole chunk")
                        .isSameAs(recordings.audioAt(firstFrame + frames - 1));
                target[0] = firstFrame;
            }
        };
        return new RecordingsTranscription(steps, spectrogram, recordings, batch, limit)
                .run((recording, segment) -> segments.computeIfAbsent(recording, key -> new ArrayList<>())
                        .add(segment));
    }

    private WhisperNetwork limited() {
        return new WhisperNetwork() {
            @Override
            public ModelDimensions dimensions() {
                return scripted.dimensions();
            }

            @Override
            public EncoderOutput encode(List<float[]> windows) {
                if (windows.size() > mostInMemory) {
                    throw new EngineOutOfMemoryException("no memory");
                }
                return scripted.encode(windows);
            }

            @Override
            public void close() {
                scripted.close();
            }
        };
    }

    private static Audio audio(int seconds) {
        return Audio.of("audio", new float[seconds * Audio.SAMPLE_RATE]);
    }
}
