package io.github.whisperspeedtest.model;

import static io.github.whisperspeedtest.files.UserPaths.firstNonBlank;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.UserPaths;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The directories that this tool keeps things in.
 *
 * @param data root of everything that is kept
 * @param models models that live in no default Hugging Face cache
 */
public record ToolHome(Path data, Path models) {
    /** System property that moves the data home; it wins over the environment. */
    public static final String HOME_PROPERTY = "whisperspeedtest.home";

    /** Environment variable that moves the data home. */
    public static final String HOME_VARIABLE = "WHISPER_SPEEDTEST_HOME";

    /** System property that moves the models alone; it wins over the environment. */
    public static final String MODELS_PROPERTY = "whisperspeedtest.models";

    /** Environment variable that moves the models alone. */
    public static final String MODELS_VARIABLE = "WHISPER_SPEEDTEST_MODELS";

    private static final String NAME = "whisper-speedtest";

    /** Makes the paths absolute. */
    public ToolHome {
        data = data.toAbsolutePath().normalize();
        models = models.toAbsolutePath().normalize();
    }

    /**
     * Returns the directories of the current user.
     *
     * <p>Unless the properties or variables above say otherwise, the data home is {@code ~/Library/Application
     * Support/whisper-speedtest} on macOS, {@code %LOCALAPPDATA%\whisper-speedtest} on Windows, and {@code
     * $XDG_DATA_HOME/whisper-speedtest} (by default {@code ~/.local/share/whisper-speedtest}) elsewhere; the models are in its
     * {@code models}. In all of them a leading {@code ~} is the home directory, as {@link UserPaths} has it.
     *
     * @throws WhisperSpeedtestException if the home directory is needed and unknown
     */
    public static ToolHome current() {
        return of(System.getenv(), System.getProperties());
    }

    /** Returns the data home with its models inside it. */
    public static ToolHome at(Path data) {
        return new ToolHome(data, data.resolve("models"));
    }

    /** Returns the directory for unpacked native libraries. */
    public Path nativeLibraries() {
        return data.resolve("native");
    }

    /** Returns the environment variable that moves the models from where they are. */
    String variableOfModels() {
        return models.startsWith(data) ? HOME_VARIABLE : MODELS_VARIABLE;
    }

    static ToolHome of(Map<String, String> environment, Properties properties) {
        UserPaths paths = UserPaths.of(environment, properties);
        Path data = paths.ofSetting(HOME_PROPERTY, HOME_VARIABLE)
                .orElseGet(() -> defaultData(environment, properties, paths));
        return new ToolHome(
                data, paths.ofSetting(MODELS_PROPERTY, MODELS_VARIABLE).orElseGet(() -> data.resolve("models")));
    }

    private static Path defaultData(Map<String, String> environment, Properties properties, UserPaths paths) {
        String os = properties.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (os.startsWith("mac")) {
            return paths.home().resolve("Library/Application Support").resolve(NAME);
        }
        if (os.startsWith("windows")) {
            String local = firstNonBlank(environment.get("LOCALAPPDATA"), "~/AppData/Local");
            return paths.expand(local).resolve(NAME);
        }
        Path xdg = paths.expand(firstNonBlank(environment.get("XDG_DATA_HOME"), "."));
        // The XDG specification says to ignore a relative path.
        return (xdg.isAbsolute() ? xdg : paths.home().resolve(".local/share")).resolve(NAME);
    }
}
