package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is being written beside the place where it is to be, and moved there when it is whole.
 *
 * <p>Its name is {@code <name>.<16 hexadecimal digits>.incomplete}: eight digits for the version of the content that it was
 * started for (the server's ETag), eight by chance. As long as it is written it is locked; the lock dies with the process, so
 * whoever gets the lock may continue it. Where locks do not work, names by chance keep processes apart all the same.
 */
final class PartialFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PartialFile.class);
    private static final String NO_VERSION = "00000000";
    private static final Duration POLL = Duration.ofMillis(100);
    /** Partial files of other programs carry no lock that could be asked; a living one is written to more often than this. */
    private static final Duration ABANDONED = Duration.ofHours(1);
    /** What this process holds. To open and close such a file again would drop its lock: so are POSIX locks. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path directory;
    private final String name;
    private final FileChannel channel;
    private final @Nullable FileLock lock;
    private Path path;

    private PartialFile(Path path, String name, FileChannel channel, @Nullable FileLock lock) {
        this.directory = path.getParent();
        this.name = name;
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Returns the partial file to write, an abandoned one if there is one.
     *
     * <p>While another process writes one, this waits for it, as long as it gets on.
     *
     * @param directory where it is; exists
     * @param name what it is to become
     * @param patience how long another process may make no progress
     * @param finished whether another process has finished meanwhile
     * @return empty if another process has finished
     */
    static Optional<PartialFile> claim(Path directory, String name, Duration patience, BooleanSupplier finished)
            throws IOException, InterruptedException {
        long others = -1;
        long since = System.nanoTime();
        while (!finished.getAsBoolean()) {
            List<Path> busy = new ArrayList<>();
            Optional<PartialFile> abandoned = takeOver(directory, name, busy);
            if (abandoned.isPresent()) {
                return abandoned;
            }
            long bytes = totalSize(busy);
            if (bytes != others) {
                others = bytes;
                since = System.nanoTime();
            }
            if (busy.isEmpty() || System.nanoTime() - since > patience.toNanos()) {
                return Optional.of(create(directory, name));
            }
            Thread.sleep(POLL.toMillis());
        }
        return Optional.empty();
    }

    /** Returns a new partial file. */
    static PartialFile create(Path directory, String name) throws IOException {
        while (true) {
            Path path = directory.resolve(name + "." + NO_VERSION + digits() + IncompleteFile.SUFFIX);
            PartialFile file = open(path, name, StandardOpenOption.CREATE_NEW);
            if (file != null) {
                return file;
            }
        }
    }

    /** Returns how many bytes of a file are there already and could be continued. */
    static long resumableBytes(Path directory, String name) {
        try {
            return own(directory, name).stream()
                    .mapToLong(PartialFile::sizeOf)
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Deletes partial files that no process writes and no download will continue.
     *
     * @param keep which contents, by name, a later download may still want
     * @param complete which contents, by name, are there in full
     */
    static void sweep(Path directory, Predicate<String> keep, Predicate<String> complete) throws IOException {
        Pattern own = Pattern.compile("(.+)\\.[0-9a-f]{16}\\.incomplete");
        Pattern foreign = Pattern.compile("([0-9a-f]{40,64})(\\.[0-9a-f]{8})?\\.incomplete");
        for (Path path : RepositoryReader.entries(directory)) {
            String fileName = path.getFileName().toString();
            var ownMatcher = own.matcher(fileName);
            var foreignMatcher = foreign.matcher(fileName);
            if (ownMatcher.matches()) {
                String name = ownMatcher.group(1);
                PartialFile file =
                        keep.test(name) && !complete.test(name) ? null : open(path, name, StandardOpenOption.WRITE);
                if (file != null) {
                    file.discard();
                }
            } else if (foreignMatcher.matches() && complete.test(foreignMatcher.group(1)) && isOld(path)) {
                Files.deleteIfExists(path);
                log.debug("Deleted {}, which has long been of no use", path);
            }
        }
    }

    /** Returns the open file; closing it any other way than by {@link #close} is wrong. */
    FileChannel channel() {
        return channel;
    }

    long size() throws IOException {
        return channel.size();
    }

    /** Returns whether what is there was started for the version that the server has now. */
    boolean isFor(@Nullable String version) {
        return !versionDigits(version).equals(NO_VERSION)
                && path.getFileName().toString().startsWith(name + "." + versionDigits(version));
    }

    /** Drops what is there and starts again for a version of the content, which may be unknown. */
    void restart(@Nullable String version) throws IOException {
        channel.truncate(0);
        channel.position(0);
        if (path.getFileName().toString().startsWith(name + "." + versionDigits(version))) {
            return;
        }
        Path renamed = directory.resolve(name + "." + versionDigits(version) + digits() + IncompleteFile.SUFFIX);
        synchronized (HELD) {
            Files.move(path, renamed, StandardCopyOption.ATOMIC_MOVE);
            HELD.remove(path);
            HELD.add(renamed);
            path = renamed;
        }
    }

    void append(ByteBuffer bytes) throws IOException {
        channel.position(channel.size());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Moves the file to its place, in place of what is there, once the disk has it. */
    void publish(Path target) throws IOException {
        channel.force(true);
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(target.getParent());
    }

    /** Deletes the file and lets it go. */
    void discard() throws IOException {
        try (this) {
            Files.deleteIfExists(path);
        }
    }

    /** Releases the file for another process to continue; an empty one is deleted. */
    @Override
    public void close() throws IOException {
        try {
            if (channel.isOpen() && Files.exists(path) && channel.size() == 0) {
                Files.deleteIfExists(path);
            }
        } finally {
            synchronized (HELD) {
                if (lock != null && channel.isOpen()) {
                    lock.release();
                }
                channel.close();
                HELD.remove(path);
            }
        }
    }

    private static Optional<PartialFile> takeOver(Path directory, String name, List<Path> busy) throws IOException {
        PartialFile best = null;
        for (Path path : own(directory, name)) {
            PartialFile file = open(path, name, StandardOpenOption.WRITE);
            if (file == null) {
                busy.add(path);
            } else if (best == null) {
                best = file;
            } else if (file.size() > best.size()) {
                best.discard();
                best = file;
            } else {
                file.discard();
            }
        }
        return Optional.ofNullable(best);
    }

    /** Returns the file, locked, or null if another process has it or it is gone. */
    private static @Nullable PartialFile open(Path path, String name, StandardOpenOption how) throws IOException {
        boolean isNew = how == StandardOpenOption.CREATE_NEW;
        synchronized (HELD) {
            if (HELD.contains(path)) {
                return null;
            }
            FileChannel channel;
            try {
                channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, how);
            } catch (NoSuchFileException e) {
                if (isNew) {
                    throw e;
                }
                return null;
            }
            boolean taken = false;
            try {
                FileLock lock = null;
                boolean lockable = true;
                try {
                    lock = channel.tryLock();
                } catch (OverlappingFileLockException e) {
                    return null;
                } catch (IOException e) {
                    log.debug("{} cannot be locked", path, e);
                    lockable = false;
                }
                // Whoever had it may have moved it to its place before letting go: it must not be touched then.
                taken = Files.exists(path) && (lock != null || !lockable && isNew);
                if (taken) {
                    HELD.add(path);
                    return new PartialFile(path, name, channel, lock);
                }
                return null;
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
        }
    }

    private static List<Path> own(Path directory, String name) throws IOException {
        Pattern pattern = Pattern.compile(Pattern.quote(name) + "\\.[0-9a-f]{16}\\.incomplete");
        return RepositoryReader.entries(directory).stream()
                .filter(path -> pattern.matcher(path.getFileName().toString()).matches())
                .toList();
    }

    private static long totalSize(List<Path> files) {
        return files.stream().mapToLong(PartialFile::sizeOf).sum();
    }

    private static long sizeOf(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean isOld(Path path) throws IOException {
        Instant limit = Instant.now().minus(ABANDONED);
        return Files.exists(path) && Files.getLastModifiedTime(path).toInstant().isBefore(limit);
    }

    private static String versionDigits(@Nullable String version) {
        if (version == null) {
            return NO_VERSION;
        }
        byte[] hash = Digests.sha256().digest(version.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 4);
    }

    private static String digits() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }

    /** Makes a rename outlast a power cut, where the system can; some cannot open a directory. */
    private static void forceDirectory(Path directory) {
        try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            opened.force(true);
        } catch (IOException e) {
            log.trace("{} cannot be forced to disk", directory, e);
        }
    }
}
