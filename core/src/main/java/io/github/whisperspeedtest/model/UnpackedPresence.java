package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.hub.FilePattern;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.IncompleteFile;
import io.github.whisperspeedtest.model.ModelPresence.State;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource.HubArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a model that was unpacked from an archive into its own directory.
 *
 * <p>The files must have the sizes in the {@link UnpackedManifest}. A directory without one was made by the user; its
 * files may have any size but 0.
 */
final class UnpackedPresence {
    /** Enough for a compiled network, which has about ten files, and a bound if the directory is another one. */
    private static final int MAX_FILES = 1000;

    private static final int MAX_DEPTH = 8;

    private final ModelInfo model;
    private final HubArchive source;
    private final Path directory;
    private final List<ModelFile> files = new ArrayList<>();
    private final List<Path> partialFiles = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private UnpackedPresence(ModelInfo model, HubArchive source) {
        this.model = model;
        this.source = source;
        this.directory = model.localPaths().get(0);
    }

    static ModelPresence look(ModelInfo model, HubArchive source, ModelPlace place) {
        return HubAccess.call(() -> new UnpackedPresence(model, source).look(place));
    }

    private ModelPresence look(ModelPlace place) {
        boolean exists = Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
        if (Files.isDirectory(directory)) {
            readFiles();
            if (problems.isEmpty()) {
                requireContents();
            }
        } else {
            problems.add(directory + (exists ? " is not a directory." : " does not exist."));
            readPartialFiles();
        }
        boolean nothing = !exists && partialFiles.isEmpty();
        State state = nothing ? State.MISSING : problems.isEmpty() ? State.PRESENT : State.INCOMPLETE;
        return new ModelPresence(
                place, state, String.join(" ", problems), model, List.of(directory), files, partialFiles);
    }

    private void readFiles() {
        Path manifest = UnpackedManifest.pathFor(directory);
        try {
            if (Files.exists(manifest)) {
                for (UnpackedManifest.Entry entry :
                        UnpackedManifest.read(manifest).files()) {
                    readFile(entry.path(), entry.size(), entry.sha256());
                }
                return;
            }
        } catch (IOException e) {
            problems.add("Cannot read " + manifest + ": " + DiskErrors.reason(e) + ".");
        }
        readUnlistedFiles();
    }

    private void readUnlistedFiles() {
        try (Stream<Path> content = Files.walk(directory, MAX_DEPTH)) {
            content.filter(Files::isRegularFile)
                    .limit(MAX_FILES)
                    .map(file -> directory.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .forEach(name -> readFile(name, -1, null));
        } catch (IOException e) {
            problems.add("Cannot read " + directory + ": " + DiskErrors.reason(e) + ".");
        } catch (UncheckedIOException e) {
            problems.add("Cannot read " + directory + ": " + DiskErrors.reason(e.getCause()) + ".");
        }
    }

    /** Adds a file. A size of -1 means that any size but 0 will do. */
    private void readFile(String name, long size, @Nullable String sha256) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            problems.add(file + " does not exist.");
            return;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!Files.isReadable(file)) {
                problems.add(file + " is not readable. Check its permissions.");
            } else if (size >= 0 && attributes.size() != size) {
                problems.add(file + " has " + attributes.size() + " bytes, but was unpacked with " + size + ".");
            }
            files.add(new ModelFile(
                    name,
                    file,
                    file.toRealPath(),
                    attributes.size(),
                    attributes.lastModifiedTime().toInstant(),
                    null,
                    sha256));
        } catch (IOException e) {
            problems.add("Cannot read " + file + ": " + DiskErrors.reason(e) + ".");
        }
    }

    private void requireContents() {
        List<String> names = files.stream().map(ModelFile::name).toList();
        for (String text : source.contents()) {
            FilePattern pattern = FilePattern.of(text);
            List<String> found = pattern.select(names);
            if (found.isEmpty() && !pattern.isOptional()) {
                problems.add(directory + " has no file " + pattern + ".");
            }
            files.stream()
                    .filter(file -> found.contains(file.name()) && file.size() == 0)
                    .forEach(file -> problems.add(file.file() + " is empty."));
        }
    }

    private void readPartialFiles() {
        List<IncompleteFile> partial =
                new HubCache(ArchiveInstaller.workDirectory(directory)).incompleteFiles(source.repository());
        partial.forEach(file -> partialFiles.add(file.file()));
        if (!partial.isEmpty()) {
            problems.add("A download was interrupted or is still running: "
                    + partial.stream()
                            .map(file -> file.file() + " has " + file.size() + " bytes")
                            .collect(Collectors.joining(", "))
                    + ".");
        }
    }
}
