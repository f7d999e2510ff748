package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.mlx.bindings.StartTask.Answer;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests missing or unusable libraries, each in a separate process. */
@Tag("processes")
class MlxRuntimeTest {
    @TempDir
    private Path directory;

    @Test
    void reportsMissingLibraryInUserDirectory() {
        Answer answer = start();
        assertThat(answer.reason())
                .contains("There is no " + System.mapLibraryName("mlxc"), directory.toString(), "LIBDIR");
        assertThat(answer.remedy()).contains("mlx-c", MlxLibraries.DIRECTORY_VARIABLE);
        assertThat(answer.firstReason()).as("the reason is kept").isEqualTo(answer.reason());
    }

    @Test
    void reportsLibraryThatDoesNotLoad() throws IOException {
        Path library = Files.writeString(directory.resolve(System.mapLibraryName("mlxc")), "not a library");
        Answer answer = start();
        assertThat(answer.reason()).startsWith(library + " cannot be used as mlx-c: ");
        assertThat(answer.firstReason()).isEqualTo(answer.reason());
    }

    @Test
    void namesMissingFunction() throws Exception {
        FakeLibrary.compile(directory, "0.31.2", "mlx_quantized_matmul");
        assertThat(start().reason()).contains("cannot be used as mlx-c", "mlx_quantized_matmul");
    }

    @Test
    void rejectsOldVersion() throws Exception {
        FakeLibrary.compile(directory, "0.30.6", "");
        Answer answer = start();
        assertThat(answer.reason()).contains("MLX 0.31 or later is required", directory.toString(), "has 0.30.6");
        assertThat(answer.remedy()).contains("brew upgrade mlx-c");
    }

    @Test
    void rejectsBuildWithoutDevices() throws Exception {
        FakeLibrary.compile(
                directory,
                "0.31.2",
                "",
                Map.of(
                        "mlx_device_is_available",
                        "int mlx_device_is_available(char* result, void* device) { *result = 0; return 0; }"));
        assertThat(start().reason()).contains(directory.toString(), "built without any compute device");
    }

    @Test
    void rejectsBuildThatFails() throws Exception {
        FakeLibrary.compile(directory, "0.31.2", "");
        assertThat(start().reason())
                .contains(directory.toString(), "works on no device")
                .contains("gpu: it cannot compute the product of 1 row in float16")
                .contains("cpu: it cannot compute the product of 1 row in float32");
    }

    @Test
    void survivesLibraryThatAborts() throws Exception {
        FakeLibrary.compile(
                directory,
                "0.31.2",
                "",
                Map.of(
                        "mlx_default_gpu_stream_new",
                        "void* mlx_default_gpu_stream_new() { fputs(\"[METAL] no memory\\n\", stderr); abort(); }"));
        assertThat(start().reason())
                .contains("gpu: the process that checked it crashed with SIGABRT (exit code 134): [METAL] no memory")
                .contains("cpu: it cannot compute the product of 1 row in float32");
    }

    @Test
    void setsLimitOfCache() throws Exception {
        FakeLibrary.compile(
                directory,
                "0.31.2",
                "",
                Map.of(
                        "mlx_set_cache_limit",
                        "int mlx_set_cache_limit(size_t* result, size_t limit) { if (limit == 1073741824) {"
                                + " fputs(\"limit of 1 GiB\\n\", stderr); abort(); } return 0; }"));
        assertThat(start().reason()).contains("crashed with SIGABRT", "limit of 1 GiB");
    }

    /** mlx-c is linked with another MLX than the one beside it. */
    @Test
    void rejectsTwoLibrariesOfMlx() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        String function = "int mlx() { return 1; }";
        FakeLibrary.build(directory, "mlx", function);
        FakeLibrary.build(other, "mlx", function);
        FakeLibrary.compile(
                directory, "0.31.2", "", Map.of(), "-L" + other, "-Wl,--no-as-needed,-rpath," + other, "-lmlx");
        Answer answer = start();
        assertThat(answer.reason())
                .contains("Two libraries of MLX were loaded", directory.toString(), other.toString());
        assertThat(answer.remedy()).contains("Remove one of them");
    }

    @Test
    @RealMlx
    void startsWithUserLibraries() {
        MlxLibraries found = MlxLibraries.find(TestContexts.ofEngine().settings());
        assumeTrue(found.isFound(), "only the system knows where MLX is");
        assertThat(start(Path.of(found.mlxc()).getParent()).version())
                .isEqualTo(MlxRuntime.start(TestContexts.ofEngine()).version());
    }

    @ParameterizedTest
    @CsvSource({
        "0.31, true",
        "0.31.0, true",
        "0.31.2, true",
        "0.32.0.dev1, true",
        "0.100.0, true",
        "1.0, true",
        "0.30.9, false",
        "0.4.1, false",
        "31, false",
        "'', false",
        "x.y, false",
        "0.99999999999, false"
    })
    void knowsSupportedVersions(String version, boolean fits) {
        assertThat(MlxVersion.isSupported(version)).isEqualTo(fits);
    }

    private Answer start() {
        return start(directory);
    }

    private static Answer start(Path libraries) {
        ChildJvm child = ChildJvm.builder()
                .addJvmArguments(List.of("-D" + MlxLibraries.DIRECTORY_PROPERTY + "=" + libraries))
                .build();
        ChildOutcome<Answer> outcome = child.run(StartTask.class, "");
        assertThat(outcome).as(outcome.describe()).isInstanceOf(ChildOutcome.Completed.class);
        return ((ChildOutcome.Completed<Answer>) outcome).value();
    }
}
