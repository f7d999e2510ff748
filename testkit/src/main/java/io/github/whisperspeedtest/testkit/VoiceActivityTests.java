package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.Batching;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.spi.SileroModel;
import io.github.whisperspeedtest.spi.VoiceActivityDetectorProvider;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** Voice activity detection. */
abstract class VoiceActivityTests extends ContractTests {
    private static final Duration TIMESTAMP_TOLERANCE = Duration.ofMillis(300);

    private static final TranscribeOptions WITH_VAD =
            TranscribeOptions.builder().vad(true).build();

    /** Sentences without numbers, of which the model is unsure. */
    private static final List<String> SENTENCES =
            List.of("en_single_01.flac", "en_single_04.flac", "en_single_03.flac");

    VoiceActivityTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void rejectsVadWithoutModel() {
        boolean hasDetector = ServiceLoader.load(
                        VoiceActivityDetectorProvider.class,
                        implementation.getClass().getClassLoader())
                .findFirst()
                .isPresent();
        assertThatThrownBy(() -> shared.transcribe(audio(english()), WITH_VAD))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContaining(
                        hasDetector
                                ? "whisper-speedtest download -i " + implementation.id()
                                : "whisper-speedtest-engine-onnx");
    }

    @Test
    void filtersByDefaultOnlyIfDeclared() throws IOException {
        Audio silence = Audio.of("silence", new float[40 * Audio.SAMPLE_RATE]);
        Transcription chosen;
        Transcription filtered;
        try (Transcriber transcriber = open(filesWithVadModel(), loadOptions())) {
            assertThat(transcriber.parameters().notes())
                    .noneSatisfy(note -> assertThat(note).contains("VAD off"));
            chosen = transcriber.transcribe(silence, TranscribeOptions.defaults());
            filtered = transcriber.transcribe(silence, WITH_VAD);
        }
        assertThat(filtered.segments()).isEmpty();
        if (declared.isVadDefault()) {
            assertThat(chosen.segments()).isEmpty();
        }
        assertThat(shared.parameters().notes().contains("VAD off: silero-vad is not on this machine"))
                .isEqualTo(declared.isVadDefault());
    }

    @Test
    void transcribesSentencesBetweenLongSilences() throws IOException {
        assumeSpeechIsRecognised();
        SpacedSentences spaced = SpacedSentences.of(Duration.ofSeconds(5), SENTENCES);
        List<Segment> streamed = new ArrayList<>();
        Transcription cut;
        try (Transcriber transcriber = open(filesWithVadModel(), loadOptions())) {
            cut = transcriber.transcribe(spaced.audio(), WITH_VAD, new TranscriptionListener() {
                @Override
                public void onSegment(Segment segment) {
                    streamed.add(segment);
                }
            });
        }
        assertThat(cut.text()).isEqualTo(spaced.text());
        assertThat(cut.duration()).isEqualTo(spaced.audio().duration());
        assertThat(streamed).isEqualTo(cut.segments());
        assertTimesOf(spaced, cut.segments());
    }

    @Test
    void removesSilenceAndKeepsOriginalTimes() throws IOException {
        float[] silence = new float[35 * Audio.SAMPLE_RATE];
        float[] speech = new float[(int) audio(english()).sampleCount()];
        audio(english()).read(0, speech, 0, speech.length);
        Audio recording = Audio.builder("between two silences")
                .append(silence, 0, silence.length)
                .append(speech, 0, speech.length)
                .append(silence, 0, silence.length)
                .build();
        try (Transcriber transcriber = open(filesWithVadModel(), loadOptions())) {
            Transcription cut = transcriber.transcribe(
                    recording, TranscribeOptions.builder().vad(true).build());
            assertThat(cut.text()).isEqualTo(english().reference());
            assertThat(cut.duration()).isEqualTo(recording.duration());
            assertThat(cut.segments()).hasSize(1);
            Segment segment = cut.segments().get(0);
            SpeechSample.Utterance expected = english().utterances().get(0);
            Duration before = Duration.ofSeconds(35);
            // The kept audio begins some 0.4 s before the voice, and the model may start its segment there.
            assertThat(segment.start())
                    .isBetween(
                            before.plus(expected.start()).minusMillis(500),
                            before.plus(expected.start()).plus(TIMESTAMP_TOLERANCE));
            assertThat(segment.end()).isCloseTo(before.plus(expected.end()), TIMESTAMP_TOLERANCE);

            Transcription whole = transcriber.transcribe(
                    recording, TranscribeOptions.builder().vad(false).build());
            assertThat(whole.segments()).as("segments without cuts").isNotEqualTo(cut.segments());
        }
    }

