package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.program.SearchPath;
import io.github.whisperspeedtest.spi.BuiltEngine;
import io.github.whisperspeedtest.spi.EngineBuildListener.Step;
import io.github.whisperspeedtest.spi.EngineBuildRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the fake cmake is a shell script")
class WhisperCppBuildTest {
    private static final String LINUX = "Linux";
    private static final String MAC = "Mac OS X";

    private static final Duration PATIENT = Duration.ofSeconds(30);

    /** What follows {@code --build} is the directory; the files of the build of 1.9.3 on Linux. */
    private static final String MAKE_LIBRARIES = """
            mkdir -p "$2/bin" && cd "$2/bin"
            for name in whisper.so:1:1.9.3 ggml.so:0:0.20.2 ggml-base.so:0:0.20.2; do
              file=lib${name%%:*}; versions=${name#*:}
              echo "$CONTENT$file" > $file.${versions#*:}
              ln -s $file.${versions#*:} $file.${versions%:*}
              ln -s $file.${versions%:*} $file
            done
            echo module > libggml-cpu-haswell.so
            echo other > libparakeet.so
            """;

    @TempDir
    private Path parent;

    private Path home;
    private Path source;
    private Path bin;
    private Path engines;
    private final List<String> progress = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void prepare() throws IOException {
        home = Files.createDirectories(parent.resolve("tool home ü"));
        engines = home.resolve("engines/whispercpp");
        bin = Files.createDirectories(parent.resolve("bin"));
        source = Files.createDirectories(parent.resolve("my whisper.cpp é"));
        Files.writeString(
                source.resolve("CMakeLists.txt"),
                "project(\"whisper.cpp\" C CXX)\nproject(\"whisper.cpp\" VERSION 1.9.3)\n");
        Files.createDirectories(source.resolve("include"));
        Files.createFile(source.resolve("include/whisper.h"));
        program("make", "exit 1");
    }

    @Test
    void installsLibrariesUnderTheirSonames() throws IOException {
        cmake("echo configured", MAKE_LIBRARIES);

        BuiltEngine engine = build(LINUX, "-DGGML_BLAS=ON");

        assertThat(engine).isEqualTo(new BuiltEngine("1.9.3", engines.resolve("1.9.3/lib")));
        assertThat(names(engine.directory()))
                .containsExactly("libggml-base.so.0", "libggml-cpu-haswell.so", "libggml.so.0", "libwhisper.so.1");
        try (Stream<Path> files = Files.list(engine.directory())) {
            assertThat(files).noneMatch(Files::isSymbolicLink);
        }
        assertThat(engine.directory().resolve("libwhisper.so.1")).hasContent("libwhisper.so");
        assertNoTemporaryFiles();
    }

    @Test
    void passesOptionsToCMake() throws IOException {
        cmake(
                "printf '%s\\n' \"$@\" > \"$HOME_OF_TEST/configure\"; cat \"$2/CMakeLists.txt\" > \"$HOME_OF_TEST/project\"",
                "printf '%s\\n' \"$@\" > \"$HOME_OF_TEST/build\"\n" + MAKE_LIBRARIES);

        build(LINUX, "-DGGML_BLAS=ON", "-DGGML_NATIVE=OFF");

        List<String> configure = Files.readAllLines(home.resolve("configure"));
        assertThat(configure)
                .contains(
                        "-DWHISPER_SPEEDTEST_SOURCE:PATH=" + source.toRealPath(),
                        "-DCMAKE_BUILD_TYPE=Release",
                        "-DBUILD_SHARED_LIBS=ON",
                        "-DCMAKE_INSTALL_RPATH=$ORIGIN",
                        "-DWHISPER_BUILD_EXAMPLES=OFF")
                .endsWith("-DGGML_BLAS=ON", "-DGGML_NATIVE=OFF")
                .noneMatch(option -> option.contains("COREML") || option.startsWith("-G"));
        assertThat(configure.get(3)).as("the directory of the build").startsWith(engines.toString());
        assertThat(Files.readString(home.resolve("project")))
                .contains("add_subdirectory(\"${WHISPER_SPEEDTEST_SOURCE}\" whisper.cpp)");
        assertThat(Files.readAllLines(home.resolve("build"))).endsWith("--parallel", "3", "--target", "whisper");
    }

