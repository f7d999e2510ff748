package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.files.Placeholder;
import io.github.whisperspeedtest.hub.ContentHash;
import io.github.whisperspeedtest.hub.FilePattern;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubFile;
import io.github.whisperspeedtest.hub.HubTree;
import io.github.whisperspeedtest.hub.IncompleteFile;
import io.github.whisperspeedtest.hub.Snapshot;
import io.github.whisperspeedtest.hub.SnapshotFile;
import io.github.whisperspeedtest.model.ModelPresence.State;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource.HubRepository;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one repository that a model uses, as found in a Hugging Face cache.
 *
 * <p>Uses the snapshot of the revision or, if the cache does not know what {@code main} is, the newest snapshot. An older
 * snapshot never replaces a missing or incomplete one, because it is another version, but the reason names it.
 */
record RepositoryPresence(State state, String reason, Path directory, List<ModelFile> files, List<Path> partialFiles) {

    /**
     * Returns the snapshot of a revision or, if the cache does not know what {@code main} is, the newest one. Copies of a
     * cache often lack its references.
     */
    static Optional<Snapshot> snapshot(HubCache cache, String repository, String revision) {
        return cache.commitOf(repository, revision).isEmpty() && revision.equals(RepositoryReference.MAIN)
                ? cache.newest(repository)
                : cache.find(repository, revision);
    }

    static RepositoryPresence look(HubCache cache, HubRepository source) {
        return HubAccess.call(() -> new Reader(cache, source).read());
    }

    /** Returns this result for a model. */
    ModelPresence of(ModelInfo model, ModelPlace place) {
        return new ModelPresence(place, state, reason, model, List.of(directory), files, partialFiles);
    }

    private static final class Reader {
        private final HubCache cache;
        private final HubRepository source;
        private final Path directory;

        /** The required files; of alternatives, the one that exists, if any. */
        private final List<FilePattern> patterns = new ArrayList<>();

        private final List<ModelFile> files = new ArrayList<>();
        private final List<Path> partialFiles = new ArrayList<>();
        private final List<String> absent = new ArrayList<>();
        private final List<String> broken = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        private Reader(HubCache cache, HubRepository source) {
            this.cache = cache;
            this.source = source;
            directory = cache.directoryOf(source.repository());
        }

        private RepositoryPresence read() {
            Optional<String> commit = cache.commitOf(source.repository(), source.revision());
            Optional<Snapshot> snapshot = snapshot(cache, source.repository(), source.revision());
            Optional<HubTree> tree = snapshot.flatMap(found -> cache.tree(source.repository(), found.commit()));
            if (snapshot.isPresent()) {
                readSnapshot(snapshot.get(), tree.orElse(null));
            } else {
                absent.add(whyNoSnapshot(commit));
            }
            readPartialFiles(tree.orElse(null));
            if (!absent.isEmpty() || !broken.isEmpty()) {
                noteOtherSnapshot(snapshot.map(Snapshot::commit).orElse(""));
            }
            String reason = String.join(
                    " ", Stream.of(broken, absent, notes).flatMap(List::stream).toList());
            return new RepositoryPresence(state(), reason, directory, files, partialFiles);
        }

        private State state() {
            if (files.isEmpty() && broken.isEmpty()) {
                return State.MISSING;
            }
            return absent.isEmpty() && broken.isEmpty() ? State.PRESENT : State.INCOMPLETE;
        }

        private String whyNoSnapshot(Optional<String> commit) {
            if (!Files.isDirectory(directory)) {
                return directory + " does not exist.";
            }
            return commit.map(hash -> "Revision " + source.revision() + " is commit " + hash + ", but " + directory
                            + " has no snapshot of it.")
                    .orElse(
                            source.revision().equals(RepositoryReference.MAIN)
                                    ? directory + " has no snapshot."
                                    : directory + " has no snapshot of revision " + source.revision() + ".");
        }

        private void readSnapshot(Snapshot snapshot, @Nullable HubTree tree) {
            for (String text : source.files()) {
                FilePattern pattern =
                        FilePattern.of(text).firstIn(snapshot.files().keySet());
                if (pattern.isOptional()) {
                    readOptional(snapshot, pattern);
                    continue;
                }
                patterns.add(pattern);
                List<HubFile> listed = tree == null ? List.of() : tree.matching(pattern);
                if (!listed.isEmpty()) {
                    listed.forEach(file -> readFile(snapshot, file.path(), file));
                } else if (!pattern.isLiteral()) {
                    readMatching(snapshot, pattern);
                } else {
                    String name = pattern.toString();
                    if (snapshot.files().containsKey(name)
                            || !cache.isKnownAbsent(source.repository(), snapshot.commit(), name)) {
                        readFile(snapshot, name, null);
                    }
                }
            }
        }

        /** Adds readable optional files. A damaged optional file does not make the model incomplete. */
        private void readOptional(Snapshot snapshot, FilePattern pattern) {
            for (String name : pattern.select(snapshot.files().keySet())) {
                SnapshotFile found = snapshot.files().get(name);
                Path content = found.content();
                if (content != null && Files.isReadable(content)) {
                    files.add(modelFile(found, content, null));
                }
            }
        }

