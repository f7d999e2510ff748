package io.github.whisperspeedtest.registry;

import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.spi.Implementation;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explains why a provider cannot be used. */
final class Diagnosis {
    private static final String REPLACE_JAR =
            "Replace the jar with a compatible version, or remove it from the class path.";
    private static final Pattern CLASS_FILE_VERSION = Pattern.compile("class file version (\\d+)");

    /** Class files of Java N have the major version N + 44 (JVM specification, section 4.1). */
    private static final int MAJOR_VERSION_OF_JAVA_0 = 44;

    private Diagnosis() {}

    /** Repeats the service loader's checks of a class before it creates an instance; empty if they pass. */
    static Optional<Problem> ofClass(String name, ClassLoader loader) {
        try {
            Class<?> type = Class.forName(name, false, loader);
            if (!Implementation.class.isAssignableFrom(type)) {
                return Optional.of(new Problem(
                        "The class does not implement " + Implementation.class.getName() + ".",
                        "Remove its line from " + ServicesFile.NAME + ", or make the class implement the interface."));
            }
            type.getConstructor();
            return Optional.empty();
        } catch (ClassNotFoundException e) {
            return Optional.of(new Problem(
                    "The jar's " + ServicesFile.NAME + " names this class, but the class does not exist.",
                    "Correct the name, or add the class to the jar."));
        } catch (NoSuchMethodException e) {
            return Optional.of(
                    new Problem("The class has no public constructor without parameters.", "Add such a constructor."));
        } catch (LinkageError e) {
            return Optional.of(ofFailure(e));
        }
    }

    /** Explains an exception from loading a class or calling its constructor. */
    static Problem ofFailure(Throwable failure) {
        Throwable cause = rootOf(failure);
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        if (cause instanceof UnsupportedClassVersionError) {
            Matcher version = CLASS_FILE_VERSION.matcher(message);
            if (version.find()) {
                return newerJava(Integer.parseInt(version.group(1)) - MAJOR_VERSION_OF_JAVA_0);
            }
        }
        // After a failed initialiser, the message of NoClassDefFoundError is a sentence, not a name.
        if ((cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException)
                && !message.isEmpty()
                && message.indexOf(' ') < 0) {
            return new Problem(
                    "It needs the class " + message.replace('/', '.') + ", which is not on the class path.",
                    "Add the jar that contains this class, or remove the provider's jar from the class path.");
        }
        String prefix = failure instanceof ServiceConfigurationError && failure.getCause() != null
                ? "Its constructor failed with "
                : "Loading it failed with ";
        return new Problem(prefix + sentence(cause), REPLACE_JAR);
    }

    /** Explains an exception from {@link Implementation#id()}. */
    static Problem ofIdFailure(Throwable failure) {
        return new Problem("Its method id() failed with " + sentence(failure), REPLACE_JAR);
    }

    /** Explains an exception from {@link Implementation#configure} or {@link Implementation#settings}. */
    static Problem ofConfigurationFailure(Throwable failure) {
        return new Problem("Configuring it failed with " + sentence(failure), REPLACE_JAR);
    }

    private static Problem newerJava(int needed) {
        int running = Runtime.version().feature();
        return new Problem(
                "It needs Java " + needed + " or newer, but this is Java " + running + ".",
                "Run with Java " + needed + " or newer, or use a version of the jar that is built for Java " + running
                        + ".");
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null
                && (root instanceof ServiceConfigurationError
                        || root instanceof ExceptionInInitializerError
                        || root instanceof InvocationTargetException)) {
            root = root.getCause();
        }
        return root;
    }

    private static String sentence(Throwable failure) {
        String text = failure.toString().strip();
        return text.endsWith(".") ? text : text + ".";
    }
}
