package io.github.whisperspeedtest.testkit;

import static org.junit.jupiter.api.Assumptions.abort;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.SileroModel;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of every backend, tested with the embedded model in the backend's own format on its real engine.
 *
 * <p>A backend's test extends this class and provides its implementation. The contract reads the declared capabilities: it tests
 * each declared option and checks that core refuses every other one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ImplementationContract {
    @TempDir
    private static Path temporary;

    private final Map<String, Transcription> byDefault = new HashMap<>();
    private Implementation implementation;
    private ModelFiles files;
    private Transcriber shared;

    /** Returns a new provider, as {@link ServiceLoader} would create it. */
    protected abstract Implementation newImplementation();

    /** Returns the name of the embedded model to test, for implementations with several variants of it. */
    protected String model() {
        return EmbeddedModel.NAME;
    }

    /** Returns the load options; by default those of {@link LoadOptions#defaults()}. */
    protected LoadOptions loadOptions() {
        return LoadOptions.defaults();
    }

    /** Returns the capabilities to test: those that the implementation declares, without those that {@link #loadOptions()} exclude. */
    protected Capabilities capabilities() {
        return implementation().capabilities();
    }

    /**
     * Returns whether the transcript matches the speech. An example backend without a real engine returns false: then the tests of
     * texts, languages, times and published models are skipped, and the other tests only check that the text is not empty.
     */
    protected boolean recognisesSpeech() {
        return true;
    }

    /**
     * Writes a substitute for {@link SileroModel} that treats loud audio as speech. By default there is none, and most tests of voice
     * activity detection are skipped.
     *
     * @param file the file to write, in an existing directory
     * @throws IOException if it cannot be written
     */
    protected void writeVadModel(Path file) throws IOException {
        abort("there is no substitute for the model of voice activity detection");
    }

    /** Returns whether transcriptions report the probability of the detected language. */
    protected boolean reportsLanguageProbability() {
        return true;
    }

    @BeforeAll
    void openSharedModel() {
        implementation = TestContexts.configured(newImplementation());
        files = new ModelStore(ToolHome.at(temporary.resolve("home")), temporary.resolve("no-hub-cache"))
                .filesOf(implementation, model());
        shared = Transcribers.open(implementation, TestContexts.of(implementation), files, loadOptions());
    }

    @AfterAll
    void closeSharedModel() {
        if (shared != null) {
            shared.close();
        }
    }

    final Implementation implementation() {
        return implementation;
    }

    final ModelFiles files() {
        return files;
    }

    final Transcriber shared() {
        return shared;
    }

    /**
     * Returns the shared model's transcription of a sample with default options. It is computed once, because equal calls give equal
     * results, which another test checks.
     */
    final Transcription byDefault(SpeechSample sample) {
        return byDefault.computeIfAbsent(
                sample.name(), name -> shared.transcribe(ContractTests.audio(sample), TranscribeOptions.defaults()));
    }

    final Path temporary() {
        return temporary;
    }

    /** Id, availability, models and declared capabilities. */
    @Nested
    class Identity extends IdentityTests {
        Identity() {
            super(ImplementationContract.this);
        }
    }

    /** Load options. */
    @Nested
    class Loading extends LoadingTests {
        Loading() {
            super(ImplementationContract.this);
        }
    }

    /** Texts, languages, times and progress with default options. */
    @Nested
    class Result extends ResultTests {
        Result() {
            super(ImplementationContract.this);
        }
    }

    /** Transcription options: each is honoured if declared and refused otherwise. */
    @Nested
    class Decoding extends DecodingTests {
        Decoding() {
            super(ImplementationContract.this);
        }
    }

    /** Voice activity detection. */
    @Nested
    class VoiceActivity extends VoiceActivityTests {
        VoiceActivity() {
            super(ImplementationContract.this);
        }
    }

    /** Live audio. */
    @Nested
    class Streaming extends StreamingTests {
        Streaming() {
            super(ImplementationContract.this);
        }
    }

    /** Sharing, memory, cancellation and closing. */
    @Nested
    class Lifecycle extends LifecycleTests {
        Lifecycle() {
            super(ImplementationContract.this);
        }
    }

    /** Missing and damaged files of a model. */
    @Nested
    class Damage extends ModelFilesTests {
        Damage() {
            super(ImplementationContract.this);
        }
    }
}
