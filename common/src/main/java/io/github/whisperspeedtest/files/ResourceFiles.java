package io.github.whisperspeedtest.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unpacks class-path resources to files, for consumers that need real files, such as native library loaders. */
public final class ResourceFiles {
    /**
     * Files up to this size are verified by checksum every time, which takes milliseconds. Reading a library of several
     * hundred megabytes would take longer than loading it.
     */
    private static final long ALWAYS_READ = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ResourceFiles.class);

    private ResourceFiles() {}

    /**
     * Ensures that a directory holds the given resources. Unpacks those that are missing or damaged.
     *
     * <p>Several processes may call this at the same time: one writes and the others wait. Each file is flushed to disk
     * and then moved into place atomically. The next writer deletes files that a killed process left behind.
     *
     * <p>An unpacked file has the modification time of its jar entry. A file of up to 16 MB is intact if its checksum
     * matches the entry. A larger file is considered intact if its size and modification time match, because any write
     * changes the time.
     *
     * @param directory created if it does not exist; processes synchronize on a file beside it with the same name and
     *     the suffix {@code .lock}
     * @param resources URL of each resource by its file name in the directory
     * @param begins runs before the first file is unpacked, which takes seconds for a large library
     * @throws ZipException if a jar is damaged
     * @throws IOException if the class path cannot be read or the directory cannot be written
     */
    public static void unpack(Path directory, Map<String, URL> resources, Runnable begins) throws IOException {
        Map<Path, Resource> damaged = damaged(directory, resources);
        if (damaged.isEmpty()) {
            return;
        }
        begins.run();
        Files.createDirectories(directory);
        Path lockFile = directory.resolveSibling(directory.getFileName() + ".lock");
        // A file lock belongs to the whole JVM, so its threads need a lock among themselves.
        synchronized (ResourceFiles.class) {
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                LOG.debug("Unpacking into {}, locked by {}", directory, lock);
                AtomicFiles.deleteRemains(directory);
                for (Map.Entry<Path, Resource> file :
                        damaged(directory, resources).entrySet()) {
                    AtomicFiles.replace(file.getKey(), file.getValue()::writeTo);
                }
            }
        }
    }

    private static Map<Path, Resource> damaged(Path directory, Map<String, URL> resources) throws IOException {
        Map<Path, Resource> damaged = new LinkedHashMap<>();
        for (Map.Entry<String, URL> entry : resources.entrySet()) {
            Path file = directory.resolve(entry.getKey());
            Resource resource = Resource.of(entry.getValue());
            if (!resource.isIn(file)) {
                damaged.put(file, resource);
            }
        }
        return damaged;
    }

    /**
     * A class-path resource with the attributes that identify an intact copy.
     *
     * @param url location of the resource
     * @param size length in bytes
     * @param checksum CRC-32
     * @param time modification time in steps of two seconds, the resolution that jars and all file systems support
     */
    private record Resource(URL url, long size, long checksum, FileTime time) {
        static Resource of(URL url) throws IOException {
            URLConnection connection = open(url);
            try (InputStream in = connection.getInputStream()) {
                if (connection instanceof JarURLConnection jar) {
                    ZipEntry entry = jar.getJarEntry();
                    return new Resource(url, entry.getSize(), entry.getCrc(), time(entry.getTime()));
                }
                CRC32 checksum = new CRC32();
                long size = new CheckedInputStream(in, checksum).transferTo(OutputStream.nullOutputStream());
                return new Resource(url, size, checksum.getValue(), time(connection.getLastModified()));
            }
        }

        private static URLConnection open(URL url) throws IOException {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false);
            return connection;
        }

        private static FileTime time(long millis) {
            return FileTime.fromMillis(Math.max(0, millis) / 2000 * 2000);
        }

        boolean isIn(Path file) throws IOException {
            if (!Files.isRegularFile(file)) {
                return false;
            }
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.size() != size) {
                return false;
            }
            boolean sameTime = attributes.lastModifiedTime().equals(time);
            if (sameTime && size > ALWAYS_READ) {
                return true;
            }
            if (checksum(file) != checksum) {
                return false;
            }
            if (!sameTime) {
                // The file was copied, or the time zone changed; jars store local times.
                mark(file);
            }
            return true;
        }

        private static long checksum(Path file) throws IOException {
            CRC32 checksum = new CRC32();
            try (InputStream in = new CheckedInputStream(Files.newInputStream(file), checksum)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return checksum.getValue();
        }

        private void mark(Path file) {
            try {
                Files.setLastModifiedTime(file, time);
            } catch (IOException e) {
                LOG.debug(
                        "Cannot set the modification time of {}; its checksum will be computed on every start",
                        file,
                        e);
            }
        }

        void writeTo(Path partial) throws IOException {
            CRC32 written = new CRC32();
            try (InputStream in = new CheckedInputStream(open(url).getInputStream(), written);
                    FileChannel channel =
                            FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                in.transferTo(Channels.newOutputStream(channel));
                if (written.getValue() != checksum) {
                    throw new ZipException(url + " is damaged: its content does not match the checksum of its entry");
                }
                // A file with the right size and time is trusted later, so its content must reach the disk before its
                // name.
                channel.force(true);
            }
            Files.setLastModifiedTime(partial, time);
        }
    }
}
