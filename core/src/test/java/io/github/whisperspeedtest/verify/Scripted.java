package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.registry.ProviderJar;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * An implementation that is scripted by its model file.
 *
 * <p>The file {@code model.bin} contains a word and ends with {@code end}, so that a truncated file is detected.
 */
public class Scripted implements Implementation {
    /** The repository that all of its hub models come from. */
    public static final String REPOSITORY = "acme/whisper-tiny";

    static final String FALLBACK = "acme/whisper-tiny-fallback";
    static final String TOKENIZER = "acme/tokenizer";
    static final String COMPANION = "acme/detector";

    /** A file with one line per loaded model. */
    private static final String LOADS_PROPERTY = "whisperspeedtest.test.loads";

    private final String id;

    /** Creates the provider. */
    public Scripted() {
        this("scripted");
    }

    Scripted(String id) {
        this.id = id;
    }

    @Override
    public boolean isOutOfMemory(String message) {
        return message.contains("no room for the weights");
    }

    /** Another implementation of the same models that cannot run here. */
    public static final class Absent extends Scripted {
        /** Creates the provider. */
        public Absent() {
            super("absent");
        }

        @Override
        public Availability availability() {
            return new Availability.Unavailable("There is no device.", "Buy one.");
        }
    }

    /** Another implementation, whose own code fails before any JVM is started. */
    public static final class Faulty extends Scripted {
        /** Creates the provider. */
        public Faulty() {
            super("faulty");
        }

        @Override
        public List<Path> engineFiles() {
            throw new IllegalStateException("no list of files");
        }
    }

    /** Another implementation, which cannot even list its models. */
    public static final class Broken extends Scripted {
        /** Creates the provider. */
        public Broken() {
            super("broken");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            throw new IllegalStateException("no list of models");
        }
    }

    /** Returns the content of a model file. */
    public static byte[] content(String word) {
        return (word + " " + "x".repeat(1000) + " end").getBytes(StandardCharsets.UTF_8);
    }

    /** Writes a jar that names all of them. */
    public static Path jar(Path file) {
        return new ProviderJar()
                .service(Scripted.class.getName())
                .service(Absent.class.getName())
                .service(Broken.class.getName())
                .write(file);
    }

    /** Returns the JVM argument that makes a child record each load in a file. */
    static String countingLoads(Path file) {
        return "-D" + LOADS_PROPERTY + "=" + file;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Availability availability() {
        return new Availability.Available("scripted engine 1.0", "CPU");
    }

    @Override
    public List<ModelInfo> models(Path models) {
        ModelSource hub = hub(REPOSITORY, "config.json", "model.bin");
        Path own = models.resolve("hub");
        ModelInfo fallback =
                new ModelInfo("fallback", List.of(hub(FALLBACK, "model.bin")), own, List.of(), 0, List.of());
        return List.of(
                new ModelInfo("default", List.of(hub), null, List.of(), 0, List.of()),
                new ModelInfo("alias", List.of(hub), null, List.of(), 0, List.of()),
                new ModelInfo("own", List.of(hub), own, List.of(), 0, List.of(fallback)),
                new ModelInfo("borrows", List.of(hub, hub(TOKENIZER, "tokenizer.json")), null, List.of(), 0, List.of()),
                new ModelInfo("accompanied", List.of(hub), null, List.of(), 0, List.of())
                        .withCompanions(List.of(new ModelInfo(
                                "detector", List.of(hub(COMPANION, "model.bin")), null, List.of(), 0, List.of()))),
                new ModelInfo("wild", List.of(hub(REPOSITORY, "*.json", "model.bin")), null, List.of(), 0, List.of()),
                ModelInfo.ofLocalFiles(
                        "plain",
                        List.of(hub(REPOSITORY, "model.bin")),
                        List.of(models.resolve("scripted/model.bin")),
                        0),
                ModelInfo.ofLocalFiles(
                        "direct",
                        List.of(new ModelSource.DirectDownload(
                                URI.create("https://example.org/model.bin"),
                                "model.bin",
                                io.github.whisperspeedtest.hub.testing.CacheBuilder.sha256(content("good")))),
                        List.of(models.resolve("direct/model.bin")),
                        0));
    }

    private static ModelSource hub(String repository, String... files) {
        return new ModelSource.HubRepository(repository, "main", List.of(files));
    }

    @Override
    public Transcriber load(ModelFiles files, LoadOptions options) {
        Path file = files.require("model.bin");
        for (Map.Entry<String, Path> other : files.byName().entrySet()) {
            files.require(other.getKey());
        }
        try {
            String loads = System.getProperty(LOADS_PROPERTY);
            if (loads != null) {
                Files.writeString(Path.of(loads), file + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            String text = Files.readString(file);
            if (!text.endsWith(" end")) {
                throw new ModelException(file + " is cut short: expected it to end with 'end'. Download it again.");
            }
            follow(text.substring(0, text.indexOf(' ')), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Loaded(new EngineParameters(
                files.model(), "scripted engine 1.0", options.device(), "CPU", "f16", options.threads()));
    }

    private static void follow(String word, Path file) throws IOException {
        switch (word) {
            case "good" -> {}
            case "abort" -> {
                System.err.println("GGML_ASSERT: ne[0] > 0");
                signal("ABRT");
            }
            case "bad-alloc" -> {
                System.err.println("terminate called after throwing an instance of 'std::bad_alloc'");
                signal("ABRT");
            }
            case "kill" -> signal("KILL");
            case "own-words" -> throw new EngineException("The engine has no room for the weights in " + file + ".");
            case "hoard" -> hoard();
            case "loop" -> waitForEver();
            case "trip" -> throw new IndexOutOfBoundsException("index 7 of 3 in " + file);
            case "engine" -> throw new EngineException("The engine returned -6 for " + file + ".");
            case "offline" ->
                throw new ModelException("HF_HUB_OFFLINE is " + System.getenv("HF_HUB_OFFLINE")
                        + " and TRANSFORMERS_OFFLINE is " + System.getenv("TRANSFORMERS_OFFLINE"));
            default -> throw new ModelException(file + " is no model: it begins with '" + word + "'.");
        }
    }

    private static void hoard() {
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            kept.add(new byte[1 << 20]);
        }
    }

    private static void signal(String name) throws IOException {
        new ProcessBuilder(
                        "kill",
                        "-" + name,
                        Long.toString(ProcessHandle.current().pid()))
                .start();
        waitForEver();
    }

    private static void waitForEver() {
        while (true) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // Native code ignores interrupts, too.
            }
        }
    }

    private record Loaded(EngineParameters parameters) implements Transcriber {
        @Override
        public Transcription transcribe(Audio audio, TranscribeOptions options, TranscriptionListener listener) {
            throw new AssertionError("A check does not transcribe");
        }

        @Override
        public void close() {}
    }
}
