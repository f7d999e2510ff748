package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the folder of one repository; what is strange goes to a list of warnings. */
final class RepositoryReader {
    private static final Map<String, String> TYPES =
            Map.of("models", "model", "datasets", "dataset", "spaces", "space", "kernels", "kernel");
    private static final Set<String> HELPERS =
            Set.of(".DS_Store", "Thumbs.db", "desktop.ini", "CACHEDIR.TAG", "version.txt");
    /** A ref holds 40 characters; whatever is far longer is no ref, and not worth reading. */
    private static final int LONGEST_REF = 4096;

    private final String type;
    private final String repository;
    private final Path directory;
    private final List<CacheScan.Warning> warnings;

    RepositoryReader(String type, String repository, Path directory, List<CacheScan.Warning> warnings) {
        this.type = type;
        this.repository = repository;
        this.directory = directory;
        this.warnings = warnings;
    }

    /** Returns a reader if the name of a folder is that of a repository. */
    static Optional<RepositoryReader> ofFolder(Path folder, List<CacheScan.Warning> warnings) {
        String[] parts = folder.getFileName().toString().split("--", 2);
        String type = TYPES.get(parts[0]);
        if (type == null || parts.length < 2 || parts[1].isEmpty() || !Files.isDirectory(folder)) {
            return Optional.empty();
        }
        return Optional.of(new RepositoryReader(type, parts[1].replace("--", "/"), folder, warnings));
    }

    /** Returns whether it is a repository of a model. */
    boolean isModel() {
        return type.equals("model");
    }

    /** Returns the name of the repository. */
    String repository() {
        return repository;
    }

    /** Returns whether a file of that name belongs to an operating system or to the cache as a whole. */
    static boolean isForeignHelper(String name) {
        return HELPERS.contains(name);
    }

    static List<Path> entries(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(Comparator.naturalOrder());
        return entries;
    }

    static Optional<String> readRef(Path ref) {
        try {
            if (Files.size(ref) > LONGEST_REF) {
                return Optional.empty();
            }
            String commit = new String(Files.readAllBytes(ref), StandardCharsets.UTF_8).strip();
            return HubNames.pathProblem(commit) == null && !commit.contains("/")
                    ? Optional.of(commit)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    CachedRepository read(DiskUsage total) {
        List<Snapshot> snapshots = snapshots();
        DiskUsage own = new DiskUsage();
        for (Snapshot snapshot : snapshots) {
            for (SnapshotFile file : snapshot.files().values()) {
                if (file.content() != null) {
                    own.add(file.content());
                    total.add(file.content());
                }
            }
        }
        return new CachedRepository(
                type, repository, directory, snapshots, refs(snapshots), incompleteFiles(), own.bytes());
    }

    /** Returns the snapshots, newest first. */
    List<Snapshot> snapshots() {
        List<Snapshot> snapshots = new ArrayList<>();
        for (Path entry : existingEntries(directory.resolve("snapshots"))) {
            if (Files.isDirectory(entry)) {
                snapshots.add(snapshot(entry));
            } else if (!isForeignHelper(entry.getFileName().toString())) {
                warn(entry, "is not the folder of a snapshot");
            }
        }
        snapshots.sort(Comparator.comparing(Snapshot::modified).reversed().thenComparing(Snapshot::commit));
        return snapshots;
    }

    Snapshot snapshot(Path folder) {
        Map<String, SnapshotFile> files = new TreeMap<>();
        Instant modified = Instant.EPOCH;
        try {
            // The folder itself may be a link; links inside it to other folders are not followed, so there are no
            // loops.
            SnapshotWalk walk = new SnapshotWalk(folder, folder.toRealPath(), files);
            Files.walkFileTree(walk.start, walk);
            modified = walk.modified;
        } catch (IOException e) {
            warn(folder, "cannot be read: " + Failures.reason(e));
        }
        return new Snapshot(repository, folder.getFileName().toString(), folder, files, modified);
    }

    List<IncompleteFile> incompleteFiles() {
        List<IncompleteFile> files = new ArrayList<>();
        for (Path entry : existingEntries(directory.resolve("blobs"))) {
            String name = entry.getFileName().toString();
            if (name.endsWith(IncompleteFile.SUFFIX)) {
                try {
                    files.add(new IncompleteFile(entry, IncompleteFile.blobNameOf(name), Files.size(entry)));
                } catch (IOException e) {
                    warn(entry, "cannot be read: " + Failures.reason(e));
                }
            }
        }
        return files;
    }

    /** Returns the references; one to a commit without a snapshot is a warning. */
    Map<String, String> refs(List<Snapshot> snapshots) {
        Path folder = directory.resolve("refs");
        Map<String, String> refs = new TreeMap<>();
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return refs;
        }
        if (!Files.isDirectory(folder)) {
            warn(folder, "should be a directory");
            return refs;
        }
        try {
            Files.walkFileTree(folder.toRealPath(), new RefWalk(folder, refs));
        } catch (IOException e) {
            warn(folder, "cannot be read: " + Failures.reason(e));
        }
        refs.forEach((name, commit) -> {
            if (snapshots.stream().noneMatch(snapshot -> snapshot.commit().equals(commit))) {
                warn(folder.resolve(name), "points to the commit " + commit + ", of which there is no snapshot");
            }
        });
        return refs;
    }

    private List<Path> existingEntries(Path folder) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try {
            return entries(folder);
        } catch (IOException e) {
            warn(folder, "cannot be read as a directory: " + Failures.reason(e));
            return List.of();
        }
    }

