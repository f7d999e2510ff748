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

/** Finds jars on the class path that cannot be opened. Class loaders skip them silently. */
final class BrokenJars {
    private BrokenJars() {}

    /** Returns a problem for each broken jar on the path of a class loader or its parents. */
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
            // The class loader cannot open such an entry either. It fails when it looks for a class.
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
                        ? "The file is not a jar or is truncated: " + failure.getMessage() + "."
                        : "Cannot read the jar: permission denied.",
                readable ? "Replace it with a complete copy, or remove it." : "Make it readable, or remove it.");
    }
}
