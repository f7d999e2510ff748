package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.Tasks;
import io.github.whisperspeedtest.registry.ProviderJar;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.EngineOption;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Implementations with scripted results and failures.
 *
 * <p>No services file in these tests names them, because every module that uses the test jar would see it; {@link #jar}
 * writes a jar with such a file.
 */
final class FakeImplementations {
    /** The only model of each implementation. */
    static final String MODEL = "fake";

    private FakeImplementations() {}

    /** Writes a jar with only a services file that names all of them. */
    static Path jar(Path file) {
        ProviderJar jar = new ProviderJar();
        Stream.of(FakeImplementations.class.getDeclaredClasses())
                .filter(type -> type.getSuperclass() == Fake.class)
                .forEach(type -> jar.service(type.getName()));
        return jar.write(file);
    }

    /** Returns the path of an implementation's model. */
    static Path modelFile(Path modelsDirectory, String implementation) {
        return modelsDirectory.resolve(implementation).resolve("fake.bin");
    }

    abstract static class Fake implements Implementation {
        private final String id;

        Fake(String id) {
            this.id = id;
        }

        @Override
        public final String id() {
            return id;
        }

        @Override
        public Availability availability() {
            return new Availability.Available("fake engine 1.0", "CPU");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            ModelSource source = new ModelSource.DirectDownload(
                    URI.create("https://example.org/fake.bin"), "fake.bin", "0".repeat(64));
            return List.of(ModelInfo.ofLocalFiles(MODEL, List.of(source), List.of(modelFile(modelsDirectory, id)), 1));
        }
    }

    /**
     * Returns "one", "two" and so on, one per call, with an umlaut and an emoji. Call n reports n × n × 10 ms for encoding, n × 10 ms for
     * decoding, and no time for the spectrogram.
     */
    public static final class Steady extends Fake {
        private static final List<String> NUMBERS =
                List.of("null", "one", "two", "three", "four", "five", "six", "seven", "eight");

        public Steady() {
            super("steady");
        }

        @Override
        public Optional<CheckpointWriter> checkpointWriter() {
            return Optional.of(new CheckpointWriter() {
                @Override
                public List<String> quantizations() {
                    return List.of("q4", "f16");
                }

                @Override
                public void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames)
                        throws IOException {
                    Files.writeString(directory.resolve(fileNames.get(0)), quantization);
                }
            });
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            files.single();
            return new FakeTranscriber(new EngineParameters(
                    files.model(), "fake engine 1.0", options.device(), "CPU", "f16", options.threads())) {
                private int calls;

                @Override
                Transcription hear(Audio audio) {
                    calls++;
                    return transcription(
                            audio,
                            " Zähler 🎙 " + NUMBERS.get(calls),
                            new Timings(
                                    Duration.ofMillis(1),
                                    null,
                                    Duration.ofMillis(10L * calls * calls),
                                    Duration.ofMillis(10L * calls)));
                }
            };
        }
    }

    /** Is unavailable and crashes if it is loaded anyway. */
    public static final class Absent extends Fake {
        public Absent() {
            super("absent");
        }

        @Override
        public Availability availability() {
            return new Availability.Unavailable("There is no fake device.", "Buy one.");
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("load although unavailable");
        }
    }

    /** Has an option of its own; loads nothing. */
    public static final class Tunable extends Fake {
        public Tunable() {
            super("tunable");
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.greedy()
                    .engineOptions(new EngineOption("level", "a number", EngineOption.Kind.INTEGER))
                    .build();
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new EngineException("Nothing can be loaded.");
        }
    }

    /** Rejects an option. */
    public static final class FailsForUser extends Fake {
        public FailsForUser() {
            super("fails-for-user");
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new UnsupportedOptionException(id(), "device=" + options.device(), "Use another.");
        }
    }

    /** Finds its model damaged. */
    public static final class FailsForModel extends Fake {
        public FailsForModel() {
            super("fails-for-model");
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new ModelException(files.single() + " is cut short.");
        }
    }

    /** Fails because of the environment. */
    public static final class FailsForEnvironment extends Fake {
        public FailsForEnvironment() {
            super("fails-for-environment");
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new EngineUnavailableException("The device is out of memory.");
        }
    }

    /** Loads and then fails in its engine. */
    public static final class FailsInside extends Fake {
        public FailsInside() {
            super("fails-inside");
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            return new FakeTranscriber(new EngineParameters("m", "r", "auto", "CPU", "f16", 1)) {
                @Override
                Transcription hear(Audio audio) {
                    throw new EngineException("The engine returned -6.");
                }
            };
        }
    }

    /** Throws an unexpected exception in the caller's process. */
    public static final class FailsToList extends Fake {
        public FailsToList() {
            super("fails-to-list");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            throw new IllegalStateException("no list of models");
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("load without a model");
        }
    }

    /** Kills its own process after a message, like a native crash. */
    public static final class Crashes extends Fake {
        public Crashes() {
            super("crashes");
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            try {
                new Tasks.End().run("abort", new SilentReporter());
            } catch (Exception e) {
                throw new AudioException("cannot abort", e);
            }
            throw new AssertionError("survived");
        }
    }

    /** Ignores events and gets no commands. */
    private static final class SilentReporter implements ChildReporter<Void> {
        @Override
        public void report(Void event) {}

        @Override
        public String awaitCommand() {
            throw new AssertionError("a command");
        }

        @Override
        public <C> C awaitCommand(Class<C> type) {
            throw new AssertionError("a command");
        }
    }

    /** Never returns from a transcription. */
    public static final class Hangs extends Fake {
        public Hangs() {
            super("hangs");
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            return new FakeTranscriber(new EngineParameters("m", "r", "auto", "CPU", "f16", 1)) {
                @Override
                Transcription hear(Audio audio) {
                    while (true) {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            // Native code ignores interrupts, too.
                        }
                    }
                }
            };
        }
    }

    private abstract static class FakeTranscriber implements Transcriber {
        private final EngineParameters parameters;

        FakeTranscriber(EngineParameters parameters) {
            this.parameters = parameters;
        }

        abstract Transcription hear(Audio audio);

        static Transcription transcription(Audio audio, String text, Timings timings) {
            Segment segment =
                    new Segment(Duration.ZERO, audio.duration(), text, List.of(), Double.NaN, null, List.of());
            return new Transcription("de", 0.75, audio.duration(), List.of(segment), timings);
        }

        @Override
        public EngineParameters parameters() {
            return parameters;
        }

        @Override
        public Transcription transcribe(
                Audio audio, TranscribeOptions options, @Nullable TranscriptionListener listener) {
            return hear(audio);
        }

        @Override
        public void close() {}
    }
}
