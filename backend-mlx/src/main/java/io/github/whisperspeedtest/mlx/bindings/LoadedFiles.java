package io.github.whisperspeedtest.mlx.bindings;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files from which this process has loaded MLX, wherever the system found them. */
final class LoadedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedFiles.class);

    private static final Pattern MLX = Pattern.compile("libmlx(\\.\\d+)*\\.(so|dylib)(\\.\\d+)*");
    private static final Pattern MLXC = Pattern.compile("libmlxc(\\.\\d+)*\\.(so|dylib)(\\.\\d+)*");

    /** The compiled kernels, which MLX reads from the directory of its library. */
    private static final String KERNELS = "mlx.metallib";

    private LoadedFiles() {}

    /**
     * Returns the files of MLX and mlx-c that are loaded, and that of the kernels.
     *
     * @throws RuntimeUnavailableException if MLX is loaded twice: arrays of one must not be given to the other
     */
    static List<Path> ofMlx() {
        return ofMlx(Platform.isMac() ? namesFromDyld() : namesFromProc());
    }

    /** Selects the files among the names of all loaded ones. */
    static List<Path> ofMlx(Stream<String> loaded) {
        Set<Path> files = loaded.map(Path::of)
                .filter(file -> matches(MLX, file) || matches(MLXC, file))
                .map(LoadedFiles::real)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        List<Path> engines = files.stream().filter(file -> matches(MLX, file)).toList();
        if (engines.size() > 1) {
            throw new RuntimeUnavailableException(
                    "Two libraries of MLX were loaded, " + engines.get(0) + " and " + engines.get(1),
                    "mlx-c is linked with another MLX than the one beside it. Remove one of them, or set "
                            + MlxLibraries.DIRECTORY_VARIABLE + " to the directory of a whole build.",
                    null);
        }
        List<Path> all = new ArrayList<>(files);
        engines.stream()
                .map(engine -> engine.resolveSibling(KERNELS))
                .filter(Files::isRegularFile)
                .forEach(all::add);
        return all;
    }

    private static boolean matches(Pattern pattern, Path file) {
        Path name = file.getFileName();
        return name != null && pattern.matcher(name.toString()).matches();
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            LOG.debug("{} was loaded, but is not there", file, e);
            return file;
        }
    }

    /** Source: {@code mach-o/dyld.h} of macOS, which declares both functions with the underscore. */
    private static Stream<String> namesFromDyld() {
        NativeLibrary process = NativeLibrary.getProcess();
        Function name = process.getFunction("_dyld_get_image_name");
        int count = process.getFunction("_dyld_image_count").invokeInt(new Object[0]);
        return IntStream.range(0, count)
                .mapToObj(i -> name.invokePointer(new Object[] {i}))
                // Another thread unloaded it.
                .filter(pointer -> pointer != null)
                .map(pointer -> pointer.getString(0));
    }

    private static Stream<String> namesFromProc() {
        try {
            return names(Files.readAllLines(Path.of("/proc/self/maps")));
        } catch (IOException e) {
            LOG.debug("Cannot list the loaded libraries", e);
            return Stream.empty();
        }
    }

    /** Returns the names of files in the lines of {@code /proc/self/maps}, where the name comes last and may contain blanks. */
    static Stream<String> names(List<String> maps) {
        return maps.stream()
                .filter(line -> line.indexOf('/') >= 0)
                .map(line -> line.substring(line.indexOf('/')))
                .distinct();
    }
}
