package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;

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
        Compilers.assume("cc");
        StringBuilder source = new StringBuilder();
        for (Method function : MlxC.class.getDeclaredMethods()) {
            String name = function.getName();
            if (Modifier.isNative(function.getModifiers()) && !name.equals(missing)) {
                source.append(
                        switch (name) {
                            case "mlx_string_data" ->
                                "const char* mlx_string_data(void* s) { return \"" + version + "\"; }";
                            case "mlx_device_is_available" ->
                                "int mlx_device_is_available(char* result, void* device) { *result = 1; return 0; }";
                            default -> "void* " + name + "() { return 0; }";
                        });
                source.append('\n');
            }
        }
        Path file = Files.writeString(directory.resolve("fake.c"), source);
        Path library = directory.resolve(System.mapLibraryName("mlxc"));
        Process compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-w", "-o", library.toString(), file.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).isZero();
    }
}
