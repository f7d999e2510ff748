package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.NearestName;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedModelException;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.model.RepositoryListings.Listed;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelListing;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes models that no implementation knows by name: repositories of the hub, and files and directories. */
final class UserModels {
    /** Names in a message; a repository may have thousands. */
    private static final int MAX_NAMES = 20;

    private final ModelCatalog catalog;
    private final RepositoryListings listings;
    private final Supplier<List<Implementation>> implementations;

    UserModels(ModelCatalog catalog, RepositoryListings listings, Supplier<List<Implementation>> implementations) {
        this.catalog = catalog;
        this.listings = listings;
        this.implementations = implementations;
    }

    /**
     * Returns the description of a repository's model.
     *
     * @throws UnsupportedModelException if the model is in another format, or not a Whisper model
     * @throws UnknownNameException if the repository does not have the chosen file
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the hub has to be asked and does not answer
     */
    ModelInfo ofRepository(Implementation implementation, RepositoryReference reference) {
        List<@Nullable Path> caches = new ArrayList<>();
        caches.add(null);
        sameRepository(implementation, reference)
                .map(ModelInfo::hfCacheDir)
                .filter(Objects::nonNull)
                .distinct()
                .forEach(caches::add);
        for (@Nullable Path cache : caches) {
            Optional<Listed> cached = listings.inCache(reference, cache);
            if (cached.isPresent() && (cached.get().isWhole() || isEnough(implementation, cached.get()))) {
                return info(implementation, reference, cached.get());
            }
        }
        return info(implementation, reference, listings.onHub(reference));
    }

    /** Returns whether the files that someone downloaded are a model. */
    private static boolean isEnough(Implementation implementation, Listed cached) {
        String file = cached.listing().file();
        return (file == null || cached.listing().has(file))
                && selectQuietly(implementation, cached.listing()).isPresent();
    }

    private Stream<ModelInfo> sameRepository(Implementation implementation, RepositoryReference reference) {
        return reference.isMain()
                ? catalog.allModels(implementation).stream()
                        .filter(model -> !model.repositories().isEmpty()
                                && model.repositories().get(0).repository().equals(reference.repository()))
                : Stream.empty();
    }

    private ModelInfo info(Implementation implementation, RepositoryReference reference, Listed listed) {
        checkFile(reference, listed.listing());
        FileSelection selection = implementation
                .select(listed.listing())
                .orElseThrow(() -> unsupported(implementation, reference.toString(), listed.listing()));
        // A model that the implementation also knows by name is stored in the same place under both names.
        Optional<ModelInfo> named = sameRepository(implementation, reference)
                .filter(model -> model.localPaths().isEmpty()
                        || model.repositories().get(0).files().equals(selection.files()))
                .findFirst();
        ModelSource own =
                new ModelSource.HubRepository(reference.repository(), reference.revision(), selection.files());
        return new ModelInfo(
                reference.toString(),
                Stream.concat(Stream.of(own), selection.borrowed().stream()).toList(),
                named.map(ModelInfo::hfCacheDir).orElse(null),
                named.map(ModelInfo::localPaths).orElse(List.of()),
                listed.bytes(selection.files()),
                List.of(),
                catalog.companions(implementation));
    }

    private static void checkFile(RepositoryReference reference, ModelListing listing) {
        String file = reference.file();
        if (file != null && !listing.has(file)) {
            throw new UnknownNameException(listing.name() + " has no file '" + file + "'."
                    + NearestName.question(file, listing.files()) + " Its files: " + shown(listing.files()) + ".");
        }
    }

    /**
     * Returns the description of the model in a file or directory, or empty if no implementation recognises it.
     *
     * @param model the path as the user typed it
     * @throws UnsupportedModelException if the model is in the format of other implementations, or not a Whisper model
     */
    Optional<ModelInfo> ofPath(Implementation implementation, String model, Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        if (!Files.isDirectory(absolute)) {
            Path directory = absolute.getParent();
            return ofFiles(
                    implementation, model, directory, absolute.getFileName().toString());
        }
        Optional<String> repository = HubCache.repositoryOf(absolute);
        return repository.isPresent()
                ? Optional.of(ofCacheFolder(implementation, model, absolute.getParent(), repository.get()))
                : ofFiles(implementation, model, absolute, null);
    }