    @Test
    void returnsNoTextWithoutSpeech() throws IOException {
        Audio silence = Audio.of("silence", new float[40 * Audio.SAMPLE_RATE]);
        try (Transcriber transcriber = open(filesWithVadModel(), loadOptions())) {
            Transcription transcription = transcriber.transcribe(
                    silence, TranscribeOptions.builder().vad(true).build());
            assertThat(transcription.text()).isEmpty();
            assertThat(transcription.segments()).isEmpty();
            assertThat(transcription.duration()).isEqualTo(silence.duration());
        }
    }

    @Test
    void namesDamagedVadModel() throws IOException {
        ModelFiles withVad = filesWithVadModel();
        Path vad = SileroModel.in(withVad).orElseThrow();
        byte[] content = Files.readAllBytes(vad);
        Files.write(vad, Arrays.copyOf(content, content.length / 2));
        assertThatThrownBy(() -> {
                    try (Transcriber transcriber = open(withVad, loadOptions())) {
                        transcriber.transcribe(audio(english()), WITH_VAD);
                    }
                })
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(vad.toString());
    }

    /** Returns the embedded model with the VAD model as its companion, from a new Hugging Face cache. */
    private ModelFiles filesWithVadModel() throws IOException {
        ModelSource.HubRepository source =
                (ModelSource.HubRepository) SileroModel.info().sources().get(0);
        Path written = temporary.resolve("vad.onnx");
        contract.writeVadModel(written);
        Path hub = Files.createTempDirectory(temporary, "hub");
        String commit = CacheBuilder.commit("vad");
        new CacheBuilder(hub, source.repository())
                .ref(source.revision(), commit)
                .copied(commit, SileroModel.FILE, Files.readAllBytes(written));
        return new ModelStore(ToolHome.at(temporary.resolve("home")), hub).filesOf(implementation, contract.model());
    }

    @Test
    void honoursVadOptions() throws IOException {
        VadOptions usual = VadOptions.defaults();
        VadOptions tooShort = new VadOptions(usual.threshold(), null, Duration.ofSeconds(20), null, usual.padding());
        try (Transcriber transcriber = open(filesWithVadModel(), loadOptions())) {
            assertThat(transcriber
                            .transcribe(
                                    audio(english()),
                                    WITH_VAD.toBuilder().vadOptions(tooShort).build())
                            .segments())
                    .as("segments of a sentence that is shorter than 20 s")
                    .isEmpty();
        }
    }

    @Test
    void decodesSpeechInBatches() throws IOException {
        TranscribeOptions batched = WITH_VAD.toBuilder().batchSize(3).build();
        if (declared.batching() == Batching.NONE) {
            assertThatThrownBy(() -> shared.transcribe(audio(english()), batched))
                    .isInstanceOfSatisfying(
                            UnsupportedOptionException.class,
                            refusal -> assertThat(refusal.option()).isEqualTo("batch-size=3"));
            return;
        }
        assumeSpeechIsRecognised();
        SpacedSentences spaced = SpacedSentences.of(Duration.ofSeconds(5), SENTENCES);
        SpeechSample talk = longRecording();
        try (Transcriber transcriber = open(filesWithVadModel(), loadOptions())) {
            Transcription batch = transcriber.transcribe(
                    spaced.audio(),
                    batched.toBuilder().chunkLength(Duration.ofSeconds(5)).build());
            assertThat(batch.text()).isEqualTo(spaced.text());
            assertTimesOf(spaced, batch.segments());

            Transcription whole = transcriber.transcribe(
                    audio(talk),
                    WITH_VAD.toBuilder().conditionOnPreviousText(false).build());
            Transcription inBatches = transcriber.transcribe(audio(talk), batched);
            assertThat(errors(talk, inBatches)).isLessThanOrEqualTo(errors(talk, whole) + 0.01);
            assertThat(inBatches.segments()).isSortedAccordingTo(Comparator.comparing(Segment::start));
        }
    }

    private static double errors(SpeechSample sample, Transcription transcription) {
        return ErrorRate.of(sample.reference(), transcription.text(), transcription.language())
                .rate();
    }

    /** Checks that each sentence is one segment that is where it was said. */
    private static void assertTimesOf(SpacedSentences spaced, List<Segment> segments) {
        assertThat(segments).hasSameSizeAs(spaced.utterances());
        for (int i = 0; i < segments.size(); i++) {
            SpeechSample.Utterance expected = spaced.utterances().get(i);
            // The kept audio begins some 0.4 s before the voice and ends 0.4 s after it.
            assertThat(segments.get(i).start())
                    .isBetween(
                            expected.start().minusMillis(500), expected.start().plus(TIMESTAMP_TOLERANCE));
            assertThat(segments.get(i).end())
                    .isBetween(
                            expected.end().minus(TIMESTAMP_TOLERANCE),
                            expected.end().plusMillis(600));
        }
    }
}
