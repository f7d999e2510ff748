package io.github.whisperspeedtest.settings;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables and system properties, handed down from the start of a program to the code that needs them.
 *
 * <p>Immutable. Two users of the library in one JVM can have different settings.
 *
 * @param environment environment variables by name
 * @param properties system properties by name
 */
public record Settings(Map<String, String> environment, Map<String, String> properties) {
    private static final String WILDCARD = "*";

    /** Copies the maps. */
    public Settings {
        environment = Map.copyOf(environment);
        properties = Map.copyOf(properties);
    }

    /** Returns no settings at all. */
    public static Settings none() {
        return new Settings(Map.of(), Map.of());
    }

    /** Returns the settings of this process as they are now; for the start of a program. */
    public static Settings ofProcess() {
        return of(System.getenv(), System.getProperties());
    }

    /** Returns the given variables and those of the properties that are text. */
    public static Settings of(Map<String, String> environment, Properties properties) {
        Map<String, String> texts = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        return new Settings(environment, texts);
    }

    /** Returns an environment variable, empty where it is not set. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name));
    }

    /** Returns a system property, empty where it is not set. */
    public Optional<String> property(String name) {
        return Optional.ofNullable(properties.get(name));
    }

    /**
     * Returns the path that a system property names, or else an environment variable; empty where both are blank or not set.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the home directory is needed and unknown, or the text
     *     cannot be a path here
     */
    public Optional<Path> path(String property, String variable) {
        return paths().ofSetting(property, variable);
    }

    /** Returns how these settings expand {@code ~}. */
    public UserPaths paths() {
        return UserPaths.of(this);
    }

    /**
     * Returns the settings of the given names.
     *
     * @param names names of variables and properties; a name that ends with {@code *} stands for all that begin like it
     */
    public Settings only(Collection<String> names) {
        Predicate<String> wanted = name -> names.stream().anyMatch(pattern -> matches(pattern, name));
        return new Settings(filter(environment, wanted), filter(properties, wanted));
    }

    /** Returns these settings with one more property, or without it if the value is null. */
    public Settings withProperty(String name, @Nullable String value) {
        Map<String, String> changed = new LinkedHashMap<>(properties);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        return new Settings(environment, changed);
    }

    /** Returns these settings with more system properties, which replace those of the same name. */
    public Settings withProperties(Map<String, String> values) {
        Map<String, String> changed = new LinkedHashMap<>(properties);
        changed.putAll(values);
        return new Settings(environment, changed);
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith(WILDCARD)
                ? name.startsWith(pattern.substring(0, pattern.length() - WILDCARD.length()))
                : name.equals(pattern);
    }

    private static Map<String, String> filter(Map<String, String> values, Predicate<String> wanted) {
        Map<String, String> kept = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (wanted.test(name)) {
                kept.put(name, value);
            }
        });
        return kept;
    }
}
