package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the files of a model on this machine; the embedded model is written to disk on its first use. */
public final class ModelStore {
    private static final Logger log = LoggerFactory.getLogger(ModelStore.class);

    private final ToolHome home;

    /** Creates a store over the given directories. */
    public ModelStore(ToolHome home) {
        this.home = home;
    }

    /**
     * Returns the directory that holds the embedded model in one implementation's format.
     *
     * <p>Its name changes with the model's content, so a newer tool never loads an older tool's files.
     *
     * @param modelsDirectory as {@link Implementation#models} gets it
     * @param implementation id of the implementation
     * @param quantization what its writer is asked for
     */
    public static Path embeddedDirectory(Path modelsDirectory, String implementation, String quantization) {
        return modelsDirectory
                .resolve("embedded")
                .resolve(EmbeddedModel.NAME + "-" + EmbeddedModel.VERSION)
                .resolve(implementation + "-" + quantization);
    }

    /**
     * Returns the files of a model.
     *
     * @param implementation the implementation that is to load it
     * @param model a name that the implementation knows, or the path of a file in its format
     * @throws io.github.whisperspeedtest.error.UnknownNameException if it is neither
     * @throws ModelException if the model is known but not on this machine; says where it would have to be
     * @throws EngineUnavailableException if the embedded model cannot be written
     */
    public ModelFiles locate(Implementation implementation, String model) {
        if (namesFile(model)) {
            return ModelFiles.of(model, List.of(Path.of(model)));
        }
        ModelInfo info = implementation.modelInfo(model, home.models());
        if (!info.localPaths().isEmpty() && info.localPaths().stream().allMatch(Files::exists)) {
            return ModelFiles.of(model, info.localPaths());
        }
        for (ModelSource source : info.sources()) {
            if (source instanceof ModelSource.Embedded embedded) {
                materialize(implementation, info, embedded);
                return ModelFiles.of(model, info.localPaths());
            }
        }
        throw new ModelException("Model '" + model + "' of implementation '" + implementation.id()
                + "' is not on this machine. Expected "
                + info.localPaths().stream().map(Path::toString).collect(Collectors.joining(", "))
                + ". Get it from " + describe(info.sources()) + " and put it there.");
    }

    private static boolean namesFile(String model) {
        try {
            return Files.isRegularFile(Path.of(model));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static String describe(List<ModelSource> sources) {
        return sources.stream()
                .map(source -> {
                    if (source instanceof ModelSource.HubRepository hub) {
                        return "https://huggingface.co/" + hub.repository() + " (" + String.join(", ", hub.files())
                                + ")";
                    }
                    if (source instanceof ModelSource.DirectDownload direct) {
                        return direct.address().toString();
                    }
                    return "this tool itself";
                })
                .collect(Collectors.joining(" and "));
    }

    /** Writes into a directory beside the final one and renames it, so that nobody ever sees half a model. */
    private static void materialize(Implementation implementation, ModelInfo info, ModelSource.Embedded source) {
        CheckpointWriter writer = implementation
                .checkpointWriter()
                .orElseThrow(() -> new IllegalStateException(
                        "Implementation '" + implementation.id() + "' offers the embedded model but no writer for it"));
        Path target = info.localPaths().get(0).getParent();
        try {
            Files.createDirectories(target.getParent());
            Path partial = Files.createTempDirectory(target.getParent(), "." + target.getFileName() + "-");
            try {
                List<String> names = info.localPaths().stream()
                        .map(path -> path.getFileName().toString())
                        .toList();
                log.debug(
                        "Writing the embedded model for {} as {} to {}",
                        implementation.id(),
                        source.quantization(),
                        target);
                writer.write(EmbeddedModel.checkpoint(), source.quantization(), partial, names);
                publish(partial, target);
            } finally {
                deleteRecursively(partial);
            }
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    "The embedded model cannot be written to " + target + ": " + reason(e) + ". Set "
                            + ToolHome.HOME_VARIABLE + " to a directory with space that you may write to.",
                    e);
        }
    }

    private static void publish(Path partial, Path target) throws IOException {
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // Another process was first; its files have the same content.
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static void deleteRecursively(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> content = Files.walk(directory)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            log.debug("Left behind {}", directory, e);
        }
    }
}
