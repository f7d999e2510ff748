package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compiles libraries with the functions of mlx-c that compute nothing. */
final class FakeLibrary {
    private FakeLibrary() {}

    /**
     * Puts a library into a directory, under the name of mlx-c's; skips the test where there is no C compiler.
     *
     * @param version what it says its version is
     * @param missing a function that it has not, empty for none
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
