package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies files out of a cache: into another cache, or as plain files into a directory.
 *
 * <p>Every copy is built in a directory of its own beside the target and moved into place when it is complete, references last. A copy
 * that is killed leaves nothing that looks complete, and the next copy cleans up. Where the file system allows it, files become hard
 * links, which take no space. The source is never changed.
 */
public final class CacheCopier {
    private static final Logger log = LoggerFactory.getLogger(CacheCopier.class);

    /** Directories under construction carry the id of the process that builds them. */
    private static final Pattern STAGING = Pattern.compile("\\.copy-(\\d{1,18})-.+");

    /** The directories that this process builds or has built. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    /** Space to leave free on the disk beyond what is copied. */
    private static final long SPARE_BYTES = 64L << 20;

    private final boolean hardLinks;

    /** Creates a copier that makes hard links where that is possible. */
    public CacheCopier() {
        this(true);
    }

    /**
     * Creates a copier.
     *
     * @param hardLinks whether to make hard links where that is possible
     */
    public CacheCopier(boolean hardLinks) {
        this.hardLinks = hardLinks;
    }

    /** How files were copied. */
    public enum Outcome {
        /** All files are hard links and take no space. */
        LINKED,
        /** At least one file is a copy. */
        COPIED
    }

    /**
     * Copies files of a snapshot into another cache, with the listing of the commit and the reference.
     *
     * <p>What the target has of the repository already stays.
     *
     * @param source the cache that has the snapshot
     * @param snapshot a snapshot of the repository
     * @param request the files to copy, and the branch or tag to point to the commit
     * @param target the cache to copy into, which need not exist
     * @throws HubException with {@link HubException.Reason#DISK} if the disk fails or has not enough space
     */
    public Outcome copy(HubCache source, Snapshot snapshot, DownloadRequest request, HubCache target) {
        Path root = target.root();
        Path repository = target.directoryOf(request.repository());
        HubNames.checkRevision(request.revision());
        Set<String> wanted = request.files().stream()
                .flatMap(pattern ->
                        FilePattern.of(pattern).select(snapshot.files().keySet()).stream())
                .collect(Collectors.toUnmodifiableSet());
        List<SnapshotFile> files = snapshot.files().values().stream()
                .filter(file -> wanted.contains(file.path()))
                .toList();
        try {
            Path staging = stage(root);
            try {
                long bytes = files.stream().mapToLong(SnapshotFile::size).sum();
                Transfer transfer = new Transfer(hardLinks, root, bytes);
                for (SnapshotFile file : files) {
                    Path content = file.content();
                    if (content != null) {
                        putSnapshotFile(file, content, staging, snapshot.commit(), transfer);
                    }
                }
                Path listing = TreeFile.path(source.directoryOf(request.repository()), snapshot.commit());
                if (Files.isRegularFile(listing)) {
                    transfer.put(listing, TreeFile.path(staging, snapshot.commit()));
                }
                putKnownAbsences(source, request, snapshot.commit(), staging);
                if (!request.revision().equals(snapshot.commit())) {
                    Path reference = HubNames.resolve(staging.resolve("refs"), request.revision());
                    Files.createDirectories(reference.getParent());
                    Files.writeString(reference, snapshot.commit());
                }
                publish(staging, repository);
                return transfer.outcome();
            } finally {
                FileTrees.delete(staging);
            }
        } catch (IOException e) {
            throw failure("'" + request.repository() + "'", repository, e);
        }
    }

    /**
     * Copies plain files, such as {@link SnapshotFile#content()}, to given paths; files that are there are replaced.
     *
     * @param contents the file to copy by the path of its copy; all paths are on one file system and have different names
     * @throws HubException with {@link HubException.Reason#DISK} if the disk fails or has not enough space
     */
    public Outcome copyFiles(Map<Path, Path> contents) {
        Path directory = contents.keySet().iterator().next().toAbsolutePath().getParent();
        try {
            Path staging = stage(directory);
            try {
                long bytes = 0;
                for (Path content : contents.values()) {
                    bytes += Files.size(content);
                }
                Transfer transfer = new Transfer(hardLinks, directory, bytes);
                for (Map.Entry<Path, Path> entry : contents.entrySet()) {
                    transfer.put(
                            entry.getValue(), staging.resolve(entry.getKey().getFileName()));
                }
                for (Path target : contents.keySet()) {
                    Files.move(
                            staging.resolve(target.getFileName()),
                            target.toAbsolutePath(),
                            StandardCopyOption.ATOMIC_MOVE);
                }
                return transfer.outcome();
            } finally {
                FileTrees.delete(staging);
            }
        } catch (IOException e) {
            throw failure("files", directory, e);
        }
    }

