package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.spi.SileroModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Models by name: those of an implementation, those that the user converted for it and, if it can write its format,
 * models with random weights.
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
     * @param modelsDirectory as in {@link Implementation#models}
     */
    public ModelCatalog(Path modelsDirectory) {
        this.modelsDirectory = modelsDirectory;
    }

    /**
     * Returns the models of an implementation and those converted for it, excluding those with random weights.
     *
     * @throws ModelException if the directory of converted models cannot be read
     */
    public List<ModelInfo> models(Implementation implementation) {
        Map<String, ModelInfo> models = new LinkedHashMap<>();
        Stream.of(implementation.models(modelsDirectory), converted(implementation))
                .flatMap(List::stream)
                .forEach(model -> models.putIfAbsent(model.name(), withVoiceActivityDetector(model)));
        return List.copyOf(models.values());
    }

    /**
     * Returns the {@linkplain #models models} and {@linkplain Implementation#variants variants} of an implementation.
     *
     * @throws ModelException if the directory of converted models cannot be read
     */
    public List<ModelInfo> allModels(Implementation implementation) {
        return Stream.concat(models(implementation).stream(), implementation.variants(modelsDirectory).stream())
                .toList();
    }

    /**
     * Returns the description of one model.
     *
     * @param name name of the model, as users type it
     * @throws UnknownNameException if the model is unknown; the message lists the known ones
     * @throws ModelException if the implementation does not know the model and the directory of converted models
     *     cannot be read
     */
    public ModelInfo require(Implementation implementation, String name) {
        try {
            return withVoiceActivityDetector(implementation.modelInfo(name, modelsDirectory));
        } catch (UnknownNameException e) {
            List<ModelInfo> converted = converted(implementation);
            Optional<ModelInfo> match = converted.stream()
                    .filter(model -> model.name().equals(name))
                    .findFirst();
            if (match.isPresent()) {
                return match.get();
            }
            if (name.startsWith(RandomModel.PREFIX)) {
                return random(implementation, name);
            }
            String others = converted.isEmpty()
                    ? ""
                    : " Converted models: "
                            + converted.stream().map(ModelInfo::name).collect(Collectors.joining(", ")) + ".";
            throw new UnknownNameException(e.getMessage() + others, e);
        }
    }

    /**
     * Returns the companions of an implementation's models, for models that the implementation does not know. An archive is
     * unpacked beside a certain model, so none is among them.
     */
    List<ModelInfo> companions(Implementation implementation) {
        Map<String, ModelInfo> companions = new LinkedHashMap<>();
        implementation.models(modelsDirectory).stream()
                .flatMap(model -> model.companions().stream())
                .filter(companion -> companion.archive().isEmpty())
                .forEach(companion -> companions.putIfAbsent(companion.name(), companion));
        companions.putIfAbsent(SileroModel.NAME, SileroModel.info());
        return List.copyOf(companions.values());
    }

    /** Adds the companion that every model has. */
    private static ModelInfo withVoiceActivityDetector(ModelInfo model) {
        if (model.companions().stream().anyMatch(companion -> companion.name().equals(SileroModel.NAME))) {
            return model;
        }
        List<ModelInfo> companions = new ArrayList<>(model.companions());
        companions.add(SileroModel.info());
        return model.withCompanions(companions);
    }

    /** Returns the directory of a model converted for an implementation. */
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
                    // A model that is being written starts with a dot.
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
                "Cannot list the converted models in " + directory + ": " + DiskErrors.reason(cause)
                        + ". Check the permissions of that directory.",
                cause);
    }

    private ModelInfo random(Implementation implementation, String name) {
        if (!RandomModel.isName(name)) {
            throw new UnknownNameException("Unknown model '" + name + "'. Models with random weights: "
                    + RandomModel.names().stream()
                            .map(size -> RandomModel.PREFIX + size)
                            .collect(Collectors.joining(", "))
                    + ".");
        }
        CheckpointWriter writer = implementation
                .checkpointWriter()
                .orElseThrow(() -> new UnknownNameException("Implementation '" + implementation.id()
                        + "' has no model '" + name + "', because this tool cannot write its format."));
        String[] parts = name.substring(RandomModel.PREFIX.length()).split(":", 2);
        String quantization =
                parts.length > 1 ? parts[1] : writer.quantizations().get(0);
        if (!writer.quantizations().contains(quantization)) {
            throw new UnknownNameException("Implementation '" + implementation.id() + "' has no model '" + name
                    + "': unknown quantization '" + quantization + "'. Supported quantizations: "
                    + String.join(", ", writer.quantizations()) + ".");
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

    /** Describes a model in its own directory, with the companions of the implementation's other models. */
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
