package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.lifecycle.SetupNotice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of this tool in the form in which Java holds them in memory, beside the jars, for later starts.
 *
 * <p>The launcher names the file after the Java and the jars that can read it, and makes Java read it. Source: JEP 350, "Dynamic CDS
 * Archives", and {@code VM.cds} of {@code jcmd}.
 */
final class ClassArchive {
    /** System property with the path of the archive; empty where the launcher cannot keep one. */
    static final String PROPERTY = "whisperspeedtest.class-archive";

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    /** Java ends when the file system is full while it writes an archive, so there must be several times the room for it. */
    private static final long LEAST_SPACE = 128L << 20;

    /** Other Javas and other jars have archives of their own, which nothing removes with them. */
    private static final Duration LONGEST_UNCHANGED = Duration.ofDays(90);

    private ClassArchive() {}

    /**
     * Writes the archive if there is none, and replaces it if another Java wrote it. Call it after a transcription, which has loaded what
     * the other commands need too. It never fails.
     */
    static void keep() {
        String path = System.getProperty(PROPERTY, "");
        if (path.isEmpty()) {
            return;
        }
        try {
            keep(Path.of(path));
        } catch (IOException | JMException | RuntimeException | LinkageError e) {
            LOG.debug("{} cannot be written", path, e);
        }
    }

    private static void keep(Path archive) throws IOException, JMException {
        Path writer = archive.resolveSibling(archive.getFileName() + ".java");
        String java = System.getProperty("java.home") + " " + System.getProperty("java.vm.version");
        if (Files.exists(archive)) {
            // A launcher of several Javas is one file for all of them.
            if (!Files.exists(writer) || !Files.readString(writer).equals(java)) {
                Files.delete(archive);
            }
            return;
        }
        Path directory = Files.createDirectories(archive.getParent());
        if (Files.getFileStore(directory).getUsableSpace() < LEAST_SPACE) {
            return;
        }
        SetupNotice.announce("keeping the classes of this tool for faster starts (once)");
        Path written = archive.resolveSibling(
                archive.getFileName() + "." + ProcessHandle.current().pid());
        try {
            write(written);
            Files.writeString(writer, java);
            Files.move(written, archive, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
        deleteOld(directory.getParent());
    }

    private static void write(Path archive) throws IOException, JMException {
        // Java prints the path there.
        Terminal.dropSystemOut();
        Object answer = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "vmCds",
                        new Object[] {new String[] {"dynamic_dump", '"' + archive.toString() + '"'}},
                        new String[] {String[].class.getName()});
        if (!Files.exists(archive)) {
            throw new IOException(String.valueOf(answer));
        }
    }

    private static void deleteOld(Path archives) throws IOException {
        Instant oldest = Instant.now().minus(LONGEST_UNCHANGED);
        try (Stream<Path> all = Files.walk(archives)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
