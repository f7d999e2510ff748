package io.github.whisperspeedtest.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceFilesTest {
    private static final long YEAR_2001 = 1_000_000_000_000L;

    private final byte[] small = new byte[5000];
    private final byte[] large = new byte[(16 << 20) + 1];

    @TempDir
    private Path directory;

    private final AtomicInteger begun = new AtomicInteger();

    private Path unpacked;
    private Path jar;

    @BeforeEach
    void makeJar() throws IOException {
        new Random(1).nextBytes(small);
        new Random(2).nextBytes(large);
        unpacked = directory.resolve("home/library-1.0");
        jar = directory.resolve("library.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            write(zip, "lib/small.so", small);
            write(zip, "lib/large.so", large);
        }
    }

    @Test
    void unpacksOnce() throws IOException {
        unpack();
        assertHolds("small.so", small);
        assertHolds("large.so", large);
        assertThat(names(unpacked)).containsExactlyInAnyOrder("small.so", "large.so");
        List<Object> before = identities();
        unpack();
        assertThat(identities()).isEqualTo(before);
    }

    @Test
    void repairsFilesOfWrongLength() throws IOException {
        unpack();
        for (String name : List.of("small.so", "large.so")) {
            Path file = unpacked.resolve(name);
            FileTime time = Files.getLastModifiedTime(file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(1000);
            }
            Files.setLastModifiedTime(file, time);
        }
        unpack();
        assertHolds("small.so", small);
        assertHolds("large.so", large);
    }

    @Test
    void repairsModifiedFiles() throws IOException {
        unpack();
        overwrite(unpacked.resolve("small.so"));
        overwrite(unpacked.resolve("large.so"));
        unpack();
        assertHolds("small.so", small);
        assertHolds("large.so", large);
    }

    @Test
    void verifiesSmallFilesAlwaysAndLargeFilesOnlyIfTheirTimeChanged() throws IOException {
        unpack();
        for (String name : List.of("small.so", "large.so")) {
            Path file = unpacked.resolve(name);
            FileTime time = Files.getLastModifiedTime(file);
            overwrite(file);
            Files.setLastModifiedTime(file, time);
        }
        unpack();
        assertHolds("small.so", small);
        assertThat(Arrays.equals(Files.readAllBytes(unpacked.resolve("large.so")), large))
                .isFalse();
    }

    @Test
    void keepsCopiesWithOtherModificationTimes() throws IOException {
        unpack();
        FileTime time = Files.getLastModifiedTime(unpacked.resolve("large.so"));
        List<Object> before = identities();
        Files.setLastModifiedTime(unpacked.resolve("large.so"), FileTime.fromMillis(YEAR_2001));
        unpack();
        assertThat(identities()).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(unpacked.resolve("large.so"))).isEqualTo(time);
    }

    @Test
    void deletesTemporaryFilesOfKilledProcess() throws IOException {
        Files.createDirectories(unpacked);
        Files.write(unpacked.resolve(".large.so-4711.partial"), new byte[10]);
        unpack();
        assertThat(names(unpacked)).containsExactlyInAnyOrder("small.so", "large.so");
    }

    @Test
    void allowsConcurrentUnpacking() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        // Each has found that there is something to unpack before any of them unpacks.
        CyclicBarrier begins = new CyclicBarrier(4);
        try {
            Callable<Void> task = () -> {
                ResourceFiles.unpack(unpacked, resources(), () -> await(begins));
                assertHolds("large.so", large);
                return null;
            };
            for (Future<Void> done : threads.invokeAll(List.of(task, task, task, task), 2, TimeUnit.MINUTES)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(names(unpacked)).containsExactlyInAnyOrder("small.so", "large.so");
    }

    @Test
    void acceptsResourcesOutsideJars() throws IOException {
        Path file = Files.write(directory.resolve("plain.so"), small);
        Map<String, URL> resources = Map.of("plain.so", file.toUri().toURL());
        ResourceFiles.unpack(unpacked, resources, begun::incrementAndGet);
        FileTime time = Files.getLastModifiedTime(unpacked.resolve("plain.so"));
        ResourceFiles.unpack(unpacked, resources, begun::incrementAndGet);
        assertHolds("plain.so", small);
        assertThat(begun).as("number of announcements").hasValue(1);
        assertThat(Files.getLastModifiedTime(unpacked.resolve("plain.so"))).isEqualTo(time);
    }

    @Test
    void rejectsDamagedJar() throws IOException {
        byte[] bytes = Files.readAllBytes(jar);
        bytes[bytes.length / 2] ^= 1;
        Files.write(jar, bytes);
        assertThatThrownBy(this::unpack).isInstanceOf(ZipException.class).hasMessageContaining("large.so");
        assertThat(names(unpacked)).doesNotContain("large.so").noneMatch(name -> name.endsWith(".partial"));
    }

    private void unpack() throws IOException {
        ResourceFiles.unpack(unpacked, resources(), begun::incrementAndGet);
    }

    private Map<String, URL> resources() throws IOException {
        return Map.of("small.so", url("lib/small.so"), "large.so", url("lib/large.so"));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Arrays.equals is fast; an assertion that can show differences takes seconds for megabytes. */
    private void assertHolds(String name, byte[] content) throws IOException {
        assertThat(Arrays.equals(Files.readAllBytes(unpacked.resolve(name)), content))
                .as(name)
                .isTrue();
    }

    private URL url(String entry) throws IOException {
        return URI.create("jar:" + jar.toUri() + "!/" + entry).toURL();
    }

    private static void write(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(YEAR_2001);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static void overwrite(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[100]), 100);
        }
    }

    private List<Object> identities() throws IOException {
        return List.of(identity("small.so"), identity("large.so"));
    }

    /** Returns the file key, which changes when the file is replaced. */
    private Object identity(String name) throws IOException {
        return Files.readAttributes(unpacked.resolve(name), BasicFileAttributes.class)
                .fileKey();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
