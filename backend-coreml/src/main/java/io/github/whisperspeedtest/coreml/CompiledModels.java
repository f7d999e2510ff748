package io.github.whisperspeedtest.coreml;

import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that CoreML compiled, on disk: one directory for each key.
 *
 * <p>ONNX Runtime writes and reads these directories, and trusts whatever it finds: a directory that a killed process left half-written
 * makes every later load fail, and two processes that compile the same model disturb each other ({@code GetModelOutputPath} in
 * {@code model_builder.cc} and {@code CompileOrReadCachedModel} in {@code model.mm} of its CoreML provider). So one process loads at a
 * time, a directory gets a mark when its model has run, and a directory without a mark is deleted.
 *
 * <p>A process holds a shared lock on each model that it has loaded until it ends, because nothing tells when CoreML has read a file for
 * the last time. Models that no process has are deleted when they are old, or when all together are large.
 */
final class CompiledModels {
    /**
     * The provider makes a URL of the path with {@code NSURL URLWithString} ({@code LoadModel} in {@code model.mm}). With a character that
     * no URL contains this gives none, or, if Java was built with the SDK of macOS 14 or later, one in which it is encoded; and
     * {@code %}, {@code #}, {@code ?} and {@code ;} have a meaning in a URL.
     */
    private static final Pattern URL_PATH = Pattern.compile("/[A-Za-z0-9/._~+@,=-]*");

    /** A compiled model is about twice the size of the weights; the largest are those of {@code large}, with 2.6 GB. */
    private static final long MOST_BYTES = 10_000_000_000L;

    private static final Duration GREATEST_AGE = Duration.ofDays(30);

    private static final Duration NOTICE_DELAY = Duration.ofSeconds(1);

    private static final String LOAD_LOCK = ".lock";
    private static final String LOCK_SUFFIX = ".lock";

    /** Empty; its modification time is the last use. */
    private static final String MARK = "complete";

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private static final Logger LOG = LoggerFactory.getLogger(CompiledModels.class);

    /** The locks on the models that this process has loaded. */
    private static final Map<Path, FileChannel> IN_USE = new HashMap<>();

    private final @Nullable Path directory;
    private final @Nullable String note;
    private final long mostBytes;

    private CompiledModels(@Nullable Path directory, @Nullable String note, long mostBytes) {
        this.directory = directory;
        this.note = note;
        this.mostBytes = mostBytes;
    }

    /**
     * Returns the compiled models in the first directory that ONNX Runtime can use. Without one, models are compiled whenever they are
     * loaded.
     *
     * @param preferred directory for files that can be recreated
     * @param temporary directory for temporary files, which on macOS is the user's own
     */
    static CompiledModels in(Path preferred, Path temporary) {
        return in(preferred, temporary, MOST_BYTES);
    }

    static CompiledModels in(Path preferred, Path temporary, long mostBytes) {
        String problem = problem(preferred);
        if (problem == null) {
            return new CompiledModels(preferred, null, mostBytes);
        }
        Path second = temporary.resolve("whisper-speedtest-coreml");
        if (privateProblem(second) == null) {
            return new CompiledModels(
                    second, "compiled model kept in the directory for temporary files, because " + problem, mostBytes);
        }
        return new CompiledModels(null, "compiled model not kept, because " + problem, mostBytes);
    }

    /** Returns why ONNX Runtime cannot use a directory, null if it can. */
    private static @Nullable String problem(Path directory) {
        String path = directory.toString();
        if (!URL_PATH.matcher(path).matches()) {
            String character = path.codePoints()
                    .mapToObj(Character::toString)
                    .filter(each -> !URL_PATH.matcher("/" + each).matches())
                    .findFirst()
                    .orElse("");
            return "CoreML cannot use a directory whose path contains '" + character + "'";
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            LOG.debug("Cannot create {}", directory, e);
            return "its directory cannot be created";
        }
        return Files.isWritable(directory) ? null : "its directory is not writable";
    }