    @Test
    void buildsForMetalAndCoreMlOnMac() throws IOException {
        cmake("printf '%s\\n' \"$@\" > \"$HOME_OF_TEST/configure\"", """
                mkdir -p "$2/src/ggml" && cd "$2/src"
                echo w > libwhisper.1.9.3.dylib; ln -s libwhisper.1.9.3.dylib libwhisper.1.dylib
                ln -s libwhisper.1.dylib libwhisper.dylib
                echo c > libwhisper.coreml.dylib
                echo m > ggml/libggml-metal.dylib; echo s > ggml/libggml-cpu-apple_m1.so
                """);

        BuiltEngine engine = build(MAC);

        assertThat(Files.readAllLines(home.resolve("configure")))
                .contains(
                        "-DCMAKE_INSTALL_RPATH=@loader_path",
                        "-DGGML_METAL=ON",
                        "-DGGML_METAL_EMBED_LIBRARY=ON",
                        "-DWHISPER_COREML=1",
                        "-DWHISPER_COREML_ALLOW_FALLBACK=ON");
        assertThat(names(engine.directory()))
                .containsExactly(
                        "libggml-cpu-apple_m1.so",
                        "libggml-metal.dylib",
                        "libwhisper.1.dylib",
                        "libwhisper.coreml.dylib");
    }

    @ParameterizedTest
    @CsvSource({"make, '[ 50%] Building', '[100%] Built target whisper'", "ninja, '[1/2] Building', '[2/2] Linking'"})
    void reportsProgress(String tool, String half, String all) throws IOException {
        cmake(
                "echo '[12%] is not compiled yet'",
                "echo '" + half + "'; echo other; echo '" + all + "'\n" + MAKE_LIBRARIES);

        build(LINUX);

        assertThat(progress)
                .containsExactly(
                        "1.9.3 CONFIGURE 0.0",
                        "1.9.3 COMPILE 0.0",
                        "1.9.3 COMPILE 0.5",
                        "1.9.3 COMPILE 1.0",
                        "1.9.3 INSTALL 0.0");
    }

    @Test
    void usesNinjaWithoutMake() throws IOException {
        Files.delete(bin.resolve("make"));
        program("ninja", "exit 1");
        cmake("printf '%s\\n' \"$@\" > \"$HOME_OF_TEST/configure\"", MAKE_LIBRARIES);

        build(LINUX);

        assertThat(Files.readAllLines(home.resolve("configure"))).containsSequence("-G", "Ninja");
    }

    @Test
    void rebuildReplacesLibraries() throws IOException {
        cmake("", "CONTENT=old\n" + MAKE_LIBRARIES);
        BuiltEngine first = build(LINUX);
        cmake("", "CONTENT=new\n" + MAKE_LIBRARIES);
        BuiltEngine second = build(LINUX);

        assertThat(second).isEqualTo(first);
        assertThat(second.directory().resolve("libwhisper.so.1")).hasContent("newlibwhisper.so");
        assertNoTemporaryFiles();
    }

    @Test
    void failureKeepsEarlierBuildAndNamesLog() throws IOException {
        cmake("", "CONTENT=old\n" + MAKE_LIBRARIES);
        BuiltEngine before = build(LINUX);
        cmake("echo first line", "seq 1 100; printf '\\033[31mwhisper.cpp:7: error: bad\\033[0m\\n' >&2; exit 2");

        assertThatThrownBy(() -> build(LINUX))
                .isInstanceOfSatisfying(
                        WhisperSpeedtestException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.ENVIRONMENT))
                .hasMessageStartingWith(
                        "Cannot compile whisper.cpp 1.9.3: cmake exited with code 2. The last lines of its output:\n82\n83\n")
                .hasMessageEndingWith("\n100\nwhisper.cpp:7: error: bad\nThe whole output is in "
                        + engines.resolve("build-1.9.3.log") + ".");

