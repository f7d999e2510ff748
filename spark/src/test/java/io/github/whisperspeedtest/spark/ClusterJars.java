package io.github.whisperspeedtest.spark;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The jars of a cluster and of the application, apart as on a real cluster.
 *
 * <p>Spark's jars are those that Maven resolved at scope {@code provided}, with Jackson and SLF4J, which Spark has too. The application's jars
 * are the rest of the class path of the tests.
 */
final class ClusterJars {
    /** The directory of the build, which the tests of Maven get as a system property. */
    static final Path BUILD = Path.of(System.getProperty("build.directory", "target"));

    private static final String PROTOBUF = "protobuf-java-";

    private final Path sparkHome;
    private final Path launcher;
    private final List<Path> application;

    private ClusterJars(Path sparkHome, Path launcher, List<Path> application) {
        this.sparkHome = sparkHome;
        this.launcher = launcher;
        this.application = application;
    }

    /** Links Spark's jars into a home of Spark, and packs the classes that are not in jars yet. */
    static ClusterJars prepare() throws IOException {
        Set<Path> provided = new HashSet<>(paths(Files.readString(BUILD.resolve("spark.classpath"))));
        Path home = BUILD.resolve("spark-home").toAbsolutePath();
        Path jars = Files.createDirectories(home.resolve("jars"));
        Path packed = Files.createDirectories(BUILD.resolve("packed-classes").toAbsolutePath());
        List<Path> application = new ArrayList<>();
        List<Path> entries = paths(System.getProperty("java.class.path"));
        for (int i = 0; i < entries.size(); i++) {
            Path entry = entries.get(i);
            if (provided.contains(entry) || isSharedWithSpark(entry)) {
                link(jars.resolve(entry.getFileName()), entry);
            } else if (Files.isDirectory(entry)) {
                application.add(pack(entry, packed.resolve("classes-" + i + ".jar"), file -> true));
            } else if (Files.exists(entry)) {
                application.add(entry);
            }
        }
        try (Stream<Path> copied = Files.list(BUILD.resolve("application-jars"))) {
            copied.map(Path::toAbsolutePath).forEach(application::add);
        }
        if (application.stream().noneMatch(jar -> jar.getFileName().toString().startsWith(PROTOBUF))) {
            throw new IOException("The jars of the application have no " + PROTOBUF + "*.jar: " + application);
        }
        Path launcher = pack(
                Path.of(ClusterProcess.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath()),
                packed.resolve("launcher.jar"),
                file -> file.endsWith(ClusterProcess.class.getSimpleName() + ".class"));
        return new ClusterJars(home, launcher, application);
    }

    /** Returns the home of Spark, which has nothing but {@code jars}. */
    Path sparkHome() {
        return sparkHome;
    }

    /** Returns what {@code spark-submit --jars} gets. */
    String application() {
        return String.join(",", application.stream().map(Path::toString).toList());
    }

    /** Returns the class path of the processes of a cluster: Spark, and {@link ClusterProcess} alone. */
    String classPath() {
        return sparkHome.resolve("jars") + File.separator + "*" + File.pathSeparator + launcher;
    }

    private static boolean isSharedWithSpark(Path entry) {
        String path = entry.toString().replace(File.separatorChar, '/');
        return path.contains("/com/fasterxml/jackson/") || path.contains("/org/slf4j/");
    }

    private static List<Path> paths(String classPath) {
        return Stream.of(classPath.strip().split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .toList();
    }

    private static void link(Path link, Path target) throws IOException {
        try {
            Files.createSymbolicLink(link, target);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isSameFile(link, target)) {
                Files.delete(link);
                Files.createSymbolicLink(link, target);
            }
        }
    }

    private static Path pack(Path classes, Path jar, Predicate<Path> filter) throws IOException {
        try (Stream<Path> walk = Files.walk(classes);
                OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Path file :
                    walk.filter(Files::isRegularFile).filter(filter).sorted().toList()) {
                zip.putNextEntry(
                        new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        return jar;
    }
}
