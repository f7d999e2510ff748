package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.process.ChildJvm;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The class path of child JVMs of an executor, whose own class path has only Spark. */
final class ClassPaths {
    private ClassPaths() {}

    /**
     * Returns the jars that Spark has added for the application ({@code --jars}, {@code --packages}), and then the class path of this JVM.
     *
     * <p>In the executor Spark's jars come first; a child needs none of Spark, and gets the releases that this library was tested with.
     */
    static List<Path> ofChildren() {
        Set<Path> entries = new LinkedHashSet<>();
        for (ClassLoader loader = ChildJvm.class.getClassLoader(); loader != null; loader = loader.getParent()) {
            if (loader instanceof URLClassLoader jars) {
                for (URL url : jars.getURLs()) {
                    addFile(url, entries);
                }
            }
        }
        entries.addAll(ChildJvm.builder().build().classPath());
        return new ArrayList<>(entries);
    }

    private static void addFile(URL url, Set<Path> entries) {
        try {
            URI uri = url.toURI();
            if ("file".equals(uri.getScheme())) {
                entries.add(Path.of(uri));
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("A class loader has an entry that is no URI: " + url, e);
        }
    }
}
