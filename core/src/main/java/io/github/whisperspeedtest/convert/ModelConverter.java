package io.github.whisperspeedtest.convert;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.convert.ConversionListener.Step;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ConvertedModels;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.registry.ImplementationRegistry;
import io.github.whisperspeedtest.settings.UserPaths;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts models from one format into another.
 *
 * <p>A converted model appears in the models directory only after it is completely written and has been loaded. It can then be selected
 * by name like the models of its implementation.
 */
public final class ModelConverter {
    /** File names that are valid on every system, not hidden, and not mistaken for options. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private static final Pattern INVALID_CHARACTERS = Pattern.compile("[^A-Za-z0-9._-]+");

    /** Sufficient for the largest models on a busy machine. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(5);

    /** Names of 16-bit types in the formats. */
    private static final Set<String> SIXTEEN_BITS = Set.of("f16", "float16");

    private final ImplementationRegistry registry;
    private final ModelStore models;
    private final ConvertedModels converted;
    private final CheckpointSource.Finder sources;
    private final ModelVerifier verifier;
    private final ToolHome home;

    /**
     * Creates a converter.
     *
     * @param registry the implementations
     * @param home contains the models directory
     * @param models finds source models
     * @param verifier loads the new model
     * @param paths expands {@code ~} in the path of a source
     */
    public ModelConverter(
            ImplementationRegistry registry,
            ToolHome home,
            ModelStore models,
            ModelVerifier verifier,
            UserPaths paths) {
        this.registry = registry;
        this.models = models;
        this.home = home;
        this.converted = new ConvertedModels(home);
        this.sources = new CheckpointSource.Finder(registry, models, paths);
        this.verifier = verifier;
    }

    /**
     * Converts a model.
     *
     * @throws io.github.whisperspeedtest.error.UnknownNameException if the source or the implementation does not exist
     * @throws UnsupportedOptionException if the source's format cannot be read, or if the target format cannot be written or does not
     *     support the quantization
     * @throws ModelException if the source is incomplete or damaged, the format cannot represent it, or the new model does not load
     * @throws WhisperSpeedtestException if the name is invalid or taken, or writing fails
     */
    public ConvertedModel convert(Conversion conversion, ConversionListener listener) {
        Implementation target = registry.require(conversion.implementation());
        String quantization = quantization(target, conversion.quantization());
        if (conversion.name() != null) {
            checkName(target, conversion.name(), conversion.replace());
        }
        listener.onStep(Step.READ);
        CheckpointSource source = sources.open(conversion.source());
        String name = conversion.name();
        if (name == null) {
            name = valid(source.name() + "-" + quantization);
            checkName(target, name, conversion.replace());
        }
        return write(target, name, quantization, source, listener);
    }

    /**
     * Returns a model for an implementation that cannot load its format: converts it from the first format that can be
     * read, or returns the result of the same conversion from before.
     *
     * <p>The weights have 16 bits if the target format has such a type, because that keeps the accuracy of the source. The
     * name of the converted model contains a hash of the source's files, so that a changed source is converted again.
     *
     * @param source a model that {@link #sourceFor} returned
     * @throws UnsupportedOptionException if the target format cannot be written
     * @throws ModelException if the source is missing, incomplete or damaged, or the new model does not load
     * @throws WhisperSpeedtestException if writing fails
     */
    public ResolvedModel convertFor(Implementation target, ResolvedModel source, ConversionListener listener) {
        String quantization = accurate(target);
        String name = valid(source.name() + "-" + quantization + "-" + SourceHash.of(sources.files(source)));
        if (!converted.exists(target, name)) {
            listener.onStep(Step.READ);
            write(target, name, quantization, sources.read(source), listener);
        }
        return models.resolve(target, name);
    }

