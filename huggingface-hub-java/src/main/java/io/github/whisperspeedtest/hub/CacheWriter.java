package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the folder of one repository of a cache.
 *
 * <p>Whatever is written in steps is written in {@code blobs} under the name of a partial file, so that the leftovers of a
 * process that died have one place and one way to go.
 */
final class CacheWriter {
    private static final Logger log = LoggerFactory.getLogger(CacheWriter.class);
    /** The first line is what the Cache Directory Tagging Specification asks for. */
    private static final String TAG = """
            Signature: 8a477f597d28d172789f06886806bc55
            # This directory is a cache of files from the Hugging Face hub; backups may leave it out.
            # What such a tag means: https://bford.info/cachedir/
            """;

    private static final String METADATA = "metadata";

    private final Path root;
    private final Path directory;
    private final Path blobs;
    private final boolean symbolicLinks;

    CacheWriter(Path root, Path directory, boolean symbolicLinks) {
        this.root = root;
        this.directory = directory;
        this.blobs = directory.resolve("blobs");
        this.symbolicLinks = symbolicLinks;
    }

    Path blobs() {
        return blobs;
    }

    Path blob(HubFile file) {
        return blobs.resolve(file.blobName());
    }

    Path snapshot(String commit) {
        return HubNames.resolve(directory.resolve("snapshots"), commit);
    }

    Path pointer(String commit, HubFile file) {
        return HubNames.resolve(snapshot(commit), file.path());
    }

    /** Makes the folders and the tag that tells backups to leave the cache out. */
    void prepare(String commit) throws IOException {
        Files.createDirectories(blobs);
        Files.createDirectories(snapshot(commit));
        try {
            Files.writeString(root.resolve("CACHEDIR.TAG"), TAG, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            log.trace("{} is tagged", root);
        }
    }

    void writeTree(HubTree tree) throws IOException {
        Path file = TreeFile.path(directory, tree.commit());
        if (!Files.exists(file)) {
            write(file, TreeFile.write(tree));
        }
    }

    /** Notes that the hub has no file of that name at a commit, as an empty file. */
    void writeAbsence(String commit, String path) throws IOException {
        Path mark = HubNames.resolve(directory.resolve(".no_exist").resolve(commit), path);
        if (!Files.exists(mark)) {
            write(mark, new byte[0]);
        }
    }

    /** Points a branch or tag to a commit; a commit needs no pointing. */
    void writeRef(String revision, String commit) throws IOException {
        Path ref = HubNames.resolve(directory.resolve("refs"), revision);
        byte[] content = commit.getBytes(StandardCharsets.US_ASCII);
        if (revision.equals(commit) || Files.isRegularFile(ref) && Arrays.equals(Files.readAllBytes(ref), content)) {
            return;
        }
        write(ref, content);
    }

    /** Returns whether a snapshot leads to the blob of a file already. */
    boolean isLinked(String commit, HubFile file) {
        try {
            return Files.isSameFile(pointer(commit, file), blob(file));
        } catch (IOException e) {
            return false;
        }
    }

    /** Puts a file into a snapshot: as a relative link, a hard link where those are impossible, and a copy at worst. */
    void link(String commit, HubFile file) throws IOException {
        if (isLinked(commit, file)) {
            return;
        }
        Path pointer = pointer(commit, file);
        Path blob = blob(file);
        Files.createDirectories(pointer.getParent());
        if (symbolicLinks && tryLink(pointer, () -> Files.createSymbolicLink(pointer, relative(pointer, blob)))
                || tryLink(pointer, () -> Files.createLink(pointer, blob))) {
            return;
        }
        try (PartialFile copy = PartialFile.create(blobs, METADATA);
                FileChannel source = FileChannel.open(blob, StandardOpenOption.READ)) {
            long size = source.size();
            for (long position = 0; position < size; ) {
                position += source.transferTo(
                        position, size - position, copy.channel().position(position));
            }
            copy.publish(pointer);
        }
    }

    /** Deletes the leftovers of processes that died, except what a later download of this commit may continue. */
    void sweep(HubTree tree) throws IOException {
        Set<String> wanted =
                tree.files().values().stream().map(HubFile::blobName).collect(Collectors.toSet());
        Predicate<String> complete = name -> Files.isRegularFile(blobs.resolve(name));
        if (Files.isDirectory(blobs)) {
            PartialFile.sweep(blobs, wanted::contains, complete);
        }
    }

    private static Path relative(Path pointer, Path blob) {
        return pointer.getParent().relativize(blob);
    }

    private void write(Path target, byte[] content) throws IOException {
        Files.createDirectories(target.getParent());
        try (PartialFile file = PartialFile.create(blobs, METADATA)) {
            file.append(ByteBuffer.wrap(content));
            file.publish(target);
        }
    }

    /** Something that puts a link where nothing is. */
    private interface Linking {
        void run() throws IOException;
    }

    private static boolean tryLink(Path pointer, Linking linking) {
        try {
            Files.deleteIfExists(pointer);
            linking.run();
            return true;
        } catch (FileAlreadyExistsException e) {
            // Another process was quicker; it puts the same file there.
            return Files.exists(pointer, LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IOException e) {
            log.debug("{} cannot be a link", pointer, e);
            return false;
        }
    }
}
