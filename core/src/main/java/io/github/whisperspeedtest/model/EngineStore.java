package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.spi.BuiltEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The engines that the user has built for one implementation.
 *
 * <pre>
 * {@code <tool home>/engines/<implementation>/<version>/lib/}    all libraries of one build, in one flat directory
 * {@code <tool home>/engines/<implementation>/build-<version>.log}    output of the build tools
 * </pre>
 *
 * <p>{@code lib} is a symbolic link to a hidden directory beside it, because a link can be replaced atomically. All other hidden files
 * and directories are temporary.
 */
public final class EngineStore {
    static final String LIBRARIES = "lib";

    private static final Pattern VERSION = Pattern.compile("\\d{1,9}(\\.\\d{1,9})*");

    private static final Comparator<BuiltEngine> BY_VERSION = (first, second) -> {
        String[] a = first.version().split("\\.");
        String[] b = second.version().split("\\.");
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            int order = Integer.compare(Integer.parseInt(a[i]), Integer.parseInt(b[i]));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.length, b.length);
    };

    private final Path directory;

    /**
     * Creates a store.
     *
     * @param directory {@link io.github.whisperspeedtest.spi.ImplementationContext#engines} of the implementation
     */
    public EngineStore(Path directory) {
        this.directory = directory;
    }

    /**
     * Returns the engines, newest version first.
     *
     * @throws IOException if the directory exists and cannot be read
     */
    public List<BuiltEngine> list() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.filter(child -> isVersion(child.getFileName().toString()))
                    .filter(child -> Files.isDirectory(child.resolve(LIBRARIES)))
                    .map(child -> new BuiltEngine(child.getFileName().toString(), child.resolve(LIBRARIES)))
                    .sorted(BY_VERSION.reversed())
                    .toList();
        }
    }

    /**
     * Returns a workspace for one build, and deletes what builds that were killed left behind.
     *
     * @throws io.github.whisperspeedtest.error.EngineUnavailableException if another build for this implementation is running
     * @throws IOException if the directory cannot be written or has no symbolic links
     */
    public EngineWorkspace begin() throws IOException {
        return EngineWorkspace.begin(directory);
    }

    static boolean isVersion(String name) {
        return VERSION.matcher(name).matches();
    }
}
