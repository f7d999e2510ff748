package io.github.whisperspeedtest.registry;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipFile;

/** Jars of the class path that cannot be opened; class loaders pass over them without a word. */
final class BrokenJars {
    private BrokenJars() {}

    /** Returns a problem for each of the broken jars that a class loader or one of its parents would look into. */
    static List<DiscoveryProblem> visibleTo(ClassLoader loader) {
        List<DiscoveryProblem> problems = new ArrayList<>();
        for (ClassLoader current = loader; current != null; current = current.getParent()) {
            for (Path jar : jarsOf(current)) {
                try {
                    new ZipFile(jar.toFile()).close();
                } catch (IOException e) {
                    problems.add(problem(jar, e));
                }
            }
        }
        return problems;
    }

    private static List<Path> jarsOf(ClassLoader loader) {
        List<Path> entries = new ArrayList<>();
        try {
            if (loader == ClassLoader.getSystemClassLoader()) {
                for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
                    entries.add(Path.of(entry));
                }
            } else if (loader instanceof URLClassLoader urls) {
                for (URL url : urls.getURLs()) {
                    if (url.getProtocol().equals("file")) {
                        entries.add(Path.of(url.toURI()));
                    }
                }
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            // The loader cannot open such an entry either, and says so when a class is missing.
            return List.of();
        }
        return entries.stream()
                .filter(entry -> entry.toString().toLowerCase(Locale.ROOT).endsWith(".jar"))
                .filter(Files::isRegularFile)
                .toList();
    }

    private static DiscoveryProblem problem(Path jar, IOException failure) {
        boolean readable = Files.isReadable(jar);
        return new DiscoveryProblem(
                DiscoveryProblem.UNKNOWN,
                jar.toString(),
                readable
                        ? "The file is no jar, or only a part of one: " + failure.getMessage() + "."
                        : "The jar cannot be read: permission denied.",
                readable ? "Replace it by a whole copy, or remove it." : "Make it readable, or remove it.");
    }
}
