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

/** Files from the class path, unpacked for whoever can read only real files, such as the loader of native libraries. */
public final class ResourceFiles {
    /**
     * Up to here a file is read and compared by its checksum each time; that takes milliseconds. Reading the hundreds of megabytes of a
     * large library would take longer than loading it.
     */
    private static final long ALWAYS_READ = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ResourceFiles.class);

    private ResourceFiles() {}

    /**
     * Makes sure that a directory holds files of the class path, unpacking those that it lacks or that are damaged.
     *
     * <p>Any number of processes may do this at once: one of them writes, the others wait for it, and each file appears by an atomic
     * move once it is on the disk. What a killed process has left there is deleted by the next one that writes.
     *
     * <p>An unpacked file has the time of its jar entry. A file of up to 16 MB is whole if its checksum is that of the entry. A larger
     * one is so already if it has the entry's size and time, since whatever writes to it moves the time.
     *
     * @param directory created where there is none; a file beside it, of the same name with {@code .lock}, is what processes wait for
     * @param resources where each file comes from, by its name in the directory
     * @param begins runs before the first file is unpacked, which takes seconds for a large library
     * @throws ZipException if a jar is damaged
     * @throws IOException if the class path cannot be read, or the directory not be written to
     */
    public static void unpack(Path directory, Map<String, URL> resources, Runnable begins) throws IOException {
        Map<Path, Resource> damaged = damaged(directory, resources);
        if (damaged.isEmpty()) {
            return;
        }
        begins.run();
        Files.createDirectories(directory);
        Path lockFile = directory.resolveSibling(directory.getFileName() + ".lock");
        // A lock of the file system is held by the whole JVM, so its threads need one among themselves.
        synchronized (ResourceFiles.class) {
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                LOG.debug("Unpacking into {} under {}", directory, lock);
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
     * A file of the class path, and what tells whether a copy of it is whole.
     *
     * @param url where it is
     * @param size its length in bytes
     * @param checksum its CRC-32
     * @param time when it was changed, in steps of two seconds, which jars and all file systems can express
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
                // Copied, or the time zone changed, in which jars keep their times.
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
                LOG.debug("{} cannot be marked as whole, and will be read each time", file, e);
            }
        }

        void writeTo(Path partial) throws IOException {
            CRC32 written = new CRC32();
            try (InputStream in = new CheckedInputStream(open(url).getInputStream(), written);
                    FileChannel channel =
                            FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                in.transferTo(Channels.newOutputStream(channel));
                if (written.getValue() != checksum) {
                    throw new ZipException(url + " is damaged: its content does not have the checksum of its entry");
                }
                // What has the right size and time is trusted later, so it must not get its name before its content.
                channel.force(true);
            }
            Files.setLastModifiedTime(partial, time);
        }
    }
}
