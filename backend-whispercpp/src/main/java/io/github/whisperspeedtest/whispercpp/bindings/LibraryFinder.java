package io.github.whisperspeedtest.whispercpp.bindings;

import io.github.whisperspeedtest.model.EngineStore;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds libraries of whisper.cpp that the user has installed or built. */
public final class LibraryFinder {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryFinder.class);

    /** System property of whisper-jni that names a directory with the user's own libraries. */
    public static final String DIRECTORY_PROPERTY = "io.github.givimad.whisperjni.libdir";

    /** Environment variable for the same. */
    public static final String DIRECTORY_VARIABLE = "WHISPER_SPEEDTEST_WHISPERCPP_LIBDIR";

    /** Homebrew's prefixes: Apple silicon, Linux, and Intel Macs, where it is also that of programs built by hand. */
    private static final List<String> PREFIXES = List.of("opt/homebrew", "home/linuxbrew/.linuxbrew", "usr/local");

    /** Homebrew's whisper-cpp kept its libraries in {@code libinternal} from 1.7.3 to 1.8.2. */
    private static final List<String> IN_PREFIX =
            List.of("opt/whisper-cpp/lib", "opt/whisper-cpp/libinternal", "lib", "lib64");

    private static final List<String> SYSTEM =
            List.of("usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64", "usr/lib");

    /** Where whisper.cpp's own build puts them: since 1.9.2, and before. */
    private static final List<String> IN_CHECKOUT = List.of("build/bin", "build/src");

    private final Path root;
    private final @Nullable Path home;
    private final EngineStore builds;

    /**
     * Creates a finder.
     *
     * @param home home directory of the user, where a checkout named {@code whisper.cpp} is looked for; null if unknown
     * @param builds the builds that this tool has made
     */
    public LibraryFinder(@Nullable Path home, EngineStore builds) {
        this(Path.of("/"), home, builds);
    }

    LibraryFinder(Path root, @Nullable Path home, EngineStore builds) {
        this.root = root;
        this.home = home;
        this.builds = builds;
    }

    /** Returns the directory that the user has set, empty if there is none. */
    public static Optional<Path> requested(Settings settings) {
        return settings.path(DIRECTORY_PROPERTY, DIRECTORY_VARIABLE)
                .map(directory -> directory.toAbsolutePath().normalize());
    }

    /** Returns the libraries in the usual directories, each file once: the tool's own builds, Homebrew, the system, a checkout. */
    public List<LibraryFiles> find() {
        List<Path> seen = new ArrayList<>();
        List<LibraryFiles> found = new ArrayList<>();
        for (Path directory : directories()) {
            LibraryFiles.in(directory).ifPresent(files -> {
                Path file = realPath(files.whisper());
                if (!seen.contains(file)) {
                    seen.add(file);
                    found.add(files);
                }
            });
        }
        return found;
    }

    private List<Path> directories() {
        List<Path> directories = new ArrayList<>();
        try {
            builds.list().forEach(build -> directories.add(build.directory()));
        } catch (IOException e) {
            LOG.debug("The builds of this tool cannot be listed", e);
        }
        PREFIXES.forEach(prefix -> IN_PREFIX.forEach(
                directory -> directories.add(root.resolve(prefix).resolve(directory))));
        SYSTEM.forEach(directory -> directories.add(root.resolve(directory)));
        if (home != null) {
            Path checkout = home.resolve("whisper.cpp");
            IN_CHECKOUT.forEach(directory -> directories.add(checkout.resolve(directory)));
        }
        return directories;
    }

    private static Path realPath(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file;
        }
    }
}
