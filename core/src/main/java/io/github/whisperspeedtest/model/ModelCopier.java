package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.hub.FilePattern;
import io.github.whisperspeedtest.hub.FreeSpace;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.Snapshot;
import io.github.whisperspeedtest.hub.SnapshotFile;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
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
 * Copies models from the default Hugging Face cache to where their implementation looks.
 *
 * <p>Everything is put together in a directory of its own beside the target and moved into place when it is whole, references last. So
 * whenever a copy is ended, nothing of it can be taken for a model, and the next one cleans up. Where the file system allows it, files
 * are hard links and take no space. The source is never changed.
 */
public final class ModelCopier {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCopier.class);

    /** Directories under construction carry the id of the process that builds them. */
    private static final Pattern STAGING = Pattern.compile("\\.copy-(\\d{1,18})-.+");

    /** What this process has under construction, or had. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    /** Left free on the disk beyond what is copied. */
    private static final long SPARE_BYTES = 64L << 20;

    private final Path hubCache;
    private final ModelLocator locator;
    private final boolean hardLinks;

    /**
     * Creates a copier.
     *
     * @param hubCache the default Hugging Face cache
     */
    public ModelCopier(Path hubCache) {
        this(hubCache, true);
    }

    ModelCopier(Path hubCache, boolean hardLinks) {
        this.hubCache = hubCache;
        this.locator = new ModelLocator(hubCache);
        this.hardLinks = hardLinks;
    }

    /** What came of a copy. */
    public enum Outcome {
        /** The model was there already; nothing was written. */
        ALREADY_THERE,
        /** The model is there now, as hard links that take no space. */
        LINKED,
        /** The model is there now, as a copy. */
        COPIED
    }

    /**
     * Copies a model, or the fallback that the default cache holds in its stead.
     *
     * @throws ModelException if the default cache does not hold it, or the implementation uses that cache itself
     * @throws WhisperSpeedtestException if the disk fails or has not enough space
     */
    public Outcome copy(ModelInfo model) {
        return locator.look(model, ModelPlace.LOCAL_CACHE).isPresent() ? Outcome.ALREADY_THERE : replace(model);
    }

    /** Copies a model like {@link #copy}, but also over what is there, such as files that do not load. */
    public Outcome replace(ModelInfo model) {
        ModelPresence source = locator.look(model, ModelPlace.HUB_CACHE);
        if (!source.isPresent()) {
            throw new ModelException("Model '" + model.name() + "' cannot be copied: " + source.reason());
        }
        ModelInfo found = source.model();
        Path root = found.hfCacheDir();
        if (found.localPaths().isEmpty() && root == null) {
            throw new ModelException(
                    "Model '" + model.name() + "' need not be copied: its implementation uses the default "
                            + "Hugging Face cache " + hubCache + ".");
        }
        try {
            if (root == null) {
                return copyFiles(source, found);
            }
            Outcome outcome = Outcome.LINKED;
            for (ModelSource.HubRepository repository : found.repositories()) {
                Outcome partOutcome = copyRepository(repository, root);
                outcome = partOutcome == Outcome.COPIED ? partOutcome : outcome;
            }
            return outcome;
        } catch (IOException e) {
            throw new WhisperSpeedtestException(
                    ErrorKind.ENVIRONMENT,
                    "Model '" + model.name() + "' cannot be copied: " + reason(e)
                            + ". Nothing was changed at the target.",
                    e);
        }
    }

    private Outcome copyFiles(ModelPresence source, ModelInfo model) throws IOException {
        Path directory = model.localPaths().get(0).toAbsolutePath().getParent();
        Path staging = stage(directory, model.name());
        try {
            Transfer transfer = new Transfer(
                    hardLinks,
                    directory,
                    source.files().stream().mapToLong(ModelFile::size).sum());
            for (Path target : model.localPaths()) {
                String name = target.getFileName().toString();
                ModelFile file = source.fileFor(target)
                        .orElseThrow(() -> new ModelException(
                                "Model '" + model.name() + "' in the default cache has no file " + name + "."));
                transfer.put(file.content(), staging.resolve(name));
            }
            for (Path target : model.localPaths()) {
                Files.move(
                        staging.resolve(target.getFileName()), target.toAbsolutePath(), StandardCopyOption.ATOMIC_MOVE);
            }
            return transfer.outcome();
        } finally {
            FileTrees.delete(staging);
        }
    }

    private Outcome copyRepository(ModelSource.HubRepository source, Path root) throws IOException {
        HubCache cache = new HubCache(hubCache);
        Snapshot snapshot = cache.find(source.repository(), source.revision())
                .or(() -> cache.newest(source.repository()))
                .orElseThrow(() -> new ModelException(
                        "The default cache " + hubCache + " has no snapshot of " + source.repository() + "."));
        // The same weights in other formats, or those of a model that only lends its tokenizer, stay where they are.
        Set<String> wanted = RepositoryPresence.look(cache, source).files().stream()
                .map(ModelFile::name)
                .collect(Collectors.toUnmodifiableSet());
        List<SnapshotFile> files = snapshot.files().values().stream()
                .filter(file -> wanted.contains(file.path()))
                .toList();
        Path target = new HubCache(root).directoryOf(source.repository());
        Path staging = stage(root, target.getFileName().toString());
        try {
            Transfer transfer = new Transfer(
                    hardLinks,
                    root,
                    files.stream().mapToLong(SnapshotFile::size).sum());
            for (SnapshotFile file : files) {
                Path content = file.content();
                if (content != null) {
                    putSnapshotFile(file, content, staging, snapshot.commit(), transfer);
                }
            }
            Path listing =
                    cache.directoryOf(source.repository()).resolve("trees").resolve(snapshot.commit() + ".json");
            if (Files.isRegularFile(listing)) {
                transfer.put(listing, staging.resolve("trees").resolve(listing.getFileName()));
            }
            putKnownAbsences(cache, source, snapshot.commit(), staging);
            if (!source.revision().equals(snapshot.commit())) {
                Path reference = staging.resolve("refs").resolve(source.revision());
                Files.createDirectories(reference.getParent());
                Files.writeString(reference, snapshot.commit());
            }
            publish(staging, target);
            return transfer.outcome();
        } finally {
            FileTrees.delete(staging);
        }
    }

    /** Keeps the layout: the content among the blobs, and a relative link to it in the snapshot where links are possible. */
    private static void putSnapshotFile(SnapshotFile file, Path content, Path staging, String commit, Transfer transfer)
            throws IOException {
        Path entry = staging.resolve("snapshots").resolve(commit).resolve(file.path());
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

    /** Keeps the knowledge that the hub has no such file, without which the copy of a model would seem to lack it. */
    private static void putKnownAbsences(HubCache cache, ModelSource.HubRepository source, String commit, Path staging)
            throws IOException {
        for (String name : source.files()) {
            FilePattern pattern = FilePattern.of(name);
            if (pattern.isLiteral() && cache.isKnownAbsent(source.repository(), commit, pattern.toString())) {
                Path marker = staging.resolve(".no_exist").resolve(commit).resolve(pattern.toString());
                Files.createDirectories(marker.getParent());
                Files.createFile(marker);
            }
        }
    }

    /** Moves what was put together into a repository: as a whole where there is none, else file by file, blobs first and
     * references last. */
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
            for (Path file : filesBelow(from)) {
                Path to = target.resolve(part).resolve(from.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static List<Path> filesBelow(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    /** Returns a new directory to build in, after those of dead processes are gone. */
    private static Path stage(Path directory, String name) throws IOException {
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

    /** In a container every run may have the same id, so one's own id alone does not say that a directory is in use. */
    private static boolean isAbandoned(Path staging, long pid) {
        return pid == ProcessHandle.current().pid()
                ? !OWN.contains(staging)
                : ProcessHandle.of(pid).isEmpty();
    }

    /** Another process may sweep the same, and another user's leftovers may have to stay: neither hinders a copy. */
    private static void sweep(Path leftover) {
        try {
            LOG.debug("Removing {}, which a copy left that was ended", leftover);
            FileTrees.delete(leftover);
        } catch (IOException e) {
            LOG.debug("{} stays", leftover, e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return e.getMessage() + " is in the way";
        }
        return e instanceof FileSystemException system && system.getReason() != null
                ? system.getFile() + ": " + system.getReason()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    /** Brings contents to one file system: as hard links as long as that works, then as copies if there is space for all. */
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
                    LOG.debug("{} cannot be linked to {}, so it is copied", content, target, e);
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
            long free = FreeSpace.at(directory);
            if (free < bytes + SPARE_BYTES) {
                throw new WhisperSpeedtestException(
                        ErrorKind.ENVIRONMENT,
                        "There is not enough space for the copy: " + directory + " has " + (free >> 20)
                                + " MB free, and "
                                + ((bytes + SPARE_BYTES) >> 20) + " MB are needed. Free some, or move the models with "
                                + ToolHome.MODELS_VARIABLE + ".");
            }
        }
    }
}