    private void warn(Path path, String message) {
        warnings.add(new CacheScan.Warning(path, message));
    }

    private static String relative(Path start, Path file) {
        return start.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
    }

    /** Collects the files of a snapshot. */
    private final class SnapshotWalk extends SimpleFileVisitor<Path> {
        private final Path folder;
        private final Path start;
        private final Map<String, SnapshotFile> files;
        private Instant modified = Instant.EPOCH;

        private SnapshotWalk(Path folder, Path start, Map<String, SnapshotFile> files) {
            this.folder = folder;
            this.start = start;
            this.files = files;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            noteTime(attributes);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path visited, BasicFileAttributes attributes) {
            if (isForeignHelper(visited.getFileName().toString())) {
                return FileVisitResult.CONTINUE;
            }
            noteTime(attributes);
            String path = relative(start, visited);
            Path file = folder.resolve(path);
            if (Files.isDirectory(visited)) {
                warn(file, "is a link to a directory, and left aside");
                return FileVisitResult.CONTINUE;
            }
            SnapshotFile found = file(path, file);
            if (found.problem() != null) {
                warn(file, found.problem());
            }
            files.put(path, found);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path visited, IOException failure) {
            warn(folder.resolve(relative(start, visited)), "cannot be read: " + Failures.reason(failure));
            return FileVisitResult.CONTINUE;
        }

        private void noteTime(BasicFileAttributes attributes) {
            Instant time = attributes.lastModifiedTime().toInstant();
            modified = time.isAfter(modified) ? time : modified;
        }

        private SnapshotFile file(String path, Path file) {
            try {
                Path content = file.toRealPath();
                BasicFileAttributes attributes = Files.readAttributes(content, BasicFileAttributes.class);
                if (!attributes.isRegularFile()) {
                    return new SnapshotFile(path, file, null, 0, null, "is neither a file nor a link to one");
                }
                return new SnapshotFile(path, file, content, attributes.size(), blobName(content), null);
            } catch (FileSystemLoopException e) {
                return new SnapshotFile(path, file, null, 0, null, "is a link that leads back to itself");
            } catch (IOException e) {
                return new SnapshotFile(path, file, null, 0, null, brokenLink(file, e));
            }
        }

        private @Nullable String blobName(Path content) throws IOException {
            Path blobs = directory.resolve("blobs");
            return Files.isDirectory(blobs) && content.startsWith(blobs.toRealPath())
                    ? content.getFileName().toString()
                    : null;
        }

        private static String brokenLink(Path file, IOException failure) {
            try {
                return "is a link to " + Files.readSymbolicLink(file) + ", which cannot be read: "
                        + Failures.reason(failure);
            } catch (IOException | UnsupportedOperationException e) {
                return "cannot be read: " + Failures.reason(failure);
            }
        }
    }

    /** Collects the branches and tags, which may have slashes in their names. */
    private final class RefWalk extends SimpleFileVisitor<Path> {
        private final Path folder;
        private final Path start;
        private final Map<String, String> refs;

        private RefWalk(Path folder, Map<String, String> refs) throws IOException {
            this.folder = folder;
            this.start = folder.toRealPath();
            this.refs = refs;
        }

        @Override
        public FileVisitResult visitFile(Path visited, BasicFileAttributes attributes) {
            String name = relative(start, visited);
            if (isForeignHelper(visited.getFileName().toString())) {
                return FileVisitResult.CONTINUE;
            }
            readRef(visited)
                    .ifPresentOrElse(
                            commit -> refs.put(name, commit), () -> warn(folder.resolve(name), "holds no commit"));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path visited, IOException failure) {
            warn(folder.resolve(relative(start, visited)), "cannot be read: " + Failures.reason(failure));
            return FileVisitResult.CONTINUE;
        }
    }
}
