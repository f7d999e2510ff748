package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.Sample;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.SileroModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every backend must do, tried on the embedded model in the backend's own format and on its real engine.
 *
 * <p>A backend's test extends this and names its implementation. A capability that it lacks is declared by overriding a {@code
 * supports…} method; the contract then checks that asking for it is refused by name, so a forgotten one fails and is not skipped.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ImplementationContract {
    private static final Duration TIMESTAMP_TOLERANCE = Duration.ofMillis(300);

    /** Of a model whose weights have two to eight million bytes, as the embedded one's do by precision. */
    private static final long MAX_GROWTH_BYTES = 4L << 20;

    /** Token {@code <|0.00|>} of the embedded model's vocabulary, which is that of the multilingual models before large-v3. */
    private static final int FIRST_TIMESTAMP_TOKEN = 50364;

    @TempDir
    private static Path temporary;

    private Implementation implementation;
    private ModelFiles files;
    private Transcriber shared;

    /** Returns a new provider, as {@link ServiceLoader} would make it. */
    protected abstract Implementation newImplementation();

    /** Returns which of the implementation's forms of the embedded model is tried. */
    protected String model() {
        return EmbeddedModel.NAME;
    }

    /** Returns how it is loaded, which is as anybody would who asks for nothing. */
    protected LoadOptions loadOptions() {
        return LoadOptions.defaults();
    }

    /**
     * Returns whether its text is what was said. Where it is not, as for a stand-in that only shows how a backend is written, the tests
     * of texts, languages, times and published models are skipped, and the others check only that there is some text.
     */
    protected boolean recognisesSpeech() {
        return true;
    }

    /** Returns whether more than one beam can be asked for. */
    protected boolean supportsBeamSearch() {
        return true;
    }

    /** Returns whether words get times of their own. */
    protected boolean supportsWordTimestamps() {
        return true;
    }

    /** Returns whether the model can decode without timestamps. */
    protected boolean supportsNoTimestamps() {
        return true;
    }

    /** Returns whether stretches without a voice can be cut out first, by {@link SileroModel} where it is on this machine. */
    protected boolean supportsVad() {
        return true;
    }

    /**
     * Writes a stand-in for {@link SileroModel} that takes what is loud for speech.
     *
     * @param file the file to write, in a directory that is there
     * @throws IOException if it cannot be written
     */
    protected void writeVadModel(Path file) throws IOException {
        throw new AssertionError("A backend with voice activity detection must be able to write a model for it");
    }

    /** Returns whether text can be given that the audio follows on from. */
    protected boolean supportsPrompt() {
        return true;
    }

    /** Returns whether speech can be translated into English. */
    protected boolean supportsTranslate() {
        return true;
    }

    /** Returns whether windows can be decoded independently of each other. */
    protected boolean supportsIndependentWindows() {
        return true;
    }

    /**
     * Returns whether a recording is cut into chunks that are decoded at once. Such windows are always independent; those of others can
     * have no size.
     */
    protected boolean decodesChunks() {
        return false;
    }

    /** Returns whether a single temperature, without fallback, can be asked for. */
    protected boolean supportsNoFallback() {
        return true;
    }

    /** Returns whether the network's graph can be written out. */
    protected boolean supportsDumpGraph() {
        return true;
    }

    /** Returns whether the probability of a detected language is told. */
    protected boolean reportsLanguageProbability() {
        return true;
    }

    @BeforeAll
    void openSharedModel() {
        implementation = newImplementation();
        files = new ModelStore(ToolHome.at(temporary.resolve("home")), temporary.resolve("no-hub-cache"))
                .locate(implementation, model());
        shared = implementation.load(files, loadOptions());
    }

    @AfterAll
    void closeSharedModel() {
        if (shared != null) {
            shared.close();
        }
    }

    @Test
    void isFoundThroughServiceLoader() {
        assertThat(ServiceLoader.load(Implementation.class).stream().map(ServiceLoader.Provider::type))
                .contains(newImplementation().getClass());
    }

    @Test
    void hasAnIdThatCanBeTyped() {
        assertThat(implementation.id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    }

    @Test
    void isAvailableHereAndSaysWhatRunsWhere() {
        assertThat(implementation.availability()).isInstanceOfSatisfying(Availability.Available.class, available -> {
            assertThat(available.runtime()).isNotBlank();
            assertThat(available.device()).isNotBlank();
        });
    }

    @Test
    void knowsTheEmbeddedModelAndTheUsualSizes() {
        List<String> names =
                implementation.models(temporary).stream().map(ModelInfo::name).toList();
        assertThat(names).doesNotHaveDuplicates().contains(EmbeddedModel.NAME);
        assumeSpeechIsRecognised();
        assertThat(names)
                .contains("tiny", "base", "small", "medium", "large", "large-v2", "large-v3", "large-v3-turbo");
    }

    @Test
    void listsTheKnownModelsWhereOneIsUnknown() {
        assertThatThrownBy(() -> implementation.modelInfo("gigantic", temporary))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContainingAll("gigantic", implementation.id())
                .hasMessageContainingAll(implementation.models(temporary).stream()
                        .map(ModelInfo::name)
                        .toArray(String[]::new));
    }

    @Test
    void keepsItsModelsInsideTheModelsDirectoryOrInAHuggingFaceCache() {
        for (ModelInfo model : implementation.models(temporary)) {
            assertThat(model.localPaths()).allSatisfy(path -> assertThat(path).startsWithRaw(temporary));
        }
    }

    @Test
    void reportsWhatItReallyRunsWith() {
        EngineParameters parameters = shared.parameters();
        assertThat(parameters.model()).isEqualTo(model());
        assertThat(parameters.runtime()).isNotBlank();
        assertThat(parameters.requestedDevice()).isEqualTo(loadOptions().device());
        assertThat(parameters.device()).isNotBlank();
        assertThat(parameters.computeType()).isNotBlank();
        assertThat(parameters.threads()).isEqualTo(loadOptions().threads());
    }

    @Test
    void honoursTheNumberOfThreads() {
        try (Transcriber transcriber = implementation.load(files, loadOptions().withThreads(1))) {
            assertThat(transcriber.parameters().threads()).isEqualTo(1);
            assertTranscribes(transcriber, english());
        }
    }

    @Test
    void refusesADeviceThatNobodyKnows() {
        assertThatThrownBy(() -> implementation.load(files, loadOptions().withDevice("abacus")))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContainingAll("abacus", implementation.id());
    }

    @Test
    void refusesAComputeTypeThatNobodyKnows() {
        assertThatThrownBy(() -> implementation.load(files, loadOptions().withComputeType("f7")))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContainingAll("f7", implementation.id());
    }

    @Test
    void writesTheGraphOrRefusesTo() throws IOException {
        Path directory = temporary.resolve("graphs");
        LoadOptions options = loadOptions().withDumpGraph(directory);
        if (!supportsDumpGraph()) {
            assertThatThrownBy(() -> implementation.load(files, options))
                    .isInstanceOf(UnsupportedOptionException.class)
                    .hasMessageContainingAll("dump-graph", implementation.id());
            return;
        }
        try (Transcriber transcriber = implementation.load(files, options)) {
            assertTranscribes(transcriber, english());
        }
        try (Stream<Path> written = Files.list(directory)) {
            assertThat(written).isNotEmpty().allSatisfy(file -> assertThat(file).isNotEmptyFile());
        }
    }

    @Test
    void detectsTheLanguageAndWritesTheText() {
        assumeSpeechIsRecognised();
        for (Sample sample : List.of(english(), german())) {
            Transcription transcription = shared.transcribe(audio(sample), TranscribeOptions.defaults());
            assertThat(transcription.text()).isEqualTo(sample.reference());
            assertThat(transcription.language()).isEqualTo(sample.language().code());
            if (reportsLanguageProbability()) {
                assertThat(transcription.languageProbability()).isBetween(0.5, 1.0);
            } else {
                assertThat(transcription.languageProbability()).isNull();
            }
        }
    }

    @Test
    void takesTheLanguageThatIsGiven() {
        assumeSpeechIsRecognised();
        Transcription transcription = shared.transcribe(audio(german()), options(Language.of("de")));
        assertThat(transcription.text()).isEqualTo(german().reference());
        assertThat(transcription.language()).isEqualTo("de");
        assertThat(transcription.languageProbability()).isNull();

        // Another language must at least change how sure the model is, or the option is ignored.
        Transcription forced = shared.transcribe(audio(german()), options(Language.of("en")));
        assertThat(forced.language()).isEqualTo("en");
        assertThat(forced.segments()).isNotEqualTo(transcription.segments());
    }

    @Test
    void givesTheSameResultTwice() {
        Transcription first = shared.transcribe(audio(english()), TranscribeOptions.defaults());
        Transcription second = shared.transcribe(audio(english()), TranscribeOptions.defaults());
        assertThat(second.segments()).isEqualTo(first.segments());
    }

    @Test
    void placesASentenceInTime() {
        assumeSpeechIsRecognised();
        Transcription transcription = shared.transcribe(audio(english()), TranscribeOptions.defaults());
        assertThat(transcription.segments()).hasSize(1);
        Segment segment = transcription.segments().get(0);
        Sample.Utterance expected = english().utterances().get(0);
        assertThat(segment.start()).isCloseTo(expected.start(), TIMESTAMP_TOLERANCE);
        assertThat(segment.end()).isCloseTo(expected.end(), TIMESTAMP_TOLERANCE);
    }

    @Test
    void placesManySentencesInOrderInsideTheAudio() {
        assumeSpeechIsRecognised();
        Audio audio = audio(longRecording());
        Transcription transcription = shared.transcribe(audio, TranscribeOptions.defaults());
        assertThat(transcription.duration()).isEqualTo(audio.duration());
        assertThat(transcription.segments()).hasSizeGreaterThan(10);
        Duration previous = Duration.ZERO;
        for (Segment segment : transcription.segments()) {
            assertThat(segment.start()).isGreaterThanOrEqualTo(previous);
            assertThat(segment.end()).isBetween(segment.start(), audio.duration());
            previous = segment.end();
        }
        // Speech goes on to the end of the recording, so text that stops early has lost a window.
        assertThat(previous).isGreaterThan(audio.duration().minusSeconds(10));
    }

    @Test
    void tellsOfSegmentsAndProgressWhileItRuns() {
        List<Segment> heard = new ArrayList<>();
        List<Double> fractions = new ArrayList<>();
        // A batch is done all at once, and one of the usual size holds the whole recording.
        TranscribeOptions options = TranscribeOptions.builder()
                .batchSize(decodesChunks() ? Integer.valueOf(1) : null)
                .build();
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
    void measuresItsTime() {
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
    void acceptsAVeryShortSound() {
        Audio click = Audio.of("click", new float[160]);
        assertThat(shared.transcribe(click, TranscribeOptions.defaults()).duration())
                .isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void hearsSpeechThatEndsWithTheRecording() {
        assumeSpeechIsRecognised();
        Sample sample = MicroSamples.named("de_single_04.flac");
        Audio whole = audio(sample);
        float[] cut = new float[Audio.SAMPLE_RATE * 23 / 20];
        whole.read(0, cut, 0, cut.length);
        assertThat(shared.transcribe(Audio.of("cut", cut), TranscribeOptions.defaults())
                        .text())
                .isEqualTo(sample.reference());
    }

    @Test
    void searchesWithBeams() {
        // The model is unsure of the numbers in this recording; where it is sure, beams find what greedy decoding
        // finds.
        Sample sample = englishSentences();
        TranscribeOptions options = TranscribeOptions.builder().beamSize(3).build();
        optional(supportsBeamSearch(), sample, options, "beam", transcription -> {
            assertThat(transcription.segments()).hasSize(sample.utterances().size());
            assertDiffersFromDefault(transcription, sample);
        });
    }

    @Test
    void decodesWithoutTimestamps() {
        TranscribeOptions options =
                TranscribeOptions.builder().timestamps(Timestamps.NONE).build();
        optional(supportsNoTimestamps(), englishSentences(), options, "timestamps", transcription -> {
            assertThat(transcription.text()).isNotEmpty();
            assertThat(transcription.segments()).as("one for the one window").hasSize(1);
            assertThat(transcription.segments().get(0).tokens()).allMatch(token -> token < FIRST_TIMESTAMP_TOKEN);
        });
    }

    @Test
    void placesWordsInTime() {
        TranscribeOptions options =
                TranscribeOptions.builder().timestamps(Timestamps.WORD).build();
        optional(supportsWordTimestamps(), options, "timestamps", transcription -> {
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
    void givesNoWordsUnlessAskedFor() {
        assertThat(shared.transcribe(audio(english()), TranscribeOptions.defaults())
                        .segments())
                .allSatisfy(segment -> assertThat(segment.words()).isEmpty());
    }

    @Test
    void refusesToDetectVoiceWithoutTheModelForIt() {
        TranscribeOptions options = TranscribeOptions.builder().vad(true).build();
        if (supportsVad()) {
            assertThatThrownBy(() -> shared.transcribe(audio(english()), options))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContainingAll(SileroModel.NAME, "whisper-speedtest download -i " + implementation.id());
            return;
        }
        assertThatThrownBy(() -> shared.transcribe(audio(english()), options))
                .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                    assertThat(refusal.implementation()).isEqualTo(implementation.id());
                    assertThat(refusal.option()).contains("vad");
                });
    }

    @Test
    void cutsOutSilenceAndKeepsTheTimesOfTheRecording() throws IOException {
        assumeTrue(supportsVad(), "there is no voice activity detection");
        float[] silence = new float[35 * Audio.SAMPLE_RATE];
        float[] speech = new float[(int) audio(english()).sampleCount()];
        audio(english()).read(0, speech, 0, speech.length);
        Audio recording = Audio.builder("between two silences")
                .append(silence, 0, silence.length)
                .append(speech, 0, speech.length)
                .append(silence, 0, silence.length)
                .build();
        try (Transcriber transcriber = implementation.load(filesWithVadModel(), loadOptions())) {
            Transcription cut = transcriber.transcribe(
                    recording, TranscribeOptions.builder().vad(true).build());
            assertThat(cut.text()).isEqualTo(english().reference());
            assertThat(cut.duration()).isEqualTo(recording.duration());
            assertThat(cut.segments()).hasSize(1);
            Segment segment = cut.segments().get(0);
            Sample.Utterance expected = english().utterances().get(0);
            Duration before = Duration.ofSeconds(35);
            // What is kept begins some 0.4 s before the voice, and the model may let its text begin there.
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
    void writesNothingWhereNobodySpeaks() throws IOException {
        assumeTrue(supportsVad(), "there is no voice activity detection");
        Audio silence = Audio.of("silence", new float[40 * Audio.SAMPLE_RATE]);
        try (Transcriber transcriber = implementation.load(filesWithVadModel(), loadOptions())) {
            Transcription transcription = transcriber.transcribe(
                    silence, TranscribeOptions.builder().vad(true).build());
            assertThat(transcription.text()).isEmpty();
            assertThat(transcription.segments()).isEmpty();
            assertThat(transcription.duration()).isEqualTo(silence.duration());
        }
    }

    @Test
    void namesAVadModelThatIsDamaged() throws IOException {
        assumeTrue(supportsVad(), "there is no voice activity detection");
        ModelFiles withVad = filesWithVadModel();
        Path vad = SileroModel.in(withVad).orElseThrow();
        byte[] content = Files.readAllBytes(vad);
        Files.write(vad, Arrays.copyOf(content, content.length / 2));
        assertThatThrownBy(() -> implementation.load(withVad, loadOptions()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(vad.toString());
    }

    /** Returns the embedded model as it is found on a machine whose Hugging Face cache has the VAD model. */
    private ModelFiles filesWithVadModel() throws IOException {
        ModelSource.HubRepository source =
                (ModelSource.HubRepository) SileroModel.info().sources().get(0);
        Path written = temporary.resolve("vad.onnx");
        writeVadModel(written);
        Path hub = Files.createTempDirectory(temporary, "hub");
        String commit = CacheBuilder.commit("vad");
        new CacheBuilder(hub, source.repository())
                .ref(source.revision(), commit)
                .copied(commit, SileroModel.FILE, Files.readAllBytes(written));
        return new ModelStore(ToolHome.at(temporary.resolve("home")), hub).locate(implementation, model());
    }

    @Test
    void followsOnFromAPrompt() {
        TranscribeOptions options =
                TranscribeOptions.builder().prompt("Good morning. ").build();
        optional(supportsPrompt(), englishSentences(), options, "prompt", transcription -> {
            assertThat(transcription.text()).isNotEmpty();
            assertDiffersFromDefault(transcription, englishSentences());
        });
    }

    @Test
    void translates() {
        // The embedded model was never taught to translate: what it writes is nonsense, but not what it writes
        // otherwise.
        TranscribeOptions options =
                TranscribeOptions.builder().task(Task.TRANSLATE).build();
        optional(
                supportsTranslate(),
                german(),
                options,
                "task",
                transcription -> assertDiffersFromDefault(transcription, german()));
    }

    @Test
    void decodesWindowsIndependently() {
        TranscribeOptions options =
                TranscribeOptions.builder().conditionOnPreviousText(false).build();
        String byDefault = text(shared, longRecording());
        // With the text before as its prompt, the embedded model loses sentences of the later windows.
        optional(
                supportsIndependentWindows(),
                longRecording(),
                options,
                "condition",
                transcription -> assertThat(transcription.text().equals(byDefault))
                        .as("the same as by default: %s", byDefault)
                        .isEqualTo(decodesChunks()));
    }

    @Test
    void goesOnWhereTheTextBeforeEnded() {
        TranscribeOptions options =
                TranscribeOptions.builder().conditionOnPreviousText(true).build();
        optional(
                !decodesChunks(),
                longRecording(),
                options,
                "condition",
                transcription -> assertThat(transcription.text()).isEqualTo(text(shared, longRecording())));
    }

    @Test
    void decodesAsManyChunksAtOnceAsWanted() {
        optional(
                decodesChunks(),
                longRecording(),
                TranscribeOptions.builder().batchSize(1).build(),
                "batch-size",
                transcription -> assertThat(transcription.text()).isEqualTo(text(shared, longRecording())));
    }

    @Test
    void cutsChunksOfTheLengthWanted() {
        optional(
                decodesChunks(),
                longRecording(),
                TranscribeOptions.builder().chunkLength(Duration.ofSeconds(15)).build(),
                "chunk-length",
                transcription -> assertDiffersFromDefault(transcription, longRecording()));
    }

    @Test
    void decodesAtOneTemperature() {
        TranscribeOptions options =
                TranscribeOptions.builder().temperatures(List.of(0.0)).build();
        optional(
                supportsNoFallback(),
                options,
                "temperature",
                transcription ->
                        assertThat(transcription.text()).isEqualTo(english().reference()));
    }

    @Test
    void runsTwoModelsAtOnce() throws Exception {
        try (Transcriber second = implementation.load(files, loadOptions().withThreads(1))) {
            CompletableFuture<String> inBackground = CompletableFuture.supplyAsync(() -> text(second, german()));
            assertTranscribes(shared, english());
            assertIsTextOf(german(), inBackground.get(2, TimeUnit.MINUTES));
        }
    }

    @Test
    void takesTurnsWhereTwoThreadsShareAModel() throws Exception {
        CompletableFuture<String> inBackground = CompletableFuture.supplyAsync(() -> text(shared, german()));
        assertTranscribes(shared, english());
        assertIsTextOf(german(), inBackground.get(2, TimeUnit.MINUTES));
    }

    @Test
    void opensAndClosesTwentyTimesWithoutGrowing() throws IOException {
        assumeTrue(ResidentMemory.isKnown(), "only Linux tells a process its resident memory");
        long leastGrowth = Long.MAX_VALUE;
        openAndClose(5);
        for (int part = 0; part < 3; part++) {
            long before = ResidentMemory.bytes();
            openAndClose(5);
            leastGrowth = Math.min(leastGrowth, ResidentMemory.bytes() - before);
        }
        // Heaps grow by leaps now and then, and stay as they are in between; what is lost is lost every time.
        assertThat(leastGrowth)
                .as("growth of the resident memory in each five rounds, in bytes")
                .isLessThan(MAX_GROWTH_BYTES);
    }

    private void openAndClose(int times) {
        for (int i = 0; i < times; i++) {
            try (Transcriber transcriber = implementation.load(files, loadOptions())) {
                assertTranscribes(transcriber, english());
            }
        }
    }

    @Test
    void isClosedDuringACall() throws InterruptedException {
        Transcriber transcriber = implementation.load(files, loadOptions());
        AtomicReference<Thread> closer = new AtomicReference<>();
        assertThatThrownBy(() -> transcriber.transcribe(
                        audio(longRecording()), TranscribeOptions.defaults(), new TranscriptionListener() {
                            @Override
                            public void onSegment(Segment segment) {
                                if (closer.get() == null) {
                                    Thread thread = new Thread(transcriber::close);
                                    closer.set(thread);
                                    thread.start();
                                    awaitBlocked(thread);
                                }
                            }
                        }))
                .isInstanceOf(OperationCancelledException.class);
        closer.get().join(TimeUnit.MINUTES.toMillis(1));
        assertThat(closer.get().isAlive()).isFalse();
    }

    @Test
    void refusesWorkOnceClosed() {
        Transcriber transcriber = implementation.load(files, loadOptions());
        transcriber.close();
        assertThatCode(transcriber::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> text(transcriber, english()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void stopsWhenItsThreadIsInterrupted() {
        List<Segment> heard = new ArrayList<>();
        try {
            assertThatThrownBy(() -> shared.transcribe(
                            audio(longRecording()), TranscribeOptions.defaults(), new TranscriptionListener() {
                                @Override
                                public void onSegment(Segment segment) {
                                    heard.add(segment);
                                    Thread.currentThread().interrupt();
                                }
                            }))
                    .isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        }
        assertThat(heard.get(heard.size() - 1).end()).isLessThan(Duration.ofSeconds(60));
        assertTranscribes(shared, english());
    }

    @Test
    void passesOnWhatAListenerThrows() {
        IllegalArgumentException failure = new IllegalArgumentException("from the listener");
        assertThatThrownBy(() ->
                        shared.transcribe(audio(english()), TranscribeOptions.defaults(), new TranscriptionListener() {
                            @Override
                            public void onSegment(Segment segment) {
                                throw failure;
                            }
                        }))
                .isSameAs(failure);
        assertTranscribes(shared, english());
    }

    @Test
    void namesAFileThatIsMissing() throws IOException {
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("missing");
            Path removed = copy.byName().get(name);
            Files.delete(removed);
            assertThatThrownBy(() -> implementation.load(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(removed.toString());
        }
    }

    @Test
    void namesAFileThatIsCutShort() throws IOException {
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("cut");
            Path cut = copy.byName().get(name);
            try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / 2);
            }
            assertThatThrownBy(() -> implementation.load(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(cut.toString());
        }
    }

    @Test
    void findsAFileThatIsCutShortWithoutLoadingIt() throws IOException {
        assumeTrue(implementation.inspect(files), "it neither has a reader of its format nor inspects files otherwise");
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("inspected");
            Path cut = copy.byName().get(name);
            try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / 2);
            }
            assertThatThrownBy(() -> implementation.inspect(copy))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(cut.toString());
        }
    }

    @Test
    void namesAGitLfsPointerForWhatItIs() throws IOException {
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("pointer");
            Path pointer = copy.byName().get(name);
            Files.writeString(pointer, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345678\n");
            assertThatThrownBy(() -> implementation.load(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(pointer + " is a Git LFS pointer");
        }
    }

    @Test
    void namesAFileThatIsEmpty() throws IOException {
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("empty");
            Path emptied = copy.byName().get(name);
            Files.write(emptied, new byte[0]);
            assertThatThrownBy(() -> implementation.load(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(emptied.toString());
        }
    }

    @Test
    void namesAFileThatHoldsSomethingElse() throws IOException {
        byte[] garbage = new byte[4096];
        new Random(11).nextBytes(garbage);
        for (String name : files.byName().keySet()) {
            ModelFiles copy = copyOfModel("garbage");
            Path spoiled = copy.byName().get(name);
            Files.write(spoiled, garbage);
            assertThatThrownBy(() -> implementation.load(copy, loadOptions()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(spoiled.toString());
        }
    }

    @Test
    void isVerifiedByLoading() throws IOException {
        ToolHome home = ToolHome.at(Files.createTempDirectory(temporary, "verified"));
        Path hub = temporary.resolve("no-hub-cache");
        ModelFiles written = new ModelStore(home, hub).locate(implementation, model());
        ModelVerifier verifier = new ModelVerifier(home, hub);

        Verdict whole = verifier.verify(implementation, model(), ModelPlace.LOCAL_CACHE, VerifyOptions.defaults());
        assertThat(whole.status()).as(whole.reason()).isEqualTo(Verdict.Status.COMPLETE);
        assertThat(implementation.availability())
                .isInstanceOfSatisfying(
                        Availability.Available.class,
                        available -> assertThat(whole.runtime()).isEqualTo(available.runtime()));
        assertThat(whole.contents()).hasSameSizeAs(written.byName().values());

        for (Path file : written.byName().values()) {
            byte[] content = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(content, content.length / 2));
            Verdict cut = verifier.verify(implementation, model(), ModelPlace.LOCAL_CACHE, VerifyOptions.defaults());
            assertThat(cut.status()).as(cut.reason()).isEqualTo(Verdict.Status.INCOMPLETE);
            assertThat(cut.reason()).contains(file.toString());
            Files.write(file, content);
        }
    }

    @Test
    void neverChangesTheFilesOfAModel() throws IOException {
        ModelFiles copy = copyOfModel("untouched");
        Map<String, Long> before = fingerprint(copy);
        try (Transcriber transcriber = implementation.load(copy, loadOptions())) {
            text(transcriber, english());
        }
        assertThat(fingerprint(copy)).isEqualTo(before);
    }

    private interface Check {
        void accept(Transcription transcription);
    }

    /** Checks an option on one sentence where it is supported, and that it is refused by name where it is not. */
    private void optional(boolean supported, TranscribeOptions options, String optionName, Check check) {
        optional(supported, english(), options, optionName, check);
    }

    private void optional(boolean supported, Sample sample, TranscribeOptions options, String optionName, Check check) {
        if (supported) {
            check.accept(shared.transcribe(audio(sample), options));
        } else {
            assertThatThrownBy(() -> shared.transcribe(audio(sample), options))
                    .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                        assertThat(refusal.implementation()).isEqualTo(implementation.id());
                        assertThat(refusal.option()).contains(optionName);
                    });
        }
    }

    /** Checks that an option did something: equal options give equal results, so what is ignored changes nothing. */
    private void assertDiffersFromDefault(Transcription transcription, Sample sample) {
        assertThat(transcription.segments())
                .as("segments, not to be those of the default options")
                .isNotEqualTo(shared.transcribe(audio(sample), TranscribeOptions.defaults())
                        .segments());
    }

    private ModelFiles copyOfModel(String purpose) throws IOException {
        Path directory = Files.createTempDirectory(temporary, purpose);
        Map<String, Path> copies = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : files.byName().entrySet()) {
            Path copy = directory.resolve(file.getKey());
            Files.createDirectories(copy.getParent());
            copies.put(file.getKey(), Files.copy(file.getValue(), copy, StandardCopyOption.REPLACE_EXISTING));
        }
        return new ModelFiles(files.model(), copies);
    }

    private static Map<String, Long> fingerprint(ModelFiles files) throws IOException {
        Map<String, Long> fingerprint = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : files.byName().entrySet()) {
            CRC32 crc = new CRC32();
            crc.update(Files.readAllBytes(file.getValue()));
            fingerprint.put(file.getKey(), crc.getValue());
            fingerprint.put(
                    file.getKey() + " modified",
                    Files.getLastModifiedTime(file.getValue()).toMillis());
        }
        return fingerprint;
    }

    private static void awaitBlocked(Thread thread) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        // A lock is waited for in one of these states or the other, depending on its kind.
        Set<Thread.State> reached = Set.of(Thread.State.WAITING, Thread.State.BLOCKED, Thread.State.TERMINATED);
        while (!reached.contains(thread.getState())) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("close() neither waited nor returned, but is " + thread.getState());
            }
            Thread.onSpinWait();
        }
    }

    private void assumeSpeechIsRecognised() {
        assumeTrue(recognisesSpeech(), "its text is not what was said");
    }

    private void assertTranscribes(Transcriber transcriber, Sample sample) {
        assertIsTextOf(sample, text(transcriber, sample));
    }

    private void assertIsTextOf(Sample sample, String text) {
        if (recognisesSpeech()) {
            assertThat(text).isEqualTo(sample.reference());
        } else {
            assertThat(text).isNotEmpty();
        }
    }

    private static String text(Transcriber transcriber, Sample sample) {
        return transcriber
                .transcribe(audio(sample), TranscribeOptions.defaults())
                .text();
    }

    private static TranscribeOptions options(Language language) {
        return TranscribeOptions.builder().language(language).build();
    }

    private static Sample english() {
        return MicroSamples.named("en_single_04.flac");
    }

    private static Sample englishSentences() {
        return MicroSamples.named("en_multi_02.flac");
    }

    private static Sample german() {
        return MicroSamples.named("de_single_03.flac");
    }

    private static Sample longRecording() {
        return MicroSamples.named("en_long_01.ogg");
    }

    private static Audio audio(Sample sample) {
        try (InputStream in = sample.open()) {
            return AudioFiles.read(sample.name(), in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
