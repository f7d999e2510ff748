package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The models that can be asked for by name: those that an implementation knows itself; those that a user converted for it; and,
 * where it can write its format, models with random weights.
 *
 * <p>Converted models are in {@code converted/IMPLEMENTATION/NAME} of the models directory, random ones in {@code
 * random/SIZE-VERSION/IMPLEMENTATION-QUANTIZATION}.
 */
public final class ModelCatalog {
    private static final String CONVERTED = "converted";
    private static final String RANDOM = "random";

    private final Path modelsDirectory;

    /**
     * Creates a catalog.
     *
     * @param modelsDirectory as {@link Implementation#models} gets it
     */
    public ModelCatalog(Path modelsDirectory) {
        this.modelsDirectory = modelsDirectory;
    }

    /**
     * Returns the models that an implementation knows, and those that were converted for it; random ones are not listed.
     *
     * @throws ModelException if the directory of the converted ones cannot be read
     */
    public List<ModelInfo> models(Implementation implementation) {
        Map<String, ModelInfo> models = new LinkedHashMap<>();
        Stream.of(implementation.models(modelsDirectory), converted(implementation))
                .flatMap(List::stream)
                .forEach(model -> models.putIfAbsent(model.name(), model));
        return List.copyOf(models.values());
    }

    /**
     * Returns what is known of one model.
     *
     * @param name name of the model, as users type it
     * @throws UnknownNameException if there is no such model; lists those that there are
     * @throws ModelException if the implementation itself does not know it, and the directory of the converted ones cannot be read
     */
    public ModelInfo require(Implementation implementation, String name) {
        try {
            return implementation.modelInfo(name, modelsDirectory);
        } catch (UnknownNameException e) {
            List<ModelInfo> converted = converted(implementation);
            Optional<ModelInfo> own = converted.stream()
                    .filter(model -> model.name().equals(name))
                    .findFirst();
            if (own.isPresent()) {
                return own.get();
            }
            if (name.startsWith(RandomModel.PREFIX)) {
                return random(implementation, name);
            }
            String others = converted.isEmpty()
                    ? ""
                    : " Converted for it: "
                            + converted.stream().map(ModelInfo::name).collect(Collectors.joining(", ")) + ".";
            throw new UnknownNameException(e.getMessage() + others, e);
        }
    }

    /** Returns the companions that an implementation's models have, for a model that the implementation does not know itself. */
    List<ModelInfo> companions(Implementation implementation) {
        Map<String, ModelInfo> companions = new LinkedHashMap<>();
        implementation.models(modelsDirectory).stream()
                .flatMap(model -> model.companions().stream())
                .forEach(companion -> companions.putIfAbsent(companion.name(), companion));
        return List.copyOf(companions.values());
    }

    /** Returns the directory of a model that is converted for an implementation. */
    Path convertedDirectory(Implementation implementation, String name) {
        return modelsDirectory.resolve(CONVERTED).resolve(implementation.id()).resolve(name);
    }

    private List<ModelInfo> converted(Implementation implementation) {
        Optional<CheckpointWriter> writer = implementation.checkpointWriter();
        Path directory = modelsDirectory.resolve(CONVERTED).resolve(implementation.id());
        if (writer.isEmpty() || !Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> content = Files.list(directory)) {
            return content.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    // Begins with a dot while it is being written.
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .map(name -> model(
                            implementation,
                            writer.get(),
                            name,
                            name,
                            new ModelSource.Converted(),
                            directory.resolve(name)))
                    .toList();
        } catch (UncheckedIOException e) {
            throw unreadable(directory, e.getCause());
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static ModelException unreadable(Path directory, IOException cause) {
        return new ModelException(
                "The converted models in " + directory + " cannot be listed: " + DiskErrors.reason(cause)
                        + ". Check who may read that directory.",
                cause);
    }

    private ModelInfo random(Implementation implementation, String name) {
        if (!RandomModel.isName(name)) {
            throw new UnknownNameException("There is no model '" + name + "'. Models with random weights are: "
                    + RandomModel.names().stream()
                            .map(size -> RandomModel.PREFIX + size)
                            .collect(Collectors.joining(", "))
                    + ".");
        }
        CheckpointWriter writer = implementation
                .checkpointWriter()
                .orElseThrow(() -> new UnknownNameException("Implementation '" + implementation.id()
                        + "' cannot write its models' format, so there is no '" + name + "' for it."));
        String[] parts = name.substring(RandomModel.PREFIX.length()).split(":", 2);
        String quantization =
                parts.length > 1 ? parts[1] : writer.quantizations().get(0);
        if (!writer.quantizations().contains(quantization)) {
            throw new UnknownNameException("Implementation '" + implementation.id() + "' cannot write '" + name
                    + "'. Its quantisations are: " + String.join(", ", writer.quantizations()) + ".");
        }
        return model(
                implementation,
                writer,
                name,
                RandomModel.PREFIX + parts[0] + "-" + quantization,
                new ModelSource.RandomWeights(parts[0], quantization),
                modelsDirectory
                        .resolve(RANDOM)
                        .resolve(parts[0] + "-" + RandomModel.VERSION)
                        .resolve(implementation.id() + "-" + quantization));
    }

    /** Describes a model in a directory of its own; it has the companions that the implementation's other models have. */
    private ModelInfo model(
            Implementation implementation,
            CheckpointWriter writer,
            String name,
            String fileName,
            ModelSource source,
            Path directory) {
        List<Path> files =
                writer.fileNames(fileName).stream().map(directory::resolve).toList();
        return ModelInfo.ofLocalFiles(name, List.of(source), files, 0).withCompanions(companions(implementation));
    }
}
