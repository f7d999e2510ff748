package io.github.whisperspeedtest;

import io.github.whisperspeedtest.convert.ModelConverter;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.lifecycle.RunningCalls;
import io.github.whisperspeedtest.model.AdoptedDirectories;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ModelCopier;
import io.github.whisperspeedtest.model.ModelInstaller;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.provenance.ModelHasher;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.PinnedFiles;
import io.github.whisperspeedtest.registry.ImplementationRegistry;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.settings.UserPaths;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.streaming.StreamingModel;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.verify.ModelVerifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entry point of the library. Gives access to the implementations on the class path and to their models.
 *
 * <p>Each instance has its own directories, settings and implementations. Instances in one JVM share only native libraries,
 * which a JVM loads once. An instance owns no native resources; the {@linkplain #open transcribers} do. Thread-safe.
 */
public final class WhisperSpeedtest {
    private static final List<String> LOGGING = List.of("org.slf4j.*");

    private final Settings settings;
    private final ToolHome home;
    private final Supplier<HubSettings> hub;
    private final ImplementationRegistry registry;
    private final ModelStore models;
    private final ChildJvm children;

    private WhisperSpeedtest(Builder builder) {
        settings = builder.settings;
        home = builder.home == null ? AdoptedDirectories.addTo(ToolHome.of(settings), settings) : builder.home;
        HubSettings given = builder.hub;
        hub = given == null ? once(() -> HubAccess.settings(hubSettings())) : () -> given;
        registry = ImplementationRegistry.discover(builder.classLoader, this::contextOf);
        models = new ModelStore(home, this::hub, settings.paths(), this::implementations);
        children = builder.children.toBuilder()
                .addProperties(settings.only(LOGGING).properties())
                .build();
    }

    /**
     * Returns the library with the environment variables and system properties of this process.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the home directory is needed and unknown
     */
    public static WhisperSpeedtest create() {
        return builder().settings(Settings.ofProcess()).build();
    }

    /** Returns a builder that starts without settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the registry of all providers on the class path, including those that cannot be used. */
    public ImplementationRegistry registry() {
        return registry;
    }

    /** Returns the implementations, ordered by id; {@link Implementation#availability} returns whether they can run here. */
    public List<Implementation> implementations() {
        return registry.implementations();
    }

    /** Returns the directories in use. */
    public ToolHome home() {
        return home;
    }

    /**
     * Returns the Hugging Face hub and its cache.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the home directory is needed and unknown
     */
    public HubSettings hub() {
        return hub.get();
    }

    /** Returns the rules for expanding paths that start with {@code ~}. */
    public UserPaths paths() {
        return settings.paths();
    }

    /** Returns the model store, which finds models on this machine and writes generated ones. */
    public ModelStore models() {
        return models;
    }

    /** Returns a verifier, which checks that models are complete by loading them. */
    public ModelVerifier verifier() {
        return new ModelVerifier(home, this::hubCache, settings, children);
    }

    /** Returns an installer, which downloads models. */
    public ModelInstaller installer() {
        return new ModelInstaller(home, hub());
    }

    /** Returns a copier, which copies models out of the default Hugging Face cache. */
    public ModelCopier copier() {
        return new ModelCopier(hub().cacheDirectory());
    }

    /** Returns a converter, which writes a model in another implementation's format. */
    public ModelConverter converter() {
        return new ModelConverter(registry, home, models, verifier(), settings.paths());
    }

    /** Returns a hasher, which finds out where the files of a model come from. It caches hashes in {@code hashes.json} in the tool home. */
    public ModelHasher hasher() {
        return new ModelHasher(home.data().resolve("hashes.json"));
    }

    /**
     * Finds the files of an earlier run again: those at the same paths, otherwise those of the same repository and commit in the hub cache.
     *
     * <p>Their content may differ from the recorded one; compare the hashes.
     *
     * @return empty if one of the files is in neither place
     */
    public Optional<ModelFiles> find(ModelProvenance recorded) {
        return PinnedFiles.find(recorded, hubCache());
    }

    /** Returns the launcher of child JVMs, for tasks that may crash. */
    public ChildJvm children() {
        return children;
    }

    /** Returns the directories and settings that an implementation gets, in this JVM and in child JVMs. */
    public ImplementationContext contextOf(Implementation implementation) {
        return home.contextOf(implementation, settings);
    }

    /**
     * Loads a model with default options.
     *
     * @param implementation id such as {@code whispercpp}
     * @param model name such as {@code micro}, or the path of a file or directory in the implementation's format
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the implementation or the model is unknown, or
     *     loading the model fails
     */
    public Transcriber open(String implementation, String model) {
        return open(implementation, model, LoadOptions.defaults());
    }

    /**
     * Loads a model.
     *
     * @param implementation id such as {@code whispercpp}
     * @param model name such as {@code micro}, or the path of a file or directory in the implementation's format
     * @param options device, compute type and threads
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the implementation or the model is unknown, or
     *     loading the model fails
     */
    public Transcriber open(String implementation, String model, LoadOptions options) {
        return open(models.resolve(registry.require(implementation), model), options);
    }

    /**
     * Loads a model that {@link #models} resolved.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the model is not complete on this machine, or loading it fails
     */
    public Transcriber open(ResolvedModel model, LoadOptions options) {
        ModelFiles files = models.prepare(model);
        Implementation implementation = model.implementation();
        return RunningCalls.run(
                () -> {}, () -> Transcribers.open(implementation, contextOf(implementation), files, options));
    }

    /**
     * Loads a model for live audio, with voice activity detection and default options.
     *
     * @param implementation id such as {@code whispercpp}
     * @param model name such as {@code micro}, or the path of a file or directory in the implementation's format
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the implementation or the model is unknown, or
     *     loading the model fails
     */
    public StreamingModel openStreaming(String implementation, String model) {
        return openStreaming(models.resolve(registry.require(implementation), model), LoadOptions.defaults());
    }

    /**
     * Loads a model for live audio, with voice activity detection.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the model is not complete on this machine, or loading it fails
     */
    public StreamingModel openStreaming(ResolvedModel model, LoadOptions options) {
        ModelFiles files = models.prepare(model);
        Implementation implementation = model.implementation();
        return RunningCalls.run(
                () -> {}, () -> StreamingModel.open(implementation, contextOf(implementation), files, options));
    }

    /** Without any settings, the hub cache is a directory inside the tool home. */
    private Settings hubSettings() {
        return settings.equals(Settings.none())
                ? settings.withProperty(
                        HubAccess.CACHE_PROPERTY, home.data().resolve("hub").toString())
                : settings;
    }

    private Path hubCache() {
        return hub().cacheDirectory();
    }

    private static <T> Supplier<T> once(Supplier<T> source) {
        return new Supplier<>() {
            private @Nullable T value;

            @Override
            public synchronized T get() {
                if (value == null) {
                    value = source.get();
                }
                return value;
            }
        };
    }

    /** Builds a {@link WhisperSpeedtest}. */
    public static final class Builder {
        private ClassLoader classLoader = WhisperSpeedtest.class.getClassLoader();
        private Settings settings = Settings.none();
        private @Nullable ToolHome home;
        private @Nullable HubSettings hub;
        private ChildJvm children = ChildJvm.builder().build();

        private Builder() {}

        /** Sets the class loader that finds the implementations; by default that of this library. */
        public Builder classLoader(ClassLoader value) {
            classLoader = Objects.requireNonNull(value, "classLoader");
            return this;
        }

        /** Sets the environment variables and system properties; by default none. */
        public Builder settings(Settings value) {
            settings = Objects.requireNonNull(value, "settings");
            return this;
        }

        /** Sets the directories; by default those from the settings. */
        public Builder home(ToolHome value) {
            home = Objects.requireNonNull(value, "home");
            return this;
        }

        /**
         * Sets the Hugging Face hub, its cache, and whether requests are allowed. By default they come from the settings;
         * without settings, the cache is the directory {@code hub} in the tool home.
         */
        public Builder hub(HubSettings value) {
            hub = Objects.requireNonNull(value, "hub");
            return this;
        }

        /** Sets the launcher of child JVMs, for programs whose implementations are not on the class path of this JVM. */
        public Builder children(ChildJvm value) {
            children = Objects.requireNonNull(value, "children");
            return this;
        }

        /**
         * Returns the library.
         *
         * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if no home is set and the settings do not determine one
         */
        public WhisperSpeedtest build() {
            return new WhisperSpeedtest(this);
        }
    }
}
