package io.github.whisperspeedtest.provenance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.files.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches the hashes of files in a file that several processes may share.
 *
 * <p>A hash is valid while size and modification time of the file stay the same. As for verdicts, each new hash is merged under a lock
 * file, and the file is replaced atomically. Hashing succeeds even if the cache cannot be read or written.
 */
final class HashCache {
    private static final int FORMAT_VERSION = 1;
    private static final Logger LOG = LoggerFactory.getLogger(HashCache.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** File locks work between processes; this lock works between threads. */
    private static final Object WRITE_LOCK = new Object();

    private final Path file;

    HashCache(Path file) {
        this.file = file;
    }

    /** The state of a file. */
    record State(long bytes, String modified) {
        static State of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new State(
                    attributes.size(), attributes.lastModifiedTime().toInstant().toString());
        }
    }

    private record Entry(State state, String sha256) {}

    /** Returns the hash of a file that is still in the given state, empty if it is not cached. */
    Optional<String> get(Path content, State state) {
        return Optional.ofNullable(read().get(content.toString()))
                .filter(entry -> entry.state().equals(state))
                .map(Entry::sha256);
    }

    /** Caches a hash and drops those of deleted files. */
    void put(Path content, State state, String sha256) {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        synchronized (WRITE_LOCK) {
            try {
                Files.createDirectories(file.getParent());
                try (FileChannel channel =
                                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    LOG.trace("Writing {} under {}", file, lock);
                    Map<String, Entry> all = read();
                    all.put(content.toString(), new Entry(state, sha256));
                    all.keySet().removeIf(name -> !exists(name));
                    AtomicFiles.write(file, json(all));
                }
            } catch (IOException e) {
                LOG.debug("Cannot write the cache of hashes {}", file, e);
            }
        }
    }

    private static boolean exists(String name) {
        try {
            return Files.exists(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static byte[] json(Map<String, Entry> entries) throws JsonProcessingException {
        ObjectNode root = JSON.createObjectNode().put("version", FORMAT_VERSION);
        ObjectNode files = root.putObject("files");
        new TreeMap<>(entries)
                .forEach((name, entry) -> files.putObject(name)
                        .put("bytes", entry.state().bytes())
                        .put("modified", entry.state().modified())
                        .put("sha256", entry.sha256()));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    }

    private Map<String, Entry> read() {
        Map<String, Entry> entries = new HashMap<>();
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (root.path("version").asInt() == FORMAT_VERSION) {
                root.path("files").properties().forEach(entry -> {
                    JsonNode value = entry.getValue();
                    State state = new State(
                            value.path("bytes").asLong(-1),
                            value.path("modified").asText());
                    entries.put(
                            entry.getKey(),
                            new Entry(state, value.path("sha256").asText()));
                });
            }
        } catch (NoSuchFileException e) {
            return entries;
        } catch (IOException e) {
            LOG.debug("Cannot read the cache of hashes {}; it starts empty", file, e);
        }
        return entries;
    }
}
