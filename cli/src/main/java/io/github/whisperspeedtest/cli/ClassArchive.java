package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.lifecycle.SetupNotice;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.JMRuntimeException;
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

    private ClassArchive() {}

    /** Writes the archive if there is none. Call it after a transcription, which has loaded what the other commands need too. */
    static void keep() {
        String path = System.getProperty(PROPERTY, "");
        if (path.isEmpty() || Files.exists(Path.of(path))) {
            return;
        }
        SetupNotice.announce("keeping the classes of this tool for faster starts (once)");
        try {
            write(Path.of(path));
        } catch (IOException | JMException | JMRuntimeException e) {
            LOG.debug("{} cannot be written", path, e);
        }
    }

    private static void write(Path archive) throws IOException, JMException {
        Path directory = Files.createDirectories(archive.getParent());
        Path written = directory.resolve(
                archive.getFileName() + "." + ProcessHandle.current().pid());
        PrintStream out = System.out;
        try {
            // Java prints the path there.
            System.setOut(new PrintStream(OutputStream.nullOutputStream()));
            Object answer = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmCds",
                            new Object[] {new String[] {"dynamic_dump", '"' + written.toString() + '"'}},
                            new String[] {String[].class.getName()});
            if (!Files.exists(written)) {
                throw new IOException(String.valueOf(answer));
            }
            Files.move(written, archive, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            System.setOut(out);
            Files.deleteIfExists(written);
        }
        // Those of former jars are of no more use.
        try (Stream<Path> all = Files.list(directory)) {
            for (Path other : all.filter(file -> !file.equals(archive)).toList()) {
                Files.deleteIfExists(other);
            }
        }
    }
}
