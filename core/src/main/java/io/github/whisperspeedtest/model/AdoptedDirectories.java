package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.settings.UserPaths;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Model directories of other programs, in which models are found where they are. Nothing is ever written into them.
 *
 * <p>The adopted ones are in the file {@code adopted-directories.txt} of the tool home, one path on each line.
 */
public final class AdoptedDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(AdoptedDirectories.class);

    /** System property for further directories, separated as in a class path. */
    public static final String PROPERTY = "whisperspeedtest.models.others";

    /** Directory of OpenAI's program in the user's cache; source: {@code load_model} in whisper/__init__.py. */
    private static final String OPENAI = "whisper";

    private final Path file;

    /**
     * Creates the list of a tool home.
     *
     * @param home the tool home
     */
    public AdoptedDirectories(ToolHome home) {
        file = home.data().resolve("adopted-directories.txt");
    }

    /** Returns the adopted directories in the order of adoption, including those that no longer exist. */
    public List<Path> list() {
        try {
            List<Path> directories = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    directories.add(Path.of(line.strip()));
                }
            }
            return directories;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | InvalidPathException e) {
            LOG.warn("Cannot read the list of adopted directories {}: {}", file, e.toString());
            return List.of();
        }
    }

    /**
     * Adds a directory; does nothing if it is in the list.
     *
     * @throws WhisperSpeedtestException if it is not a readable directory, or the list cannot be written
     */
    public void add(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(absolute) || !Files.isReadable(absolute)) {
            throw new WhisperSpeedtestException(
                    ErrorKind.USER, absolute + " is not a readable directory. Check the path and its permissions.");
        }
        List<Path> all = new ArrayList<>(list());
        if (!all.contains(absolute)) {
            all.add(absolute);
            write(all);
        }
    }

    /**
     * Removes a directory from the list and leaves its files as they are.
     *
     * @return whether it was in the list
     * @throws WhisperSpeedtestException if the list cannot be written
     */
    public boolean remove(Path directory) {
        List<Path> all = new ArrayList<>(list());
        boolean removed = all.remove(directory.toAbsolutePath().normalize());
        if (removed) {
            write(all);
        }
        return removed;
    }

    private void write(List<Path> directories) {
        StringBuilder lines = new StringBuilder();
        directories.forEach(directory -> lines.append(directory).append('\n'));
        try {
            Files.createDirectories(file.getParent());
            AtomicFiles.write(file, lines.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new WhisperSpeedtestException(
                    ErrorKind.ENVIRONMENT,
                    "Cannot write " + file + ": " + DiskErrors.reason(e) + ". Check its permissions and the disk.",
                    e);
        }
    }

    /**
     * Returns a tool home that also finds models in the directories of the settings, in the adopted ones and in that of
     * OpenAI's program.
     */
    public static ToolHome addTo(ToolHome home, Settings settings) {
        UserPaths paths = settings.paths();
        Stream<Path> given = Stream.of(settings.property(PROPERTY).orElse("").split(File.pathSeparator))
                .filter(text -> !text.isBlank())
                .map(paths::expand);
        Stream<Path> openAi = settings.variable("XDG_CACHE_HOME").filter(text -> !text.isBlank()).stream()
                .map(paths::expand);
        if (paths.knowsHome()) {
            openAi = Stream.of(openAi.findFirst().orElseGet(() -> paths.home().resolve(".cache")));
        }
        return home.withOtherModels(
                Stream.of(given, new AdoptedDirectories(home).list().stream(), openAi.map(path -> path.resolve(OPENAI)))
                        .flatMap(directories -> directories)
                        .toList());
    }
}
