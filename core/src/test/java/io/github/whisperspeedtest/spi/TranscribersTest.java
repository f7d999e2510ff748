package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import io.github.whisperspeedtest.transcription.Vad;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TranscribersTest {
    private static final Audio AUDIO = Audio.of("silence", new float[160]);
    private static final VadOptions USUAL = VadOptions.defaults();
    private static final ImplementationContext CONTEXT =
            new ImplementationContext(Path.of("native"), Path.of("cache"), Path.of("engines"), Settings.none());
    private static final EngineOption LEVEL =
            new EngineOption("level", "How hard to try.", EngineOption.Kind.CHOICE, List.of("low", "high"));

    private Availability availability = new Availability.Available("fake 1.0", "CPU");
    private final List<String> calls = new ArrayList<>();

    @Test
    void withoutDeclarationsOnlyDefaultsAreAccepted() {
        Map<String, TranscribeOptions.Builder> refused = Map.ofEntries(
                Map.entry("language=de", TranscribeOptions.builder().language(Language.of("de"))),
                Map.entry("task=translate", TranscribeOptions.builder().task(Task.TRANSLATE)),
                Map.entry(
                        "clip-timestamps=1.5,2.0",
                        TranscribeOptions.builder()
                                .clipTimestamps(List.of(Duration.ofMillis(1500), Duration.ofSeconds(2)))),
                Map.entry("repetition-penalty=1.2", TranscribeOptions.builder().repetitionPenalty(1.2)),
                Map.entry("no-repeat-ngram-size=3", TranscribeOptions.builder().noRepeatNgramSize(3)),
                Map.entry(
                        "hallucination-silence-threshold=2.0",
                        TranscribeOptions.builder()
                                .timestamps(Timestamps.WORD)
                                .hallucinationSilenceThreshold(Duration.ofSeconds(2))),
                Map.entry("suppress-tokens=none", TranscribeOptions.builder().suppressTokens(List.of())),
                Map.entry("prefix=Good", TranscribeOptions.builder().prefix("Good")),
                Map.entry("hotwords=Jupiter", TranscribeOptions.builder().hotwords("Jupiter")),
                Map.entry(
                        "max-initial-timestamp=off", TranscribeOptions.builder().maxInitialTimestamp(null)),
                Map.entry("beam-size=5", TranscribeOptions.builder().beamSize(5)),
                Map.entry("best-of=3", TranscribeOptions.builder().bestOf(3)),
                Map.entry("patience=2.0", TranscribeOptions.builder().patience(2)),
                Map.entry("length-penalty=0.5", TranscribeOptions.builder().lengthPenalty(0.5)),
                Map.entry("temperatures=0.2,0.4", TranscribeOptions.builder().temperatures(List.of(0.2, 0.4))),
                Map.entry(
                        "compression-ratio-threshold=off",
                        TranscribeOptions.builder().compressionRatioThreshold(null)),
                Map.entry(
                        "log-probability-threshold=-2.0",
                        TranscribeOptions.builder().logProbabilityThreshold(-2.0)),
                Map.entry("no-speech-threshold=0.5", TranscribeOptions.builder().noSpeechThreshold(0.5)),
                Map.entry("prompt=Good morning.", TranscribeOptions.builder().prompt("Good morning.")),
                Map.entry(
                        "condition-on-previous-text=false",
                        TranscribeOptions.builder().conditionOnPreviousText(false)),
                Map.entry("timestamps=word", TranscribeOptions.builder().timestamps(Timestamps.WORD)),
                Map.entry("vad-threshold=0.6", withVad(USUAL.withThreshold(0.6))),
                Map.entry("vad-min-silence=700", withVad(USUAL.withMinSilence(Duration.ofMillis(700)))),
                Map.entry(
                        "vad-min-speech=250",
                        withVad(new VadOptions(0.5, null, Duration.ofMillis(250), null, USUAL.padding()))),
                Map.entry("vad-max-speech=12.5", withVad(USUAL.withMaxSpeech(Duration.ofMillis(12_500)))),
                Map.entry("vad-pad=30", withVad(new VadOptions(0.5, null, Duration.ZERO, null, Duration.ofMillis(30)))),
                Map.entry("chunk-length=12.5", TranscribeOptions.builder().chunkLength(Duration.ofMillis(12_500))),
                Map.entry("batch-size=4", TranscribeOptions.builder().batchSize(4)),
                Map.entry("audio-context=auto", TranscribeOptions.builder().audioContext(AudioContext.AUTO)));
        assertThat(refused).as("all but vad").hasSize(TranscribeOption.values().length - 1);

        Transcriber transcriber = open(Capabilities.greedy().build(), LoadOptions.defaults());
        refused.forEach((option, options) -> assertThatThrownBy(() -> transcriber.transcribe(AUDIO, options.build()))
                .isInstanceOfSatisfying(UnsupportedOptionException.class, refusal -> {
                    assertThat(refusal.implementation()).isEqualTo("fake");
                    assertThat(refusal.option()).isEqualTo(option);
                }));
        assertThat(calls).containsExactly("load");
        transcriber.transcribe(AUDIO, TranscribeOptions.defaults());
        assertThat(calls).containsExactly("load", "transcribe");
    }

    @Test
    void namesMissingVoiceActivityDetector() {
        Capabilities byDefault = Capabilities.greedy().vadByDefault().build();
        for (Capabilities declared : List.of(Capabilities.greedy().build(), byDefault)) {
            try (Transcriber transcriber = open(declared, LoadOptions.defaults())) {
                TranscribeOptions withVad =
                        TranscribeOptions.builder().vad(true).build();
                assertThatThrownBy(() -> transcriber.transcribe(AUDIO, withVad))
                        .isInstanceOf(EngineUnavailableException.class)
                        .hasMessage("No voice activity detector is on the class path. Add the Maven artifact"
                                + " io.github.whisperspeedtest:whisper-speedtest-engine-onnx.");
                transcriber.transcribe(AUDIO, TranscribeOptions.defaults());
                assertThat(transcriber.parameters().notes())
                        .isEqualTo(
                                declared == byDefault
                                        ? List.of("VAD off: no voice activity detector is on the class path")
                                        : List.of());
            }
        }
    }

    @Test
    void rejectionNamesSupportedValues() {
        Capabilities declared = Capabilities.greedy()
                .languages(List.of("en", "de"))
                .range(TranscribeOption.BEAM_SIZE, 1, 8)
                .rangeAbove(TranscribeOption.LENGTH_PENALTY, 0, 1)
                .build();
        assertRefused(
                declared,
                TranscribeOptions.builder().beamSize(9),
                "Implementation 'fake' does not support the option beam-size=9. It supports 1 to 8 and the default, 1.");
        assertRefused(
                declared,
                TranscribeOptions.builder().language(Language.of("fr")),
                "Implementation 'fake' does not support the option language=fr. It supports en, de and the default, auto.");
        assertRefused(
                declared,
                TranscribeOptions.builder().lengthPenalty(0.0),
                "Implementation 'fake' does not support the option length-penalty=0.0. It supports above 0 to 1 and the"
                        + " default, mean.");
        assertRefused(
                declared,
                TranscribeOptions.builder().bestOf(2),
                "Implementation 'fake' does not support the option best-of=2. It supports only the default, 5.");
        Transcribers.check(
                new Fake(declared),
                TranscribeOptions.builder()
                        .beamSize(8)
                        .lengthPenalty(1.0)
                        .language(Language.of("de"))
                        .build());
    }

    @Test
    void checksLoadOptionsBeforeLoading() {
        Capabilities declared = Capabilities.greedy()
                .devices("cpu", "gpu")
                .computeTypes("int8")
                .maxThreads(4)
                .engineOptions(LEVEL)
                .build();
        LoadOptions options = LoadOptions.defaults().withThreads(4);
        assertRefused(declared, options.withDevice("tpu"), "device=tpu. It supports auto, cpu, gpu.");
        assertRefused(declared, options.withComputeType("int4"), "compute-type=int4. It supports auto, int8.");
        assertRefused(declared, options.withThreads(5), "threads=5. It supports at most 4.");
        assertRefused(
                declared,
                options.withEngineOption("levle", "low"),
                "engine-option levle=low. Its engine options are: level.");
        assertRefused(
                declared,
                options.withEngineOption("level", "middle"),
                "engine-option level=middle. The value must be one of low, high.");
        assertRefused(
                Capabilities.greedy().build(),
                options.withEngineOption("level", "low"),
                "engine-option level=low. It has no engine options.");
        assertThat(calls).isEmpty();

        open(declared, options.withDevice("gpu").withComputeType("int8").withEngineOption("level", "low"))
                .close();
        assertThat(calls).containsExactly("load", "close");
    }

    @Test
    void sequentialDecodingRejectsChunkOptions() {
        Capabilities declared = Capabilities.sequentialDecoding().build();
        assertRefused(declared, TranscribeOptions.builder().batchSize(4), "batch-size=4");
        assertRefused(
                declared, TranscribeOptions.builder().chunkLength(Duration.ofMillis(12_500)), "chunk-length=12.5");
        Transcribers.check(
                new Fake(declared),
                TranscribeOptions.builder()
                        .beamSize(5)
                        .conditionOnPreviousText(true)
                        .build());
    }

    @Test
    void chunkedDecodingRejectsPreviousText() {
        Capabilities declared = Capabilities.chunkedDecoding().build();
        assertRefused(
                declared,
                TranscribeOptions.builder().conditionOnPreviousText(true),
                "condition-on-previous-text=true. It supports false and the default, auto.");
        Transcribers.check(
                new Fake(declared),
                TranscribeOptions.builder()
                        .conditionOnPreviousText(false)
                        .batchSize(4)
                        .build());
    }

    @Test
    void capabilitiesCanBeChanged() {
        Capabilities declared = Capabilities.sequentialDecoding()
                .vadByDefault()
                .batching(Batching.SPEECH)
                .devices("cpu")
                .computeTypes("int8")
                .maxThreads(4)
                .engineOptions(LEVEL)
                .reads("ggml")
                .writes("ggml")
                .modelsFrom(ModelOrigin.HUB)
                .build();
        assertThat(declared.toBuilder().build()).usingRecursiveComparison().isEqualTo(declared);
        assertThat(declared.toBuilder().withoutEngineOption("level").build().engineOptions())
                .isEmpty();
    }

    @Test
    void vadOptionsNeedVad() {
        Capabilities plain = Capabilities.greedy().build();
        Capabilities byDefault = Capabilities.greedy().vadByDefault().build();
        TranscribeOptions.Builder options = withVad(USUAL.withThreshold(0.6));
        assertRefused(
                plain,
                options,
                "vad-threshold=0.6. It has an effect only with voice activity detection; turn on vad too.");
        Transcribers.check(new Fake(byDefault), options.build());
        assertRefused(byDefault, options.vad(false), "vad-threshold=0.6");
        Transcribers.check(new Fake(plain), options.vad(true).build());
    }

    @Test
    void batchesOfSpeechNeedVad() {
        Capabilities declared =
                Capabilities.sequentialDecoding().batching(Batching.SPEECH).build();
        Duration length = Duration.ofSeconds(20);
        assertRefused(
                declared,
                TranscribeOptions.builder().batchSize(4),
                "batch-size=4. It decodes only chunks of speech in batches; turn on vad too.");
        assertRefused(
                declared,
                TranscribeOptions.builder().vad(true).chunkLength(length),
                "chunk-length=20.0. It has chunks only if it decodes speech in batches; set vad and a batch-size too.");
        assertRefused(
                declared,
                TranscribeOptions.builder().vad(true).batchSize(4).conditionOnPreviousText(true),
                "condition-on-previous-text=true. The chunks of a batch have no previous text; leave out the batch-size.");
        Transcribers.check(
                new Fake(declared),
                TranscribeOptions.builder()
                        .vad(true)
                        .batchSize(4)
                        .chunkLength(length)
                        .build());
        Transcribers.check(
                new Fake(declared),
                TranscribeOptions.builder()
                        .vad(true)
                        .conditionOnPreviousText(true)
                        .build());
    }

    private static TranscribeOptions.Builder withVad(VadOptions options) {
        return TranscribeOptions.builder().vadOptions(options);
    }

    private void assertRefused(Capabilities declared, TranscribeOptions.Builder options, String message) {
        assertThatThrownBy(() -> Transcribers.check(new Fake(declared), options.build()))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContaining(message);
    }

    private void assertRefused(Capabilities declared, LoadOptions options, String message) {
        assertThatThrownBy(() -> open(declared, options))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContaining(message);
    }

    private Transcriber open(Capabilities declared, LoadOptions options) {
        return Transcribers.open(new Fake(declared), CONTEXT, ModelFiles.of("fake", List.of()), options);
    }

    @Test
    void defaultDeviceHasTheReasonForItsFallback() {
        availability = new Availability.Available("fake 1.0", "CPU", true, "No GPU here. Buy one.");
        Fake fake = new Fake(Capabilities.greedy().devices("cpu").build());

        assertThat(Transcribers.open(fake, CONTEXT, ModelFiles.of("fake", List.of()), LoadOptions.defaults())
                        .parameters()
                        .fallback())
                .isEqualTo("no GPU here");
        assertThat(Transcribers.open(
                                fake,
                                CONTEXT,
                                ModelFiles.of("fake", List.of()),
                                LoadOptions.defaults().withDevice("cpu"))
                        .parameters()
                        .fallback())
                .as("the user asked for it")
                .isNull();
    }

    @Test
    void resolvesOptionsAsTheTranscriberDoes() {
        Transcriber transcriber = Transcribers.open(
                new Fake(Capabilities.greedy().build()),
                CONTEXT,
                ModelFiles.of("fake", List.of()),
                LoadOptions.defaults());

        assertThat(transcriber.resolve(TranscribeOptions.defaults()).vad()).isEqualTo(Vad.OFF);
    }

    /** Records its calls. */
    private final class Fake implements Implementation {
        private final Capabilities declared;

        private Fake(Capabilities declared) {
            this.declared = declared;
        }

        @Override
        public String id() {
            return "fake";
        }

        @Override
        public Capabilities capabilities() {
            return declared;
        }

        @Override
        public Availability availability() {
            return availability;
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            return List.of();
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            calls.add("load");
            return new Transcriber() {
                @Override
                public EngineParameters parameters() {
                    return new EngineParameters("fake", "fake 1.0", options.device(), "CPU", "f32", options.threads());
                }

                @Override
                public TranscribeOptions resolve(TranscribeOptions wanted) {
                    return wanted.toBuilder().vad(false).build();
                }

                @Override
                public Transcription transcribe(Audio audio, TranscribeOptions wanted, TranscriptionListener listener) {
                    calls.add("transcribe");
                    return new Transcription(
                            "en", null, audio.duration(), List.of(), Timings.ofTotal(Duration.ofMillis(1)));
                }

                @Override
                public void close() {
                    calls.add("close");
                }
            };
        }
    }
}