    /** Returns the model in the folder of a repository in a Hugging Face cache, which may be a copy of that cache. */
    private ModelInfo ofCacheFolder(Implementation implementation, String model, Path cache, String repository) {
        RepositoryReference reference = new RepositoryReference(repository, RepositoryReference.MAIN, null);
        Listed listed = listings.inCache(reference, cache)
                .orElseThrow(() -> new UnsupportedModelException(
                        model + " has no snapshot of " + repository + ". Download it: " + repository + "."));
        ModelInfo info = info(implementation, reference, listed);
        return new ModelInfo(
                model, info.sources(), cache, List.of(), info.expectedBytes(), info.fallbacks(), info.companions());
    }

    private Optional<ModelInfo> ofFiles(
            Implementation implementation, String model, Path directory, @Nullable String file) {
        Map<String, Path> content = ModelFiles.ofDirectory(model, directory).byName();
        ModelListing listing = new ModelListing(
                model, false, content.keySet(), file, RepositoryListings.config(content.get(ModelListing.CONFIG)));
        Optional<FileSelection> selection = implementation.select(listing);
        if (selection.isEmpty()) {
            if (others(implementation).stream()
                            .anyMatch(other -> selectQuietly(other, listing).isPresent())
                    || ModelFamily.otherThanWhisper(listing).isPresent()) {
                throw unsupported(implementation, model, listing);
            }
            return Optional.empty();
        }
        List<ModelSource> sources = new ArrayList<>(List.of(new ModelSource.UserFiles()));
        sources.addAll(selection.get().borrowed());
        return Optional.of(new ModelInfo(
                model,
                sources,
                null,
                selection.get().files().stream().map(directory::resolve).toList(),
                0,
                List.of(),
                catalog.companions(implementation)));
    }

    private UnsupportedModelException unsupported(Implementation implementation, String model, ModelListing listing) {
        Optional<String> family = ModelFamily.otherThanWhisper(listing);
        if (family.isPresent()) {
            return new UnsupportedModelException(
                    model + " is " + family.get() + ", not a Whisper model. Use a Whisper model.");
        }
        List<String> others = new ArrayList<>();
        for (Implementation other : others(implementation)) {
            try {
                other.select(listing).ifPresent(selection -> others.add(other.id()));
            } catch (UnsupportedModelException e) {
                // It is in the format of the other one, but the user must choose a file or complete it first.
                return e;
            }
        }
        String problem = model + " is not in the format of " + implementation.id() + " ("
                + String.join(", ", implementation.capabilities().formatsRead()) + ").";
        if (others.isEmpty()) {
            return new UnsupportedModelException(
                    problem + " No implementation here can load it. Its files: " + shown(listing.files()) + ".");
        }
        String convert = implementation.checkpointWriter().isPresent()
                ? " Or convert it: whisper-speedtest convert " + model + " --to " + implementation.id()
                : "";
        return new UnsupportedModelException(problem + " Use it with -i " + String.join(",", others) + "." + convert);
    }

    private List<Implementation> others(Implementation implementation) {
        return implementations.get().stream()
                .filter(other -> !other.id().equals(implementation.id()))
                .toList();
    }

    private static Optional<FileSelection> selectQuietly(Implementation implementation, ModelListing listing) {
        try {
            return implementation.select(listing);
        } catch (UnsupportedModelException e) {
            return Optional.empty();
        }
    }

    private static String shown(Set<String> files) {
        return files.isEmpty()
                ? "none"
                : files.stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
                        + (files.size() > MAX_NAMES ? ", ..." : "");
    }
}
