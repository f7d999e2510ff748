package io.github.whisperspeedtest.model;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

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
     * {@code models}.
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
        String home = first(properties.getProperty(HOME_PROPERTY), environment.get(HOME_VARIABLE));
        Path data = home.isEmpty() ? defaultData(environment, properties) : Path.of(home);
        String models = first(properties.getProperty(MODELS_PROPERTY), environment.get(MODELS_VARIABLE));
        return new ToolHome(data, models.isEmpty() ? data.resolve("models") : Path.of(models));
    }

    private static Path defaultData(Map<String, String> environment, Properties properties) {
        String os = properties.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        Path userHome = Path.of(properties.getProperty("user.home", "."));
        if (os.startsWith("mac")) {
            return userHome.resolve("Library/Application Support").resolve(NAME);
        }
        if (os.startsWith("windows")) {
            String local = first(environment.get("LOCALAPPDATA"));
            return (local.isEmpty() ? userHome.resolve("AppData/Local") : Path.of(local)).resolve(NAME);
        }
        String xdg = first(environment.get("XDG_DATA_HOME"));
        // The XDG specification says to ignore a relative path.
        boolean usable = !xdg.isEmpty() && Path.of(xdg).isAbsolute();
        return (usable ? Path.of(xdg) : userHome.resolve(".local/share")).resolve(NAME);
    }

    private static String first(@Nullable String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null && !candidate.isBlank()) {
                return candidate;
            }
        }
        return "";
    }
}
