package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.zip.FileBytes;
import io.github.whisperspeedtest.checkpoint.zip.FileErrors;
import io.github.whisperspeedtest.checkpoint.zip.ZipDirectory;
import io.github.whisperspeedtest.checkpoint.zip.ZipEntry;
import io.github.whisperspeedtest.provenance.Hashes;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks a zip archive whose content is not trusted.
 *
 * <p>All entries are checked before the first file is written: every file is below one directory, no entry is a link, and names, numbers and sizes are within limits. Then sizes and checksums are checked while writing.
 */
final class ArchiveUnpacker {
    /** A compiled network has about ten files. */
    private static final int MAX_FILES = 1000;

    /** Several times what the largest published encoder has. */
    private static final long MAX_BYTES = 8L << 30;

    private static final int BUFFER_BYTES = 1 << 16;

    /** What programs of macOS add to archives: attributes of the files, which belong to no file of the model. */
    private static final String MAC_ATTRIBUTES = "__MACOSX/";

    private static final String MAC_FOLDER_SETTINGS = ".DS_Store";

    private final FileErrors offences;
    private final FileChannel channel;
    private final List<ZipEntry> entries;
    private final String root;

    private ArchiveUnpacker(FileErrors offences, FileChannel channel, List<ZipEntry> entries, String root) {
        this.offences = offences;
        this.channel = channel;
        this.entries = entries;
        this.root = root;
    }

    /** Accepts or refuses the total size of the files before the first one is written. */
    interface SizeCheck {
        /** Throws if there is no room for this many bytes. */
        void accept(long bytes) throws IOException;
    }

    /**
     * Unpacks an archive.
     *
     * @param target the directory for the content of the one directory in the archive, whose name does not matter; exists and
     *     is empty
     * @return the files
     * @throws io.github.whisperspeedtest.error.ModelException if the archive is damaged or breaks the rules above
     * @throws IOException if the archive cannot be read or the disk fails
     */
    static UnpackedManifest unpack(Path archive, Path target, SizeCheck room) throws IOException {
        FileErrors offences = new FileErrors(archive);
        try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ)) {
            List<ZipEntry> entries = ZipDirectory.readTree(new FileBytes(channel, offences), offences).values().stream()
                    .filter(entry -> !isOfMacOs(entry.name()))
                    .toList();
            ArchiveUnpacker unpacker = new ArchiveUnpacker(offences, channel, entries, rootOf(entries));
            room.accept(unpacker.check());
            return unpacker.write(target);
        }
    }

    private static boolean isOfMacOs(String name) {
        return name.startsWith(MAC_ATTRIBUTES) || name.endsWith("/" + MAC_FOLDER_SETTINGS);
    }

    /** Returns the first directory with a slash at its end; all entries must start with it. */
    private static String rootOf(List<ZipEntry> entries) {
        String first = entries.isEmpty() ? "" : entries.get(0).name();
        return first.substring(0, first.indexOf('/') + 1);
    }

    /** Returns the total size of the files. */
    private long check() {
        // Two names that differ in case are the same file on most Macs.
        Set<String> files = new HashSet<>();
        Set<String> directories = new HashSet<>();
        long bytes = 0;
        for (ZipEntry entry : entries) {
            String shown = "entry '" + FileErrors.shown(entry.name()) + "'";
            if (root.isEmpty() || !entry.name().startsWith(root)) {
                throw offences.damaged(shown + " is not in the one directory that all files should be in");
            }
            if (entry.isSpecial()) {
                throw offences.damaged(shown + " is a link or another special file");
            }
            addParents(entry.name(), directories);
            if (entry.isDirectory()) {
                continue;
            }
            if (!files.add(key(entry.name()))) {
                throw offences.damaged(shown + " occurs twice in different cases");
            }
            // The directory of the archive has at most 65536 entries, and each size is positive, so this cannot
            // overflow.
            bytes += Math.min(entry.size(), MAX_BYTES + 1);
        }
        if (files.isEmpty() || files.size() > MAX_FILES || bytes > MAX_BYTES) {
            throw offences.damaged("it should have 1 to " + MAX_FILES + " files with at most " + MAX_BYTES
                    + " bytes together, but has " + files.size() + " with " + (bytes > MAX_BYTES ? "more" : bytes));
        }
        for (String file : files) {
            if (directories.contains(file)) {
                throw offences.damaged("'" + FileErrors.shown(file) + "' is both a file and a directory");
            }
        }
        return bytes;
    }

    /** Adds the directories on the way to an entry, without slashes at their ends. */
    private static void addParents(String name, Set<String> directories) {
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            directories.add(key(name.substring(0, slash)));
        }
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private UnpackedManifest write(Path target) throws IOException {
        List<UnpackedManifest.Entry> written = new ArrayList<>();
        for (ZipEntry entry : entries) {
            if (!entry.isDirectory()) {
                String path = entry.name().substring(root.length());
                Path file = target.resolve(path);
                Files.createDirectories(file.getParent());
                written.add(new UnpackedManifest.Entry(path, entry.size(), write(entry, file)));
            }
        }
        return new UnpackedManifest(written);
    }

    /** Writes one file and returns its SHA-256. */
    private String write(ZipEntry entry, Path file) throws IOException {
        MessageDigest sha256 = Hashes.newSha256();
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[BUFFER_BYTES];
        // The channel belongs to the caller, so the stream is not closed.
        InputStream raw =
                new BufferedInputStream(Channels.newInputStream(channel.position(entry.offset())), BUFFER_BYTES);
        Inflater inflater = new Inflater(true);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            InputStream in = entry.isStored() ? raw : new InflaterInputStream(raw, inflater, BUFFER_BYTES);
            long left = entry.size();
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw damaged(entry);
                }
                crc.update(buffer, 0, read);
                sha256.update(buffer, 0, read);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                left -= read;
            }
            if (!entry.isStored() && in.read() >= 0 || crc.getValue() != entry.crc()) {
                throw damaged(entry);
            }
            out.force(true);
        } catch (ZipException | EOFException e) {
            throw offences.damaged("entry '" + FileErrors.shown(entry.name()) + "' cannot be decompressed");
        } finally {
            inflater.end();
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private RuntimeException damaged(ZipEntry entry) {
        return offences.damaged("the content of entry '" + FileErrors.shown(entry.name())
                + "' does not have the size and checksum that the archive states");
    }
}
