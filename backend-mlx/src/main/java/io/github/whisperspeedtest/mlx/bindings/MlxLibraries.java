package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the native libraries of MLX and mlx-c: in the user's directory, in Homebrew's directories, or on the system's
 * search path. Only an MLX in the user's directory is loaded before mlx-c; otherwise mlx-c loads the one that it was linked with.
 *
 * @param mlxc file of mlx-c, or its bare name if the system has to find it
 * @param mlx file of MLX to load before it, or null if mlx-c finds it
 */
record MlxLibraries(String mlxc, @Nullable Path mlx) {
    /** System property that names a directory with the libraries. */
    static final String DIRECTORY_PROPERTY = "whisperspeedtest.mlx.libdir";

    /** Environment variable for the same. */
    static final String DIRECTORY_VARIABLE = "WHISPER_SPEEDTEST_MLX_LIBDIR";

    /** Environment variable by which Homebrew names its directory. */
    static final String HOMEBREW_VARIABLE = "HOMEBREW_PREFIX";

    private static final String NAME = "mlxc";
    private static final String MLXC = System.mapLibraryName(NAME);
    private static final String MLX = System.mapLibraryName("mlx");

    /** Where Homebrew installs on Apple silicon, on older Macs and on Linux; source: its installation page. */
    private static final List<String> HOMEBREW = List.of("/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew");

    /**
     * Finds the libraries; that they load is not known yet.
     *
     * @throws RuntimeUnavailableException if the user's own directory has none
     */
    static MlxLibraries find(Settings settings) {
        Optional<Path> own = ownDirectory(settings);
        if (own.isPresent()) {
            return inDirectory(own.get())
                    .orElseThrow(() -> new RuntimeUnavailableException(
                            "There is no " + MLXC + " in " + own.get() + ", to which " + DIRECTORY_VARIABLE
                                    + " or the system property " + DIRECTORY_PROPERTY + " is set",
                            remedy(),
                            null));
        }
        // Homebrew's mlx-c names its MLX by path, which need not be the one in the common directory: loading that too
        // gives two of them.
        return homebrew(settings)
                .map(directory -> directory.resolve(MLXC))
                .filter(Files::isRegularFile)
                .findFirst()
                .map(file -> new MlxLibraries(file.toString(), null))
                .orElseGet(() -> new MlxLibraries(NAME, null));
    }

    /** Returns the files that are known before they are loaded. */
    List<Path> files() {
        return Stream.concat(Stream.of(Path.of(mlxc)), Stream.ofNullable(mlx)).toList();
    }

    /** Returns the name and version of the system, whose drivers compile kernels. */
    static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    /** Returns whether there is such a file, and it is not for the system to find one. */
    boolean isFound() {
        return !mlxc.equals(NAME);
    }

    /** Returns the files that are looked for, whether they are there or not; what only the system finds is not among them. */
    static List<Path> files(Settings settings) {
        return ownDirectory(settings)
                .map(Stream::of)
                .orElseGet(() -> Stream.concat(homebrew(settings), homebrew(settings, "opt/mlx/lib")))
                .flatMap(directory -> Stream.of(directory.resolve(MLXC), directory.resolve(MLX)))
                .toList();
    }

    /** Returns what to do where the libraries are missing or do not load. */
    static String remedy() {
        String own = "set " + DIRECTORY_VARIABLE + " to the directory of your own build of mlx-c.";
        return System.getProperty("os.name").startsWith("Mac")
                ? "Run 'brew install mlx-c', or " + own
                : "Build mlx-c (github.com/ml-explore/mlx-c) as a shared library and " + own;
    }

    /** Returns what to do where they compute wrongly on some device. */
    static String repair() {
        String own = "et " + DIRECTORY_VARIABLE + " to the directory of another build.";
        return System.getProperty("os.name").startsWith("Mac")
                ? "Run 'brew update' and 'brew upgrade mlx mlx-c', or s" + own
                : "S" + own;
    }

    private static Optional<Path> ownDirectory(Settings settings) {
        return settings.path(DIRECTORY_PROPERTY, DIRECTORY_VARIABLE)
                .map(directory -> directory.toAbsolutePath().normalize());
    }

    /** Returns where Homebrew's mlx-c may be: the directory of the formula, which is there even if it is not linked, before the common one. */
    private static Stream<Path> homebrew(Settings settings) {
        return homebrew(settings, "opt/mlx-c/lib", "lib");
    }

    private static Stream<Path> homebrew(Settings settings, String... directories) {
        return Stream.concat(settings.variable(HOMEBREW_VARIABLE).stream(), HOMEBREW.stream())
                .flatMap(prefix -> Stream.of(directories).map(directory -> Path.of(prefix, directory)));
    }

    private static Optional<MlxLibraries> inDirectory(Path directory) {
        Path mlxc = directory.resolve(MLXC);
        Path mlx = directory.resolve(MLX);
        return Files.isRegularFile(mlxc)
                ? Optional.of(new MlxLibraries(mlxc.toString(), Files.isRegularFile(mlx) ? mlx : null))
                : Optional.empty();
    }

    /** Checks that nothing is null that must not be. */
    MlxLibraries {
        Objects.requireNonNull(mlxc, "mlxc");
    }
}