    private static HubException failure(String what, Path target, IOException cause) {
        return new HubException(
                HubException.Reason.DISK,
                "Cannot copy " + what + " to " + target + ": " + Failures.reason(cause)
                        + ". Nothing was changed at the target.",
                "Check who may write there and how much space is left.",
                cause);
    }

    /** Keeps the layout: the content among the blobs, and a relative link to it in the snapshot where links are possible. */
    private static void putSnapshotFile(SnapshotFile file, Path content, Path staging, String commit, Transfer transfer)
            throws IOException {
        Path entry = HubNames.resolve(staging.resolve("snapshots").resolve(commit), file.path());
        Files.createDirectories(entry.getParent());
        String blobName = file.blobName();
        if (blobName == null) {
            transfer.put(content, entry);
            return;
        }
        Path blob = staging.resolve("blobs").resolve(blobName);
        if (!Files.exists(blob)) {
            transfer.put(content, blob);
        }
        try {
            Files.createSymbolicLink(entry, entry.getParent().relativize(blob));
        } catch (UnsupportedOperationException | FileSystemException e) {
            transfer.put(content, entry);
        }
    }

    /** Copies the marks of files that the hub does not have, without which the copy would look incomplete. */
    private static void putKnownAbsences(HubCache source, DownloadRequest request, String commit, Path staging)
            throws IOException {
        for (String name : request.files()) {
            FilePattern pattern = FilePattern.of(name);
            if (pattern.isLiteral() && source.isKnownAbsent(request.repository(), commit, pattern.toString())) {
                Path marker = HubNames.resolve(staging.resolve(".no_exist").resolve(commit), pattern.toString());
                Files.createDirectories(marker.getParent());
                Files.createFile(marker);
            }
        }
    }

    /** Moves the copy into place: as a whole if the repository is new, else file by file, blobs first and references last. */
    private static void publish(Path staging, Path target) throws IOException {
        try {
            Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        } catch (FileSystemException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
        for (String part : List.of("blobs", "trees", ".no_exist", "snapshots", "refs")) {
            Path from = staging.resolve(part);
            for (Path file : FileTrees.files(from)) {
                Path to = target.resolve(part).resolve(from.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** Returns a new directory to build in, after deleting those of dead processes. */
    private static Path stage(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                Matcher matcher = STAGING.matcher(entry.getFileName().toString());
                if (matcher.matches() && isAbandoned(entry, Long.parseLong(matcher.group(1)))) {
                    sweep(entry);
                }
            }
        }
        Path staging = directory.resolve(".copy-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID());
        OWN.add(staging);
        return Files.createDirectory(staging);
    }

    /** In a container every run may have the same process id, so the id alone does not say that a directory is in use. */
    private static boolean isAbandoned(Path staging, long pid) {
        return pid == ProcessHandle.current().pid()
                ? !OWN.contains(staging)
                : ProcessHandle.of(pid).isEmpty();
    }

    /** Another process may delete the same directory, and another user's may have to stay: neither prevents a copy. */
    private static void sweep(Path leftover) {
        try {
            log.debug("Removing {}, left by a copy that was killed", leftover);
            FileTrees.delete(leftover);
        } catch (IOException e) {
            log.debug("{} stays", leftover, e);
        }
    }

    /** Puts contents on one file system: as hard links as long as that works, then as copies if there is space for all. */
    private static final class Transfer {
        private final Path directory;
        private final long bytes;
        private boolean linking;

        Transfer(boolean hardLinks, Path directory, long bytes) throws IOException {
            this.linking = hardLinks;
            this.directory = directory;
            this.bytes = bytes;
            if (!hardLinks) {
                checkSpace();
            }
        }

        void put(Path content, Path target) throws IOException {
            Files.createDirectories(target.getParent());
            if (linking) {
                try {
                    Files.createLink(target, content);
                    return;
                } catch (UnsupportedOperationException | FileSystemException e) {
                    log.debug("{} cannot be linked to {}, so it is copied", content, target, e);
                    linking = false;
                    checkSpace();
                }
            }
            Files.copy(content, target);
        }

        Outcome outcome() {
            return linking ? Outcome.LINKED : Outcome.COPIED;
        }

        private void checkSpace() throws IOException {
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < bytes + SPARE_BYTES) {
                throw new HubException(
                        HubException.Reason.DISK,
                        "There is not enough space for the copy: " + directory + " has " + (free >> 20)
                                + " MB free, and " + ((bytes + SPARE_BYTES) >> 20) + " MB are needed.",
                        "Free some, or choose another place.");
            }
        }
    }
}
