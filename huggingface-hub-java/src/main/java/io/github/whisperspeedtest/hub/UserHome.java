package io.github.whisperspeedtest.hub;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The home directory, and paths that may start with {@code ~}.
 *
 * <p>As in Python's {@code os.path.expanduser}, {@code HOME} wins over the password database. Java's {@code user.home} alone is not enough:
 * it ignores {@code HOME}, and is {@code ?} for a user id without an entry in the database.
 */
record UserHome(Map<String, String> environment, UnaryOperator<@Nullable String> properties) {
    private static final String REMEDY =
            "Set HOME to the absolute path of a directory that you can write to, or set HF_HOME.";

    /**
     * Returns the home directory.
     *
     * @throws HubException if it is unknown, or {@code HOME} is a relative path
     */
    Path directory() {
        // Windows sets no HOME; a Unix shell there may set one that is not a Windows path.
        boolean windows = property("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        String variable = windows ? "" : environment.getOrDefault("HOME", "");
        if (!variable.isBlank()) {
            Path home = path(variable);
            if (!home.isAbsolute()) {
                throw new HubException(
                        HubException.Reason.NO_HOME_DIRECTORY, "HOME is the relative path '" + variable + "'.", REMEDY);
            }
            return home;
        }
        Path home = path(property("user.home"));
        if (!home.isAbsolute()) {
            throw new HubException(
                    HubException.Reason.NO_HOME_DIRECTORY,
                    "The home directory is unknown: HOME is not set, and the system knows none for this user id.",
                    REMEDY);
        }
        return home;
    }

    boolean isKnown() {
        try {
            return directory().isAbsolute();
        } catch (HubException e) {
            return false;
        }
    }

    /** Returns a path with a leading {@code ~} or {@code ~/} replaced; {@code ~user} is a file name like any other. */
    Path expand(String text) {
        return text.equals("~") || text.startsWith("~/")
                ? directory().resolve(path(text.replaceFirst("^~/*", "")))
                : path(text);
    }

    private String property(String name) {
        String value = properties.apply(name);
        return value == null ? "" : value;
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new HubException(
                    HubException.Reason.INVALID_INPUT,
                    "The path '" + text + "' cannot be used: " + e.getReason() + ".",
                    "If its letters are not all ASCII, run in a UTF-8 locale, such as LC_ALL=C.UTF-8.",
                    e);
        }
    }
}
