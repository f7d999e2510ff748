package io.github.whisperspeedtest.model;

import static io.github.whisperspeedtest.settings.UserPaths.firstNonBlank;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.settings.UserPaths;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.Transcribers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The directories of this tool.
 *
 * @param data root directory of all data
 * @param models directory for models outside the default Hugging Face cache
 * @param otherModels directories of other programs, in which models are found but nothing is written
 */
public record ToolHome(Path data, Path models, List<Path> otherModels) {
    /** System property for the tool home; overrides the environment. */
    public static final String HOME_PROPERTY = "whisperspeedtest.home";

    /** Environment variable for the tool home. */
    public static final String HOME_VARIABLE = "WHISPER_SPEEDTEST_HOME";

    /** System property for the models directory; overrides the environment. */
    public static final String MODELS_PROPERTY = "whisperspeedtest.models";

    /** Environment variable for the models directory. */
    public static final String MODELS_VARIABLE = "WHISPER_SPEEDTEST_MODELS";

    private static final String NAME = "whisper-speedtest";

    /** Makes the paths absolute. */
    public ToolHome {
        data = data.toAbsolutePath().normalize();
        models = models.toAbsolutePath().normalize();
        otherModels = otherModels.stream()
                .map(directory -> directory.toAbsolutePath().normalize())
                .toList();
    }

    /** Creates a tool home without directories of other programs. */
    public ToolHome(Path data, Path models) {
        this(data, models, List.of());
    }

    /** Returns this tool home with other directories of other programs. */
    public ToolHome withOtherModels(List<Path> value) {
        return new ToolHome(data, models, value);
    }

    /**
     * Returns all directories in which published models may be stored flat, as other programs store them: the models
     * directory itself first.
     */
    List<Path> flatDirectories() {
        return Stream.concat(Stream.of(models), otherModels.stream()).toList();
    }

    /**
     * Returns the directories from the user's settings.
     *
     * <p>By default, the tool home is {@code ~/Library/Application
     * Support/whisper-speedtest} on macOS, {@code %LOCALAPPDATA%\whisper-speedtest} on Windows, and {@code
     * $XDG_DATA_HOME/whisper-speedtest} (by default {@code ~/.local/share/whisper-speedtest}) elsewhere; the models are in its
     * directory {@code models}. A leading {@code ~} is the home directory of the user; see {@link UserPaths}.
     *
     * @throws WhisperSpeedtestException if the home directory is needed and unknown
     */
    public static ToolHome of(Settings settings) {
        UserPaths paths = settings.paths();
        Path data = paths.ofSetting(HOME_PROPERTY, HOME_VARIABLE).orElseGet(() -> defaultData(settings, paths));
        return new ToolHome(
                data, paths.ofSetting(MODELS_PROPERTY, MODELS_VARIABLE).orElseGet(() -> data.resolve("models")));
    }

    /** Returns a tool home with the models directory inside it. */
    public static ToolHome at(Path data) {
        return new ToolHome(data, data.resolve("models"));
    }

    /** Returns the directory for unpacked native libraries. */
    public Path nativeLibraries() {
        return data.resolve("native");
    }

    /**
     * Returns the directory for files that implementations can recreate, such as compiled models: {@code cache} in the tool home. For the
     * default tool home on macOS it is {@code ~/Library/Caches/whisper-speedtest}, whose path has no blank and which backups leave out.
     *
     * @param settings those that this tool home was made of
     */
    public Path cache(Settings settings) {
        UserPaths paths = settings.paths();
        boolean isDefault = isMac(settings) && paths.knowsHome() && data.equals(defaultData(settings, paths));
        return isDefault ? paths.home().resolve("Library/Caches").resolve(NAME) : data.resolve("cache");
    }

    /** Returns the directory for engines that the user has built, each implementation in a directory of its own. */
    public Path engines() {
        return data.resolve("engines");
    }

    /** Returns the context of an implementation: its directories, and the settings that it and the voice activity detector read. */
    public ImplementationContext contextOf(Implementation implementation, Settings settings) {
        return new ImplementationContext(
                nativeLibraries(),
                cache(settings).resolve(implementation.id()),
                engines().resolve(implementation.id()),
                settings.only(Transcribers.settings(implementation)));
    }

    /** Returns the environment variable that sets the location of the models. */
    String variableOfModels() {
        return models.startsWith(data) ? HOME_VARIABLE : MODELS_VARIABLE;
    }

    private static boolean isMac(Settings settings) {
        return os(settings).startsWith("mac");
    }

    private static String os(Settings settings) {
        return settings.property("os.name").orElse("").toLowerCase(Locale.ROOT);
    }

    private static Path defaultData(Settings settings, UserPaths paths) {
        if (isMac(settings)) {
            return paths.home()
                    .resolve("Library/Application Support")
                    .resolve(NAME)
                    .toAbsolutePath()
                    .normalize();
        }
        if (os(settings).startsWith("windows")) {
            String local = firstNonBlank(settings.variable("LOCALAPPDATA").orElse(null), "~/AppData/Local");
            return paths.expand(local).resolve(NAME);
        }
        Path xdg = paths.expand(firstNonBlank(settings.variable("XDG_DATA_HOME").orElse(null), "."));
        // The XDG specification requires that relative paths are ignored.
        return (xdg.isAbsolute() ? xdg : paths.home().resolve(".local/share")).resolve(NAME);
    }
}
