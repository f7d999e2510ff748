package io.github.whisperspeedtest.testkit;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.SileroModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
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
 * The behaviour that every backend must have, tested on its real engine with the embedded model in its own format.
 *
 * <p>A backend's test extends this and names its implementation. The contract reads what the implementation declares: it tries each
 * declared option and checks that core refuses every other one.
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

    /** Returns a new provider, as {@link ServiceLoader} would make it. */
    protected abstract Implementation newImplementation();

    /** Returns the name of the embedded model to test. */
    protected String model() {
        return EmbeddedModel.NAME;
    }

    /** Returns the load options; by default none are set. */
    protected LoadOptions loadOptions() {
        return LoadOptions.defaults();
    }

    /** Returns the capabilities to test: those of the implementation, without those that {@link #loadOptions()} exclude. */
    protected Capabilities capabilities() {
        return implementation().capabilities();
    }

    /**
     * Returns whether transcripts are correct. If not, as for an example backend, the tests
     * of texts, languages, times and published models are skipped, and the others only check that there is text.
     */
    protected boolean recognisesSpeech() {
        return true;
    }

    /**
     * Writes a replacement for {@link SileroModel} that treats loud audio as speech.
     *
     * @param file file to write, in an existing directory
     * @throws IOException if it cannot be written
     */
    protected void writeVadModel(Path file) throws IOException {
        throw new AssertionError("A backend with voice activity detection must be able to write a model for it");
    }

    /** Returns whether the probability of a detected language is reported. */
    protected boolean reportsLanguageProbability() {
        return true;
    }

    @BeforeAll
    void openSharedModel() {
        implementation = TestContexts.configured(newImplementation());
        files = new ModelStore(ToolHome.at(temporary.resolve("home")), temporary.resolve("no-hub-cache"))
                .filesOf(implementation, model());
        shared = Transcribers.open(implementation, files, loadOptions());
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
     * Returns the shared model's transcription of a sample under default options, computed once: equal calls give equal results, which
     * a test of its own checks.
     */
    final Transcription byDefault(SpeechSample sample) {
        return byDefault.computeIfAbsent(
                sample.name(), name -> shared.transcribe(ContractTests.audio(sample), TranscribeOptions.defaults()));
    }

    final Path temporary() {
        return temporary;
    }

    /** Id, models and declarations of an implementation. */
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

    /** Texts, languages, times and progress under default options. */
    @Nested
    class Result extends ResultTests {
        Result() {
            super(ImplementationContract.this);
        }
    }

    /** Options of a transcription: each is honoured if declared and rejected otherwise. */
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
