package io.github.whisperspeedtest.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.provenance.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found out about native libraries, kept from one process to the next.
 *
 * <p>A lost or damaged report is found out again, so no method fails.
 *
 * @param <R> the reports, as records that Jackson reads and writes
 */
public final class LibraryReports<R> {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryReports.class);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Class<R> type;

    /**
     * Creates the reports of one implementation.
     *
     * @param cache such as {@link io.github.whisperspeedtest.spi.ImplementationContext#cache}
     */
    public LibraryReports(Path cache, Class<R> type) {
        directory = cache.resolve("libraries");
        this.type = type;
    }

    /** Returns a text that is the same as long as all files have the same sizes and times. */
    public static String identity(Collection<Path> files) {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append('\n').append(file);
            try {
                text.append(' ').append(Files.size(file)).append(' ').append(Files.getLastModifiedTime(file));
            } catch (IOException e) {
                text.append(" unreadable");
            }
        }
        return text.toString();
    }

    /** Returns the report that was kept under an identity. */
    public Optional<R> find(String identity) {
        Path file = file(identity);
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), type));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            LOG.debug("{} is damaged", file, e);
        } catch (IOException e) {
            LOG.debug("There is no {}", file, e);
        }
        return Optional.empty();
    }

    /** Keeps a report under an identity. */
    public void keep(String identity, R report) {
        Path file = file(identity);
        try {
            Files.createDirectories(directory);
            AtomicFiles.write(file, JSON.writeValueAsBytes(report));
        } catch (IOException e) {
            LOG.debug("Cannot keep the report {}", file, e);
        }
    }

    private Path file(String identity) {
        return directory.resolve(Hashes.sha256(identity) + ".json");
    }
}