    /**
     * Returns a model in the first format that can be read, for {@link #convertFor}. It may not be on this machine.
     *
     * @param model name, path or repository of the source
     * @throws io.github.whisperspeedtest.error.UnknownNameException if the source does not exist
     * @throws io.github.whisperspeedtest.error.UnsupportedModelException if no implementation can read the source
     */
    public ResolvedModel sourceFor(Implementation target, String model) {
        return sources.readable(
                model,
                registry.implementations().stream()
                        .filter(other -> !other.id().equals(target.id()))
                        .toList());
    }

    private static String accurate(Implementation target) {
        String usual = quantization(target, null);
        return target.checkpointWriter().orElseThrow().quantizations().stream()
                .filter(SIXTEEN_BITS::contains)
                .findFirst()
                .orElse(usual);
    }

    /** Returns a name without the characters that a name may not have. */
    private static String valid(String name) {
        return INVALID_CHARACTERS.matcher(name).replaceAll("-").replaceFirst("^[._-]+", "");
    }

    private ConvertedModel write(
            Implementation target,
            String name,
            String quantization,
            CheckpointSource source,
            ConversionListener listener) {
        listener.onStep(Step.WRITE);
        AtomicReference<@Nullable Verdict> verdict = new AtomicReference<>();
        converted.write(target, name, source.checkpoint(), quantization, files -> {
            listener.onStep(Step.LOAD);
            Verdict loaded = verifier.load(target, files, TIME_LIMIT);
            if (loaded.status() == Verdict.Status.INCOMPLETE) {
                throw new ModelException("The converted model does not load and was deleted: " + loaded.reason());
            }
            verdict.set(loaded);
        });
        return result(target, name, quantization, notes(source.checkpoint()), verdict.get());
    }

    private static List<String> notes(Checkpoint source) {
        return source.dequantizedFrom()
                .map(type -> List.of(
                        "the weights were dequantised from " + type + ", which does not restore their precision"))
                .orElse(List.of());
    }

    private ConvertedModel result(
            Implementation target, String name, String quantization, List<String> notes, @Nullable Verdict verdict) {
        CheckpointWriter writer = target.checkpointWriter().orElseThrow();
        long bytes = ModelPresence.sizeOnDisk(writer.fileNames(name).stream()
                .map(converted.directory(target, name)::resolve)
                .toList());
        boolean loaded = verdict != null && verdict.isComplete();
        return new ConvertedModel(
                name,
                quantization,
                converted.directory(target, name),
                bytes,
                notes,
                loaded || verdict == null ? null : verdict.reason());
    }

    private static String quantization(Implementation target, @Nullable String requested) {
        CheckpointWriter writer = target.checkpointWriter()
                .orElseThrow(() -> new UnsupportedOptionException(
                        target.id(), "convert to " + target.id(), "Its format can only be read."));
        if (requested == null) {
            return writer.quantizations().get(0);
        }
        if (!writer.quantizations().contains(requested)) {
            throw new UnsupportedOptionException(
                    target.id(),
                    "quantize=" + requested,
                    "Use one of: " + String.join(", ", writer.quantizations()) + ".");
        }
        return requested;
    }

    private void checkName(Implementation target, String name, boolean replace) {
        if (!NAME.matcher(name).matches()) {
            throw invalidName("Invalid model name '" + name
                    + "'. Use letters, digits, '.', '_' and '-'; start with a letter or digit.");
        }
        boolean known =
                target.models(home.models()).stream().map(ModelInfo::name).anyMatch(name::equals);
        if (known || name.startsWith(RandomModel.PREFIX) && RandomModel.isName(name)) {
            throw invalidName("Implementation '" + target.id() + "' already has a model '" + name
                    + "'. Give the converted model another name with --name.");
        }
        if (!replace && converted.exists(target, name)) {
            throw invalidName("The model '" + name + "' already exists in " + converted.directory(target, name)
                    + ". Replace it with --force, or give another name with --name.");
        }
    }

    private static WhisperSpeedtestException invalidName(String message) {
        return new WhisperSpeedtestException(ErrorKind.USER, message);
    }
}
