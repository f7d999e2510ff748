package io.github.whisperspeedtest.program;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories in which programs are found.
 *
 * @param directories the directories in the order of the search
 */
public record SearchPath(List<Path> directories) {
    private static final Logger LOG = LoggerFactory.getLogger(SearchPath.class);

    /** Copies the list. */
    public SearchPath {
        directories = List.copyOf(directories);
    }

    /** Returns the directories of the environment variable {@code PATH} of this process. */
    public static SearchPath ofProcess() {
        List<Path> directories = new ArrayList<>();
        String path = System.getenv("PATH");
        for (String entry : (path == null ? "" : path).split(Pattern.quote(System.getProperty("path.separator")))) {
            try {
                if (!entry.isBlank()) {
                    directories.add(Path.of(entry));
                }
            } catch (InvalidPathException e) {
                LOG.debug("Ignoring invalid PATH entry '{}'", entry, e);
            }
        }
        return new SearchPath(directories);
    }

    /**
     * Returns the first executable file of a name.
     *
     * @param name without the {@code .exe} of Windows
     */
    public Optional<Path> find(String name) {
        return directories.stream()
                .flatMap(directory -> Stream.of(name, name + ".exe").map(directory::resolve))
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .findFirst();
    }
}
