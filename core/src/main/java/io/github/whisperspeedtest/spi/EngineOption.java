package io.github.whisperspeedtest.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A load option of one engine. Users set it by name in {@link LoadOptions#engineOptions()}.
 *
 * @param name lower-case letters, digits and hyphens, such as {@code dump-graph}
 * @param description one line for help and documentation
 * @param kind form of the value
 * @param choices the permitted values of a {@link Kind#CHOICE}; for a {@link Kind#PATH}, names that may stand instead of one; otherwise
 *     empty
 */
public record EngineOption(String name, String description, Kind kind, List<String> choices) {
    /** Form of a value. */
    public enum Kind {
        /** The path of a file or directory. */
        PATH,
        /** A whole number. */
        INTEGER,
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** One of the listed values. */
        CHOICE
    }

    /** Checks that the name is valid and that the choices fit the kind. */
    public EngineOption {
        Objects.requireNonNull(description, "description");
        choices = List.copyOf(choices);
        if (!name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("'" + name + "' is not a valid engine option name");
        }
        if (kind == Kind.CHOICE && choices.isEmpty()
                || (kind == Kind.INTEGER || kind == Kind.BOOLEAN) && !choices.isEmpty()) {
            throw new IllegalArgumentException(
                    "Engine option '" + name + "' of kind " + kind + " has choices " + choices);
        }
    }

    /** Describes an option whose value is a path, a whole number, or true or false. */
    public EngineOption(String name, String description, Kind kind) {
        this(name, description, kind, List.of());
    }

    /** Returns the permitted values as text, such as {@code a whole number}. */
    public String describeValues() {
        return switch (kind) {
            case PATH -> choices.isEmpty() ? "a path" : String.join(", ", choices) + " or a path";
            case INTEGER -> "a whole number";
            case BOOLEAN -> "true or false";
            case CHOICE -> "one of " + String.join(", ", choices);
        };
    }

    /** Returns whether a text is a value of this option; whether a path exists is not checked. */
    public boolean accepts(String value) {
        return switch (kind) {
            case PATH -> isPath(value);
            case INTEGER -> isInteger(value);
            case BOOLEAN -> value.equals("true") || value.equals("false");
            case CHOICE -> choices.contains(value);
        };
    }

    private static boolean isPath(String value) {
        try {
            return !Path.of(value).toString().isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean isInteger(String value) {
        try {
            Integer.parseInt(value);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
