package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compiles libraries that export the functions of mlx-c as stubs. */
final class FakeLibrary {
    private FakeLibrary() {}

    /**
     * Compiles a library under the file name of mlx-c; skips the test without a C compiler.
     *
     * @param version version that it reports
     * @param missing function to leave out, empty for none
     */
    static void compile(Path directory, String version, String missing) throws IOException, InterruptedException {
        compile(directory, version, missing, Map.of());
    }

    /**
     * Compiles a library under the file name of mlx-c; skips the test without a C compiler.
     *
     * @param version version that it reports
     * @param missing function to leave out, empty for none
     * @param written functions in C that replace stubs, by name
     * @param options options of the compiler, such as libraries to link with
     */
    static void compile(Path directory, String version, String missing, Map<String, String> written, String... options)
            throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder("#include <stdlib.h>\n#include <string.h>\n#include <stdio.h>\n");
        for (Method function : MlxC.class.getDeclaredMethods()) {
            String name = function.getName();
            if (Modifier.isNative(function.getModifiers()) && !name.equals(missing)) {
                source.append(written.containsKey(name) ? written.get(name) : stub(name, version))
                        .append('\n');
            }
        }
        build(directory, "mlxc", source.toString(), options);
    }

    private static String stub(String name, String version) {
        return switch (name) {
            case "mlx_string_data" -> "const char* mlx_string_data(void* s) { return \"" + version + "\"; }";
            case "mlx_device_is_available" ->
                "int mlx_device_is_available(char* result, void* device) { *result = 1; return 0; }";
            default -> "void* " + name + "() { return 0; }";
        };
    }

    /**
     * Compiles a library; skips the test without a C compiler.
     *
     * @param name its name without prefix and ending
     */
    static void build(Path directory, String name, String source, String... options)
            throws IOException, InterruptedException {
        Compilers.assume("cc");
        Path file = Files.writeString(directory.resolve(name + ".c"), source);
        Path library = directory.resolve(System.mapLibraryName(name));
        List<String> command =
                new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-w", "-o", library.toString(), file.toString()));
        command.addAll(List.of(options));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
