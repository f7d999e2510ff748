package io.github.whisperspeedtest.whispercpp.bindings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.provenance.Hashes;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads a library in a child JVM, so that a library that crashes, or that must not be in the same process as another one, does no harm.
 *
 * <p>The reports of usable libraries are kept by the sizes and times of their files. The others are tried again: what they lack may have
 * been installed.
 */
public final class LibraryProbe {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryProbe.class);

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration TIME_LIMIT = Duration.ofMinutes(2);

    private final ImplementationContext context;

    /** Creates a probe that keeps its reports in the cache directory of a context. */
    public LibraryProbe(ImplementationContext context) {
        this.context = context;
    }

    /**
     * Returns the report of a library.
     *
     * @param remedy what to do if it cannot be used, as a sentence
     * @throws RuntimeUnavailableException if it cannot be loaded or used
     */
    public LibraryReport report(LibraryFiles files, String remedy) {
        Path kept = context.cache().resolve("libraries").resolve(identity(files) + ".json");
        LibraryReport known = read(kept);
        if (known != null) {
            return known;
        }
        LibraryReport report = ask(files, remedy);
        try {
            Files.createDirectories(kept.getParent());
            AtomicFiles.write(kept, JSON.writeValueAsBytes(report));
        } catch (IOException e) {
            LOG.debug("Cannot keep the report of {}", files.whisper(), e);
        }
        return report;
    }

    private static @Nullable LibraryReport read(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), LibraryReport.class);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            LOG.debug("{} is damaged", file, e);
        } catch (IOException e) {
            LOG.debug("There is no {}", file, e);
        }
        return null;
    }

    private LibraryReport ask(LibraryFiles files, String remedy) {
        ChildOutcome<LibraryProbeTask.Answer> outcome = ChildJvm.builder()
                .properties(context.settings().properties())
                .timeLimit(TIME_LIMIT)
                .build()
                .run(LibraryProbeTask.class, new LibraryProbeTask.Input(files, remedy, context.nativeLibraries()));
        if (outcome instanceof ChildOutcome.Completed<LibraryProbeTask.Answer> completed) {
            LibraryProbeTask.Answer answer = completed.value();
            if (answer.report() != null) {
                return answer.report();
            }
            Problem problem = answer.problem();
            throw new RuntimeUnavailableException(
                    problem == null ? "The library " + files.whisper() + " gave no answer" : problem.reason(),
                    problem == null ? remedy : problem.remedy(),
                    null);
        }
        throw new RuntimeUnavailableException(
                "The library " + files.whisper() + " cannot be used: " + outcome.describe(), remedy, null);
    }

    /** Returns a name for exactly these files. */
    private static String identity(LibraryFiles files) {
        StringBuilder text = new StringBuilder();
        for (Path file : files.all()) {
            text.append('\n').append(file);
            try {
                text.append(' ').append(Files.size(file)).append(' ').append(Files.getLastModifiedTime(file));
            } catch (IOException e) {
                text.append(" unreadable");
            }
        }
        return Hashes.sha256(text.toString());
    }
}