    /** As {@link #problem}, for a directory that only this user may write, though all users may write the one above it. */
    private static @Nullable String privateProblem(Path directory) {
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            LOG.trace("{} exists", directory, e);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("Cannot create {}", directory, e);
            return "its directory cannot be created";
        }
        try {
            boolean isOwn = Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getPosixFilePermissions(directory).equals(OWNER_ONLY);
            return isOwn ? problem(directory) : "its directory is not private";
        } catch (IOException e) {
            LOG.debug("Cannot read {}", directory, e);
            return "its directory cannot be read";
        }
    }

    /**
     * A loaded model.
     *
     * @param value the model
     * @param compiled whether it was compiled, and not loaded from what was compiled before
     * @param note what readers of results should know about the place of the compiled model; null if it is the usual one
     */
    record Loaded<T>(T value, boolean compiled, @Nullable String note) {}

    /**
     * Loads a model. If what was compiled before does not load, it is deleted and compiled again.
     *
     * @param key the name of the model's directory
     * @param loader loads and runs the model with these compiled models; null for none
     * @throws RuntimeException what the loader throws
     */
    <T> Loaded<T> load(String key, Function<@Nullable Path, T> loader) {
        if (directory == null) {
            return new Loaded<>(announced(true, loader, null), true, note);
        }
        // A file lock belongs to the whole JVM, so its threads need a lock among themselves.
        synchronized (CompiledModels.class) {
            FileChannel lock = lock(directory.resolve(LOAD_LOCK));
            if (lock == null) {
                String reason = "compiled model not kept, because its directory cannot be locked";
                return new Loaded<>(announced(true, loader, null), true, reason);
            }
            try {
                return loadAlone(directory, key, loader);
            } finally {
                release(lock);
            }
        }
    }

    /** Waits for a lock; returns null if the file system has none. */
    private static @Nullable FileChannel lock(Path file) {
        FileChannel channel = null;
        try {
            channel = open(file);
            LOG.trace("Locked {} by {}", file, channel.lock());
            return channel;
        } catch (IOException e) {
            LOG.debug("Cannot lock {}", file, e);
            release(channel);
            return null;
        }
    }

    private static void release(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("Cannot release a lock", e);
        }
    }

    private <T> Loaded<T> loadAlone(Path root, String key, Function<@Nullable Path, T> loader) {
        Path entry = root.resolve(key);
        boolean known = Files.isRegularFile(entry.resolve(MARK));
        if (!known) {
            delete(entry);
        }
        T model;
        boolean compiled = !known;
        try {
            model = announced(compiled, loader, root);
        } catch (RuntimeException e) {
            if (!delete(entry) || !known) {
                // A process has loaded it, so it is intact; or it was new, and compiling it again would take as long.
                throw e;
            }
            LOG.debug("Compiling {} again", entry, e);
            compiled = true;
            model = again(entry, loader, root, e);
        }
        keep(entry);
        prune(root);
        return new Loaded<>(model, compiled, note);
    }

    private <T> T again(Path entry, Function<@Nullable Path, T> loader, Path root, RuntimeException first) {
        try {
            return announced(true, loader, root);
        } catch (RuntimeException e) {
            e.addSuppressed(first);
            delete(entry);
            throw e;
        }
    }

    private static <T> T announced(boolean compiling, Function<@Nullable Path, T> loader, @Nullable Path root) {
        try (SetupNotice.Pending pending = SetupNotice.announceAfter(
                NOTICE_DELAY,
                compiling
                        ? "compiling the model for CoreML (once; large models take minutes)"
                        : "loading the model into CoreML")) {
            LOG.trace("Announcing {}", pending);
            return loader.apply(root);
        }
    }

    /** Marks a model as complete and used now, and locks it until this process ends. */
    private static void keep(Path entry) {
        if (!Files.isDirectory(entry)) {
            // Without CoreML's part of the graph there is nothing to keep.
            return;
        }
        try {
            Path mark = entry.resolve(MARK);
            if (!Files.exists(mark)) {
                Files.createFile(mark);
            }
            Files.setLastModifiedTime(mark, FileTime.from(Instant.now()));
            if (!IN_USE.containsKey(entry)) {
                FileChannel channel = FileChannel.open(
                        lockFile(entry), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                IN_USE.put(entry, channel);
                // Nobody has it exclusively, since that requires the lock for loading.
                channel.lock(0, Long.MAX_VALUE, true);
            }
        } catch (IOException e) {
            LOG.debug("Cannot mark {}", entry, e);
        }
    }

    /** Deletes models that were not used for long, and the least recently used ones until the others are small enough. */
    private void prune(Path root) {
        try (Stream<Path> children = Files.list(root)) {
            List<Entry> entries = new ArrayList<>();
            for (Path child : children.filter(Files::isDirectory).toList()) {
                entries.add(Entry.of(child));
            }
            entries.sort(Comparator.comparing(Entry::used));
            long bytes = entries.stream().mapToLong(Entry::bytes).sum();
            Instant oldest = Instant.now().minus(GREATEST_AGE);
            for (Entry entry : entries) {
                if ((entry.used().isBefore(oldest) || bytes > mostBytes) && delete(entry.path())) {
                    bytes -= entry.bytes();
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("Cannot delete old compiled models in {}", root, e);
        }
    }

    /**
     * A compiled model.
     *
     * @param used when it was last loaded
     * @param bytes the size of its files
     */
    private record Entry(Path path, Instant used, long bytes) {
        static Entry of(Path path) throws IOException {
            Path mark = path.resolve(MARK);
            Instant used = Files.exists(mark) ? Files.getLastModifiedTime(mark).toInstant() : Instant.EPOCH;
            long bytes = 0;
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    bytes += Files.size(file);
                }
            }
            return new Entry(path, used, bytes);
        }
    }

    /** Deletes a model unless a process has loaded it; returns whether it is gone. Requires the lock for loading. */
    private static boolean delete(Path entry) {
        if (!Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        if (IN_USE.containsKey(entry)) {
            return false;
        }
        try (FileChannel channel = open(lockFile(entry));
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return false;
            }
            // A process that is killed meanwhile leaves a directory without a mark.
            Files.deleteIfExists(entry.resolve(MARK));
            FileTrees.delete(entry);
            Files.delete(lockFile(entry));
            return true;
        } catch (IOException | OverlappingFileLockException e) {
            LOG.debug("Cannot delete {}", entry, e);
            return false;
        }
    }

    private static Path lockFile(Path entry) {
        return entry.resolveSibling(entry.getFileName() + LOCK_SUFFIX);
    }

    private static FileChannel open(Path lockFile) throws IOException {
        return FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
