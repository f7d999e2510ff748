package io.github.whisperspeedtest.mlx.bindings;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Compilers of the system, which some tests need. */
public final class Compilers {
    private Compilers() {}

    /** Skips the test where a compiler is not on the path. */
    public static void assume(String name) {
        boolean isThere = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
        assumeTrue(isThere, () -> "there is no compiler " + name + " here");
    }
}
