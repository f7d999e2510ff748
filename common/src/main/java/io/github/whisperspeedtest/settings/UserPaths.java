package io.github.whisperspeedtest.settings;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resolves paths as users write them in options and environment variables: a leading {@code ~} is the home directory.
 *
 * <p>As in Python's {@code os.path.expanduser}, the home directory is {@code HOME}, or the entry of the password
 * database if {@code HOME} is not set. Java's {@code user.home} alone is not enough: it ignores {@code HOME}, and is
 * {@code ?} for a user id without an entry in the database.
 */
public final class UserPaths {
    private static final String REMEDY =
            "Set HOME to the absolute path of a writable directory, or set WHISPER_SPEEDTEST_HOME and HF_HOME.";

    private final Settings settings;

    private UserPaths(Settings settings) {
        this.settings = settings;
    }

    /** Returns the paths for the given settings. */
    public static UserPaths of(Settings settings) {
        return new UserPaths(settings);
    }

    /**
     * Returns the home directory.
     *
     * @throws WhisperSpeedtestException if it is unknown or {@code HOME} is a relative path
     */
    public Path home() {
        // Windows does not set HOME; a Unix shell on Windows may set it to a path that Windows does not accept.
        boolean windows =
                settings.property("os.name").orElse("").toLowerCase(Locale.ROOT).startsWith("windows");
        String variable = windows ? "" : settings.variable("HOME").orElse("");
        if (!variable.isBlank()) {
            Path home = path(variable);
            if (!home.isAbsolute()) {
                throw new WhisperSpeedtestException(
                        ErrorKind.ENVIRONMENT, "HOME is the relative path '" + variable + "'. " + REMEDY);
            }
            return home;
        }
        Path home = path(settings.property("user.home").orElse(""));
        if (!home.isAbsolute()) {
            throw new WhisperSpeedtestException(
                    ErrorKind.ENVIRONMENT,
                    "The home directory is unknown: HOME is not set and this user id has no entry in the password database. "
                            + REMEDY);
        }
        return home;
    }

    /** Returns whether the home directory is known. */
    public boolean knowsHome() {
        try {
            return home().isAbsolute();
        } catch (WhisperSpeedtestException e) {
            return false;
        }
    }

    /**
     * Returns a path with a leading {@code ~} or {@code ~/} replaced. {@code ~user} is treated as an ordinary file
     * name.
     *
     * @throws WhisperSpeedtestException if the home directory is needed but unknown, or the text is not a valid path on
     *     this platform
     */
    public Path expand(String text) {
        return text.equals("~") || text.startsWith("~/")
                ? home().resolve(path(text.replaceFirst("^~/*", "")))
                : path(text);
    }

    /**
     * Returns the path from a system property or, if that is blank or not set, from an environment variable; empty if
     * neither is set.
     *
     * @throws WhisperSpeedtestException as {@link #expand} does
     */
    public Optional<Path> ofSetting(String property, String variable) {
        String text = firstNonBlank(
                settings.property(property).orElse(null),
                settings.variable(variable).orElse(null));
        return text.isEmpty() ? Optional.empty() : Optional.of(expand(text));
    }

    /** Returns the first text that is neither null nor blank, or an empty string. */
    public static String firstNonBlank(@Nullable String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null && !candidate.isBlank()) {
                return candidate;
            }
        }
        return "";
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new WhisperSpeedtestException(
                    ErrorKind.USER,
                    "The path '" + text + "' cannot be used: " + e.getReason()
                            + ". If it contains non-ASCII characters, run in a UTF-8 locale, such as LC_ALL=C.UTF-8.",
                    e);
        }
    }
}