        assertThat(engines.resolve("build-1.9.3.log")).content().contains("first line\n", "\n1\n2\n3\n");
        assertThat(before.directory().resolve("libwhisper.so.1")).hasContent("oldlibwhisper.so");
        assertNoTemporaryFiles();
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, 'No CMAKE_CXX_COMPILER could be found.', apt install cmake g++ make",
        "Linux, 'CMake was unable to find a build program corresponding to \"Unix Makefiles\".', apt install cmake g++ make",
        "Mac OS X, 'xcrun: error: invalid active developer path', xcode-select --install"
    })
    void namesRemedyForMissingCompiler(String os, String message, String remedy) throws IOException {
        cmake("echo '" + message + "' >&2; seq 1 50; exit 1", "");

        assertFails(os, "Cannot configure whisper.cpp 1.9.3: cmake exited with code 1", remedy);
    }

    @Test
    void requiresCMake() throws IOException {
        assertFails(LINUX, "CMake is required, but the PATH has no program cmake", "apt install cmake g++");
        assertFails(MAC, "CMake is required, but the PATH has no program cmake", "brew install cmake");
        assertThat(home).as("nothing was written").isEmptyDirectory();

        program("cmake", "echo cmake version 3.13.5");
        assertFails(LINUX, "CMake 3.14 or later is required, but " + bin.resolve("cmake") + " is 3.13", "apt install");
        program("cmake", "echo broken; exit 3");
        assertFails(LINUX, "--version exited with code 3: broken", "apt install");
    }

    @Test
    void rejectsBuildWithoutSharedLibrary() throws IOException {
        cmake("", "mkdir -p \"$2\"; echo static > \"$2/libwhisper.a\"; echo x > \"$2/libggml.so\"");

        assertFails(LINUX, "made no shared library libwhisper", "build-1.9.3.log");
    }

    @Test
    void rejectsOptionsOtherThanDefinitions() throws IOException {
        cmake("", MAKE_LIBRARIES);
        for (String option : List.of("GGML_BLAS=ON", "-B/tmp/x", "-D", "-DGGML_BLAS", "--install=x")) {
            assertThatThrownBy(() -> build(LINUX, option))
                    .isInstanceOfSatisfying(
                            WhisperSpeedtestException.class,
                            e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                    .hasMessageContaining("'" + option + "'");
        }
    }

    @Test
    void refusesOtherSystems() {
        assertFails("Windows 11", "can be built on Linux and macOS only", "shared libraries");
    }

    @Test
    @Timeout(60)
    void interruptEndsCMakeAndDeletesItsFiles() throws Exception {
        cmake("", "CONTENT=old\n" + MAKE_LIBRARIES);
        BuiltEngine before = build(LINUX);
        Path pids = home.resolve("pids");
        cmake(
                "",
                "mkdir -p \"$2/objects\"; sleep 300 & echo $! >> \"$HOME_OF_TEST/pids\"; echo $$ >> \"$HOME_OF_TEST/pids\"; wait");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                build(LINUX);
            } catch (RuntimeException e) {
                thrown.set(e);
            }
        });
        thread.start();
        while (!Files.exists(pids) || Files.readAllLines(pids).size() < 2) {
            Thread.sleep(10);
        }

        thread.interrupt();
        thread.join(PATIENT.toMillis());

        assertThat(thrown.get()).isInstanceOf(OperationCancelledException.class);
        for (String pid : Files.readAllLines(pids)) {
            ProcessHandle.of(Long.parseLong(pid))
                    .ifPresent(process -> assertThat(process.onExit()).succeedsWithin(PATIENT));
        }
        assertThat(before.directory().resolve("libwhisper.so.1")).hasContent("oldlibwhisper.so");
        assertNoTemporaryFiles();
    }

    /** Takes minutes: {@code -Dwhispercpp.source=DIR}, with the CMake on the {@code PATH}. */
    @Test
    @EnabledIfSystemProperty(named = "whispercpp.source", matches = ".+")
    void buildsRealSource() throws IOException {
        int jobs = Runtime.getRuntime().availableProcessors();
        BuiltEngine engine = new WhisperCppBuild(engines, SearchPath.ofProcess(), System.getProperty("os.name"))
                .build(
                        new EngineBuildRequest(Path.of(System.getProperty("whispercpp.source")), jobs, List.of()),
                        (version, step, fraction) -> {});

        assertThat(names(engine.directory()))
                .anyMatch(name -> name.startsWith("libwhisper."))
                .anyMatch(name -> name.startsWith("libggml."));
        assertNoTemporaryFiles(engine.version());
    }

    private BuiltEngine build(String os, String... options) {
        return new WhisperCppBuild(engines, new SearchPath(List.of(bin)), os)
                .build(
                        new EngineBuildRequest(source, 3, List.of(options)),
                        (String version, Step step, double fraction) ->
                                progress.add(version + " " + step + " " + fraction));
    }

    private void assertFails(String os, String message, String remedy) {
        assertThatThrownBy(() -> build(os))
                .isInstanceOfSatisfying(
                        WhisperSpeedtestException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.ENVIRONMENT))
                .hasMessageContaining(message)
                .hasMessageContaining(remedy);
    }

    private void assertNoTemporaryFiles() throws IOException {
        assertNoTemporaryFiles("1.9.3");
    }

    private void assertNoTemporaryFiles(String version) throws IOException {
        assertThat(names(engines)).containsExactly(".lock", version, "build-" + version + ".log");
        assertThat(names(engines.resolve(version)))
                .as("the link and its target")
                .hasSize(2);
    }

    private void cmake(String configure, String build) throws IOException {
        program("cmake", """
                HOME_OF_TEST='%s'
                case "$1" in
                --version) echo 'cmake version 3.14.0'; exit 0 ;;
                -S)
                :
                %s
                ;;
                --build)
                :
                %s
                ;;
                esac
                """.formatted(home, configure, build));
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
