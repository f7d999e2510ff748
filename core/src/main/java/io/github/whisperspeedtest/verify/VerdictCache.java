package io.github.whisperspeedtest.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches findings in memory and in a file that several processes may share.
 *
 * <p>The file is read once. Each new finding is merged into it under a lock file, which keeps the findings of other
 * processes. The file is replaced atomically, so readers need no lock. A check succeeds even if the cache cannot be
 * written.
 */
final class VerdictCache {
    /** Increase this when the form or meaning of a finding changes. Files with another version are ignored. */
    private static final int FORMAT_VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(VerdictCache.class);
    /** A streaming parser starts much faster than object mapping. */
    private static final JsonFactory JSON = new JsonFactory();
    /** File locks work between processes; this lock works between threads. */
    private static final Object WRITE_LOCK = new Object();

    private final Path file;
    private @Nullable Map<String, Entry> entries;

    VerdictCache(Path file) {
        this.file = file;
    }

    /** A finding, the state for which it is valid, and the checked files. */
    private record Entry(String state, Finding finding, List<String> files) {
        boolean isOfExistingFiles() {
            return files.stream().allMatch(name -> Files.exists(Path.of(name)));
        }
    }

    /** Returns the cached finding if its files have not changed, otherwise null. */
    synchronized @Nullable Finding get(Fingerprint fingerprint) {
        Entry entry = entries().get(fingerprint.subject());
        return entry != null && entry.state().equals(fingerprint.state()) ? entry.finding() : null;
    }

    /** Caches a finding and drops findings about deleted files. */
    synchronized void put(Fingerprint fingerprint, Finding finding, Collection<Path> files) {
        Entry entry = new Entry(
                fingerprint.state(), finding, files.stream().map(Path::toString).toList());
        entries().put(fingerprint.subject(), entry);
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        synchronized (WRITE_LOCK) {
            try {
                Files.createDirectories(file.getParent());
                try (FileChannel channel =
                                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    LOG.trace("Writing {} under {}", file, lock);
                    Map<String, Entry> all = readOrReset();
                    all.put(fingerprint.subject(), entry);
                    all.values().removeIf(other -> !other.isOfExistingFiles());
                    write(temporary, all);
                    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                LOG.debug("Cannot write the verdict cache {}", file, e);
            }
        }
    }

    private Map<String, Entry> entries() {
        if (entries == null) {
            entries = readOrReset();
        }
        return entries;
    }

    private Map<String, Entry> readOrReset() {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new HashMap<>();
        } catch (IOException e) {
            LOG.debug("Cannot read the verdict cache {}", file, e);
            return new HashMap<>();
        }
        try {
            return read(content);
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("The verdict cache {} is damaged and was reset: {}", file, e.getMessage());
            try {
                Files.deleteIfExists(file);
            } catch (IOException undeletable) {
                LOG.debug("Cannot delete {}", file, undeletable);
            }
            return new HashMap<>();
        }
    }

    private static Map<String, Entry> read(byte[] content) throws IOException {
        Map<String, Entry> entries = new HashMap<>();
        try (JsonParser in = JSON.createParser(content)) {
            expect(in.nextToken(), JsonToken.START_OBJECT);
            expect("version".equals(in.nextFieldName()));
            if (in.nextIntValue(0) != FORMAT_VERSION) {
                return entries;
            }
            expect("verdicts".equals(in.nextFieldName()));
            expect(in.nextToken(), JsonToken.START_OBJECT);
            for (String subject = in.nextFieldName(); subject != null; subject = in.nextFieldName()) {
                entries.put(subject, readEntry(in));
            }
            expect(in.currentToken(), JsonToken.END_OBJECT);
            expect(in.nextToken(), JsonToken.END_OBJECT);
            expect(in.nextToken() == null);
        }
        return entries;
    }

    private static Entry readEntry(JsonParser in) throws IOException {
        Map<String, String> texts = new HashMap<>();
        List<String> files = new ArrayList<>();
        expect(in.nextToken(), JsonToken.START_OBJECT);
        for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
            if (field.equals("files")) {
                expect(in.nextToken(), JsonToken.START_ARRAY);
                while (in.nextToken() == JsonToken.VALUE_STRING) {
                    files.add(Path.of(in.getText()).toString());
                }
                expect(in.currentToken(), JsonToken.END_ARRAY);
            } else {
                expect(in.nextToken(), JsonToken.VALUE_STRING);
                texts.put(field, in.getText());
            }
        }
        String problem = texts.get("problem");
        return new Entry(
                required(texts, "state"),
                new Finding(
                        Verdict.Status.valueOf(required(texts, "status")),
                        problem == null ? null : Verdict.Problem.valueOf(problem),
                        required(texts, "reason"),
                        texts.get("runtime")),
                files);
    }

    private static String required(Map<String, String> texts, String field) throws IOException {
        String text = texts.get(field);
        expect(text != null);
        return String.valueOf(text);
    }

    private static void expect(@Nullable JsonToken actual, JsonToken expected) throws IOException {
        expect(actual == expected);
    }

    private static void expect(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("unexpected content");
        }
    }

    private static void write(Path file, Map<String, Entry> entries) throws IOException {
        try (OutputStream stream = Files.newOutputStream(file);
                JsonGenerator out = JSON.createGenerator(stream)) {
            out.useDefaultPrettyPrinter();
            out.writeStartObject();
            out.writeNumberField("version", FORMAT_VERSION);
            out.writeObjectFieldStart("verdicts");
            for (Map.Entry<String, Entry> entry : new TreeMap<>(entries).entrySet()) {
                out.writeObjectFieldStart(entry.getKey());
                writeEntry(out, entry.getValue());
                out.writeEndObject();
            }
            out.writeEndObject();
            out.writeEndObject();
        }
    }

    private static void writeEntry(JsonGenerator out, Entry entry) throws IOException {
        Finding finding = entry.finding();
        out.writeStringField("state", entry.state());
        out.writeStringField("status", finding.status().name());
        if (finding.problem() != null) {
            out.writeStringField("problem", finding.problem().name());
        }
        out.writeStringField("reason", finding.reason());
        if (finding.runtime() != null) {
            out.writeStringField("runtime", finding.runtime());
        }
        out.writeArrayFieldStart("files");
        for (String name : entry.files()) {
            out.writeString(name);
        }
        out.writeEndArray();
    }
}
