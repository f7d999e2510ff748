package io.github.whisperspeedtest.convert;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.HuggingFaceFormat;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.registry.ImplementationRegistry;
import io.github.whisperspeedtest.settings.UserPaths;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.SileroModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The source of a conversion.
 *
 * @param name name of the model in the source
 * @param checkpoint the model
 */
record CheckpointSource(String name, Checkpoint checkpoint) {
    /** Resolves the source argument of a conversion. */
    record Finder(ImplementationRegistry registry, ModelStore models, UserPaths paths) {
        /**
         * Opens a source.
         *
         * @param source see {@link Conversion}; an existing path takes precedence over a name
         */
        CheckpointSource open(String source) {
            Optional<Path> path = existingPath(source);
            if (path.isPresent()) {
                return ofPath(path.get());
            }
            if (source.equals(EmbeddedModel.NAME)) {
                return new CheckpointSource(source, EmbeddedModel.checkpoint());
            }
            if (RandomModel.isName(source) && !source.contains(":")) {
                return new CheckpointSource(
                        source, RandomModel.checkpoint(source.substring(RandomModel.PREFIX.length())));
            }
            if (models.isRepository(source)) {
                return read(readable(source, registry.implementations()));
            }
            int colon = source.indexOf(':');
            if (colon <= 0) {
                throw new UnknownNameException("There is no file or directory '" + source
                        + "'. Give an existing path, IMPLEMENTATION:MODEL such as faster:tiny, a repository such as"
                        + " openai/whisper-tiny, or " + EmbeddedModel.NAME + ".");
            }
            return read(models.resolve(registry.require(source.substring(0, colon)), source.substring(colon + 1)));
        }

        /**
         * Returns a model as the first implementation that can read its format has it.
         *
         * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if no implementation can
         */
        ResolvedModel readable(String source, List<Implementation> implementations) {
            return models
                    .resolve(
                            implementations.stream()
                                    .filter(implementation ->
                                            implementation.checkpointReader().isPresent())
                                    .toList(),
                            source)
                    .stream()
                    .findFirst()
                    .orElseThrow(() -> new UnknownNameException("No implementation here can read '" + source + "'."));
        }

        /**
         * Reads a model.
         *
         * @throws UnsupportedOptionException if its format can only be written
         */
        CheckpointSource read(ResolvedModel model) {
            String id = model.implementation().id();
            CheckpointReader reader = model.implementation()
                    .checkpointReader()
                    .orElseThrow(() -> new UnsupportedOptionException(
                            id,
                            "convert from " + id + ":" + model.name(),
                            "Its format can only be written. Convert a model of another implementation."));
            return new CheckpointSource(model.name(), reader.read(files(model)));
        }

        /** Returns the files of a model without those of the voice activity detector. */
        ModelFiles files(ResolvedModel model) {
            return models.prepare(model).withoutCompanion(SileroModel.NAME);
        }

        private Optional<Path> existingPath(String source) {
            try {
                return Optional.of(paths.expand(source)).filter(Files::exists);
            } catch (WhisperSpeedtestException e) {
                return Optional.empty();
            }
        }

        private CheckpointSource ofPath(Path path) {
            Path absolute = path.toAbsolutePath().normalize();
            if (Files.isDirectory(absolute)) {
                ModelFiles content = ModelFiles.ofDirectory(absolute.toString(), absolute);
                return read(absolute, content).orElseThrow(() -> unknownFormat(absolute, content));
            }
            ModelFiles file = ModelFiles.of(absolute.toString(), List.of(absolute));
            Path directory = absolute.getParent();
            // A file such as model.safetensors may be one of several files of a checkpoint.
            return read(absolute, file)
                    .or(() -> read(directory, ModelFiles.ofDirectory(directory.toString(), directory)))
                    .orElseThrow(() -> unknownFormat(absolute, file));
        }

        private Optional<CheckpointSource> read(Path path, ModelFiles files) {
            return readers()
                    .filter(reader -> reader.recognises(files))
                    .findFirst()
                    .map(reader -> new CheckpointSource(nameOf(path), reader.read(files)));
        }

        private Stream<CheckpointReader> readers() {
            return Stream.concat(
                    Stream.of(new HuggingFaceFormat()),
                    registry.implementations().stream()
                            .flatMap(implementation -> implementation.checkpointReader().stream()));
        }

        private static String nameOf(Path path) {
            String name =
                    path.getFileName() == null ? "model" : path.getFileName().toString();
            int dot = name.lastIndexOf('.');
            return dot > 0 && Files.isRegularFile(path) ? name.substring(0, dot) : name;
        }

        private static ModelException unknownFormat(Path path, ModelFiles files) {
            return new ModelException(path + " is not in a readable format: found "
                    + files.byName().keySet()
                    + ", expected config.json and model.safetensors, or the files of an implementation whose models can"
                    + " be converted.");
        }
    }
}