        private void readMatching(Snapshot snapshot, FilePattern pattern) {
            List<String> names = pattern.select(snapshot.files().keySet());
            names.forEach(name -> readFile(snapshot, name, null));
            if (names.isEmpty()) {
                absent.add(snapshot.directory() + " has no file " + pattern + ".");
            }
        }

        private void readFile(Snapshot snapshot, String name, @Nullable HubFile listed) {
            SnapshotFile found = snapshot.files().get(name);
            if (found == null) {
                String size = listed == null ? "" : " (" + listed.size() + " bytes on the hub)";
                absent.add(snapshot.directory() + " has no file " + name + size + ".");
            } else if (found.content() == null) {
                broken.add(found.file() + " " + found.problem() + ".");
            } else {
                readContent(found, found.content(), listed);
            }
        }

        private void readContent(SnapshotFile found, Path content, @Nullable HubFile listed) {
            if (!Files.isReadable(content)) {
                broken.add(found.file() + " is not readable. Check the permissions of " + content + ".");
                return;
            }
            if (listed != null && listed.size() != found.size()) {
                broken.add(found.file() + " has " + found.size() + " bytes, but the hub lists " + listed.size() + ".");
            } else if (listed == null && found.size() == 0) {
                broken.add(found.file() + " is empty.");
            } else if (listed != null && isOtherContent(found.blobName(), listed.blobName())) {
                broken.add(found.file() + " links to blob " + found.blobName() + ", but the hub lists "
                        + listed.blobName() + ".");
            }
            Placeholder.describe(content).ifPresent(what -> broken.add(found.file() + " " + what + "."));
            files.add(modelFile(found, content, listed));
        }

        private static ModelFile modelFile(SnapshotFile found, Path content, @Nullable HubFile listed) {
            return new ModelFile(
                    found.path(),
                    found.file(),
                    content,
                    found.size(),
                    modified(content),
                    found.blobName(),
                    hashOf(found, listed));
        }

        /** Ignores blob names that are not hashes, because some mirrors of the hub use their own names. */
        private static boolean isOtherContent(@Nullable String blobName, String listed) {
            return blobName != null
                    && ContentHash.isHash(blobName)
                    && blobName.length() == listed.length()
                    && !blobName.equals(listed);
        }

        private static @Nullable String hashOf(SnapshotFile found, @Nullable HubFile listed) {
            if (listed != null) {
                return listed.blobName();
            }
            String blobName = found.blobName();
            return blobName != null && ContentHash.isHash(blobName) ? blobName : null;
        }

        private static Instant modified(Path content) {
            try {
                return Files.getLastModifiedTime(content).toInstant();
            } catch (IOException e) {
                // The file was just deleted. A loader will report that.
                return Instant.EPOCH;
            }
        }

        /**
         * Reports partial files that may belong to the model as problems.
         *
         * <p>A repository may have the files of many models. A partial file does not belong to this model if its blob
         * is complete, if the hub's listing shows so, or if all files of the model are known by name and present.
         */
        private void readPartialFiles(@Nullable HubTree tree) {
            for (IncompleteFile partial : cache.incompleteFiles(source.repository())) {
                if (belongsToModel(partial, tree)) {
                    partialFiles.add(partial.file());
                    broken.add("A download was interrupted or is still running: " + partial.file() + " has "
                            + partial.size() + " bytes.");
                } else {
                    notes.add("The partial file " + partial.file() + " with " + partial.size()
                            + " bytes does not belong to this model.");
                }
            }
        }

        private boolean belongsToModel(IncompleteFile partial, @Nullable HubTree tree) {
            if (Files.exists(directory.resolve("blobs").resolve(partial.blobName()))) {
                return false;
            }
            if (tree != null) {
                return patterns.stream()
                        .flatMap(pattern -> tree.matching(pattern).stream())
                        .anyMatch(file -> file.blobName().equals(partial.blobName()));
            }
            boolean allNamed = patterns.stream().allMatch(FilePattern::isLiteral);
            return !(allNamed && absent.isEmpty() && broken.isEmpty());
        }

        private void noteOtherSnapshot(String commit) {
            for (String other : commits()) {
                if (!other.equals(commit)) {
                    RepositoryPresence presence = new Reader(
                                    cache, new HubRepository(source.repository(), other, source.files()))
                            .readQuietly();
                    if (presence.state() == State.PRESENT) {
                        notes.add("Another version is present: commit " + other + ".");
                        if (files.isEmpty() && broken.isEmpty()) {
                            broken.add("The requested version is missing; only another one is present.");
                        }
                        return;
                    }
                }
            }
        }

        /** Reads only the files, without partial files and other snapshots. */
        private RepositoryPresence readQuietly() {
            cache.find(source.repository(), source.revision())
                    .ifPresentOrElse(
                            snapshot -> readSnapshot(
                                    snapshot,
                                    cache.tree(source.repository(), snapshot.commit())
                                            .orElse(null)),
                            () -> absent.add("No snapshot."));
            return new RepositoryPresence(state(), "", directory, files, partialFiles);
        }

        private List<String> commits() {
            List<String> commits = new ArrayList<>();
            try (DirectoryStream<Path> snapshots = Files.newDirectoryStream(directory.resolve("snapshots"))) {
                snapshots.forEach(snapshot -> commits.add(snapshot.getFileName().toString()));
            } catch (IOException | DirectoryIteratorException e) {
                return List.of();
            }
            commits.sort(null);
            return commits;
        }
    }
}
