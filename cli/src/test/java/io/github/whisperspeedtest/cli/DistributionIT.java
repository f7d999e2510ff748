package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.files.testing.DocumentedCode;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.registry.ProviderJar;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built distribution, unpacked anywhere and started by its script, as a user has it. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DistributionIT {
    @TempDir
    private static Path shared;

    private static Path tool;

    @TempDir
    private Path directory;

    private Path home;

    /** Copied to a path with a space, which breaks careless scripts. */
    @BeforeAll
    static void copyDistribution() throws IOException {
        Path built = Path.of(System.getProperty("distribution.directory"));
        Path copy = shared.resolve("my tools");
        try (Stream<Path> files = Files.walk(built)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(built.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                    assertThat(target.toFile().setExecutable(Files.isExecutable(file)))
                            .isTrue();
                }
            }
        }
        tool = copy.resolve("bin/whisper-speedtest");
    }

    @BeforeEach
    void createHome() throws IOException {
        home = UnpackedLibraries.shareWith(directory.resolve("home"));
    }

    @AfterEach
    void removePlugins() throws IOException {
        try (Stream<Path> plugins = Files.list(plugins())) {
            for (Path plugin :
                    plugins.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Files.delete(plugin);
            }
        }
    }

    @Test
    void containsExpectedFiles() throws IOException {
        Path root = tool.getParent().getParent();
        assertThat(tool).isExecutable();
        assertThat(root.resolve("try-it")).isExecutable();
        assertThat(root.resolve("LICENSE")).exists();
        assertThat(root.resolve("README.md")).exists();
        assertThat(root.resolve("plugins")).isDirectory();
        Matcher links =
                Pattern.compile("]\\((?!https?:|#)([^)#]+)").matcher(Files.readString(root.resolve("README.md")));
        assertThat(links.results().map(link -> root.resolve(link.group(1))))
                .as("what the README links to")
                .isNotEmpty()
                .allMatch(Files::exists);
        try (Stream<Path> jars = Files.list(root.resolve("lib"))) {
            List<String> names = jars.map(jar -> jar.getFileName().toString()).toList();
            assertThat(names.stream().filter(name -> name.startsWith("pytorch-native-")))
                    .as("the libraries of one platform")
                    .hasSize(1);
            assertThat(names)
                    .anyMatch(name -> name.startsWith("whisper-speedtest-core-"))
                    .anyMatch(name -> name.startsWith("whisper-speedtest-backend-whispercpp-"))
                    .noneMatch(name -> name.contains("junit") || name.contains("assertj"));
        }
    }

    @Test
    void benchmarksThroughSymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("linked"), tool);
        Run run = run(link, "benchmark", "-n", "1");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        assertThat(run.out).contains("whispercpp", "0.0 %", "is a demo that knows 65 words");
        assertThat(run.err).contains("Results saved to " + home);
    }

    @Test
    void transcribes() throws Exception {
        SpeechSample sample = MicroSamples.named("de_single_03.flac");
        Path recording = directory.resolve("Äußerung 1.flac");
        try (InputStream in = sample.open()) {
            Files.copy(in, recording);
        }
        Run run = run(tool, "transcribe", recording.toString());
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        assertThat(run.out).isEqualToIgnoringNewLines(sample.reference() + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_YY", "xx_YY.UTF-8", ""})
    void handlesFileNamesInEveryLocale(String locale) throws Exception {
        SpeechSample sample = MicroSamples.named("de_single_03.flac");
        Path recordings = Files.createDirectory(directory.resolve("Äö 日本"));
        try (InputStream in = sample.open()) {
            Files.copy(in, recordings.resolve("Äußerung 1.flac"));
        }
        Path transcripts = directory.resolve("Ausgabe ß");

        for (String variable : List.of("LC_ALL", "LANG")) {
            Run run = run(
                    environment -> {
                        environment.keySet().removeIf(name -> name.equals("LANG") || name.startsWith("LC_"));
                        environment.put(variable, locale);
                    },
                    tool,
                    "transcribe",
                    "-i",
                    "faster",
                    recordings.toString(),
                    "-o",
                    transcripts.toString());

            assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
            assertThat(run.err).contains(transcripts.resolve("Äußerung 1.txt").toString());
            assertThat(transcripts.resolve("Äußerung 1.txt")).content().isEqualToIgnoringNewLines(sample.reference());
            FileTrees.delete(transcripts);
        }
    }

    @Test
    void keepsEverythingBelowTheHomeVariable() throws Exception {
        SpeechSample sample = MicroSamples.named("de_single_03.flac");
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        UnpackedLibraries.shareWith(elsewhere.resolve(".local/share/whisper-speedtest"));
        try (InputStream in = sample.open()) {
            Files.copy(in, directory.resolve("a.flac"));
        }

        for (String implementation : List.of("whispercpp", "mlx", "mps")) {
            Run run = run(
                    environment -> {
                        environment.keySet().removeAll(List.of(ToolHome.HOME_VARIABLE, "HF_HOME", "XDG_DATA_HOME"));
                        environment.put("HOME", elsewhere.toString());
                        environment.put("XDG_CACHE_HOME", "~/cache");
                        // Java's value for a user id that is not in the password database.
                        environment.put("JAVA_OPTS", "-Duser.home=?");
                    },
                    tool,
                    "transcribe",
                    "-i",
                    implementation,
                    "a.flac",
                    "-o=~/transcripts");

            assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
            assertThat(elsewhere.resolve("transcripts/a.txt")).exists();
            assertThat(elsewhere.resolve(".local/share/whisper-speedtest/models"))
                    .exists();
            assertThat(directory).isDirectoryNotContaining("glob:**{~,[?]}");
        }
    }

    @Test
    void namesVariablesIfHomeIsUnknown() throws Exception {
        Run run = run(
                environment -> {
                    environment.keySet().removeAll(List.of(ToolHome.HOME_VARIABLE, "HOME", "XDG_DATA_HOME"));
                    environment.put("JAVA_OPTS", "-Duser.home=?");
                },
                tool,
                "cache",
                "path");

        assertThat(run.exitCode).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err).contains("HOME", ToolHome.HOME_VARIABLE, "HF_HOME");
        assertThat(directory).isDirectoryNotContaining("glob:**[?]");
    }

    @Test
    void anInvalidHubConfigurationAffectsOnlyDownloads() throws Exception {
        Consumer<Map<String, String>> bad = environment -> {
            environment.put("HF_ENDPOINT", "not an address");
            environment.put("HF_TOKEN_PATH", directory.toString());
            environment.remove("HF_TOKEN");
        };
        for (List<String> line : List.of(
                List.of("cache", "path"),
                List.of("cache", "list"),
                List.of("check-models", "-i", "faster", "-m", "micro"),
                List.of("convert", "micro", "--to", "faster", "--name", "mine"),
                List.of("benchmark", "-i", "faster", "-n", "1", "--warmup", "0"),
                List.of("list"))) {
            Run run = run(bad, tool, line.toArray(String[]::new));
            assertThat(run.exitCode).as(line + "\n" + run.err).isEqualTo(ExitCode.OK);
        }
        Run download = run(bad, tool, "download", "-i", "faster", "-m", "tiny");
        assertThat(download.exitCode).as(download.err).isEqualTo(ExitCode.USAGE);
        assertThat(download.err).contains("HF_ENDPOINT");
    }

    @Test
    void checksDemoModelAndCachesVerdict() throws Exception {
        for (boolean remembered : new boolean[] {false, true}) {
            Run run = run(tool, "check-models", "--json");
            assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
            JsonNode models = new ObjectMapper().readTree(run.out).get("models");
            assertThat(models)
                    .extracting(model -> model.get("implementation").asText())
                    .containsExactly("coreml", "faster", "insanely", "mlx", "mps", "whispercpp");
            for (JsonNode model : models) {
                JsonNode verdict = model.get("local_cache");
                assertThat(verdict.get("verdict").asText()).isEqualTo("complete");
                assertThat(verdict.get("runtime").asText()).containsPattern("whisper.cpp|ONNX Runtime|MLX|PyTorch");
                assertThat(verdict.get("remembered").asBoolean()).isEqualTo(remembered);
            }
        }
    }

    @Test
    void findsDocumentedBackendInPlugins() throws Exception {
        Map<String, String> classes = DocumentedCode.of(Path.of("..", "docs", "writing-a-backend.md"));
        String contract = "com.example.parrot.ParrotContractTest";
        assertThat(classes)
                .containsOnlyKeys(
                        "com.example.parrot.ParrotImplementation", "com.example.parrot.ParrotTranscriber", contract);
        classes.remove(contract);
        ProviderJar jar = new ProviderJar();
        classes.forEach(jar::source);
        jar.service("com.example.parrot.ParrotImplementation").write(plugins().resolve("parrot.jar"));

        JsonNode list = new ObjectMapper().readTree(run(tool, "list", "--json").out);
        assertThat(list.get("implementations"))
                .extracting(node -> node.get("id").asText())
                .containsExactly("coreml", "faster", "insanely", "mlx", "mps", "parrot", "whispercpp");

        Path recording = Files.createFile(directory.resolve("a.wav"));
        Run subtitles = run(tool, "transcribe", recording.toString(), "-i", "parrot", "-f", "srt", "--highlight-words");
        assertThat(subtitles.exitCode).as(subtitles.err).isEqualTo(ExitCode.USAGE);
        assertThat(subtitles.err)
                .contains("'parrot' does not support the option timestamps=word. --highlight-words needs it.");

        Run benchmark = run(tool, "benchmark", "-n", "1", "--warmup", "0", "--json", "-");
        assertThat(benchmark.exitCode).as(benchmark.err).isEqualTo(ExitCode.OK);
        BenchmarkReport report = JsonReport.parse(benchmark.out, "standard output");
        assertThat(report.ranking())
                .extracting(BenchmarkResult::implementation)
                .startsWith("parrot")
                .contains("coreml", "faster", "insanely", "mlx", "mps", "whispercpp");
        BenchmarkResult.Measured parrot = report.ranking().get(0);
        assertThat(parrot.audios().get(0).text()).isEqualTo("Polly wants a cracker.");
        assertThat(parrot.wordErrorRate().orElseThrow().errors()).isPositive();

        List<List<String>> options = List.of(
                List.of("--task", "translate"),
                List.of("--language", "de"),
                List.of("--temperature", "0.4"),
                List.of("--beam-size", "2"));
        for (List<String> option : options) {
            List<String> line = new ArrayList<>(List.of("benchmark", "-i", "parrot"));
            line.addAll(option);
            Run refused = run(tool, line.toArray(String[]::new));
            assertThat(refused.exitCode).as(option.get(0)).isEqualTo(ExitCode.FAILED);
            assertThat(refused.out).contains("'parrot' does not support the option");
        }
    }

    @Test
    void survivesEngineThatEndsItsProcess() throws Exception {
        Map<String, String> classes = DocumentedCode.of(Path.of("..", "docs", "writing-a-backend.md"));
        classes.remove("com.example.parrot.ParrotContractTest");
        ProviderJar jar = new ProviderJar();
        classes.forEach((name, source) -> jar.source(name, name.endsWith("Implementation") ? mortal(source) : source));
        jar.service("com.example.parrot.ParrotImplementation").write(plugins().resolve("mortal.jar"));
        Path recording = directory.resolve("a.wav");
        LongRecording.write(recording, 1);

        Run run = run(tool, "transcribe", recording.toString(), "-i", "parrot");

        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.INTERNAL);
        assertThat(run.out).isEmpty();
        assertThat(run.err)
                .contains(
                        "error: The engine ended its process (SIGKILL). The parrot dies of hunger. Close other programs");
    }

    /** Returns the source of an engine that ends its process while it loads a model. */
    private static String mortal(String source) {
        int end = source.lastIndexOf('}');
        String ends = """
                    @Override
                    public java.util.Optional<String> crashRisk(LoadOptions options) {
                        return java.util.Optional.of("The parrot dies of hunger");
                    }

                    static {
                        if (Boolean.getBoolean("whisperspeedtest.isolated")) {
                            try {
                                new ProcessBuilder("kill", "-KILL", "" + ProcessHandle.current().pid()).start().waitFor();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        }
                    }
                """;
        return source.substring(0, end) + ends + source.substring(end);
    }

    @Test
    void startsWithClassesThatItKept() throws Exception {
        Path root = tool.getParent().getParent();
        String[] arguments = {"transcribe", "-i", "faster", demoRecording().toString()};
        String text = MicroSamples.named("de_single_03.flac").reference() + "\n";
        FileTrees.delete(root.resolve("classes"));
        Run first = run(tool, arguments);
        assertThat(first.exitCode).as(first.err).isEqualTo(ExitCode.OK);
        assertThat(first.out).isEqualToIgnoringNewLines(text);
        assertThat(first.err).doesNotContain("Dynamic dump", "jcmd");
        List<Path> archives = archives(root);
        assertThat(archives).hasSize(1);

        Path log = directory.resolve("classes.log");
        Run second = run(environment -> environment.put("JAVA_OPTS", "-Xlog:class+load:file=" + log), tool, arguments);
        assertThat(second.out).as(second.err).isEqualToIgnoringNewLines(text);
        assertThat(Files.readAllLines(log))
                .filteredOn(line -> line.contains("shared objects file (top)"))
                .hasSizeGreaterThan(300);

        byte[] damaged = Files.readAllBytes(archives.get(0));
        Arrays.fill(damaged, damaged.length / 4, damaged.length / 2, (byte) 0x5a);
        assertThat(archives.get(0).toFile().setWritable(true)).isTrue();
        Files.write(archives.get(0), damaged);
        Run third = run(tool, arguments);
        assertThat(third.out).as(third.err).isEqualToIgnoringNewLines(text);
        Files.delete(archives.get(0));
    }

    private Path demoRecording() throws IOException {
        Path recording = directory.resolve("de_single_03.flac");
        try (InputStream in = MicroSamples.named("de_single_03.flac").open()) {
            Files.copy(in, recording);
        }
        return recording;
    }

    private static List<Path> archives(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("classes"))) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        }
    }

    @Test
    void keepsClassesOfTranscriptionsOnly() throws Exception {
        Path classes = tool.getParent().getParent().resolve("classes");
        FileTrees.delete(classes);
        assertThat(run(tool, "transcribe", "--help").exitCode).isEqualTo(ExitCode.OK);
        assertThat(run(tool, "list", "models").exitCode).isEqualTo(ExitCode.OK);
        assertThat(run(tool, "transcribe", "none.wav").exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(classes).doesNotExist();
    }

    @Test
    void startsWithoutSharedClasses() throws Exception {
        Path root = tool.getParent().getParent();
        FileTrees.delete(root.resolve("classes"));
        String[] arguments = {"transcribe", "-i", "faster", demoRecording().toString()};
        Consumer<Map<String, String>> without = environment -> environment.put("JAVA_OPTS", "-Xshare:off");
        Run first = run(without, tool, arguments);
        assertThat(first.exitCode).as(first.out + first.err).isEqualTo(ExitCode.OK);
        assertThat(root.resolve("classes")).doesNotExist();
        assertThat(run(tool, arguments).exitCode).isEqualTo(ExitCode.OK);
        assertThat(archives(root)).hasSize(1);
        Run second = run(without, tool, arguments);
        assertThat(second.exitCode).as(second.out + second.err).isEqualTo(ExitCode.OK);
    }

    @Test
    void replacesClassesOfAnotherJavaBehindTheSameLauncher() throws Exception {
        Path root = tool.getParent().getParent();
        FileTrees.delete(root.resolve("classes"));
        String[] arguments = {"transcribe", "-i", "faster", demoRecording().toString()};
        run(tool, arguments);
        Path archive = archives(root).get(0);
        Files.writeString(archive.resolveSibling(archive.getFileName() + ".java"), "another Java");
        assertThat(run(tool, arguments).exitCode).isEqualTo(ExitCode.OK);
        assertThat(archive).doesNotExist();
        run(tool, arguments);
        assertThat(archive).exists();
    }

    @Test
    void ignoresBrokenPlugin() throws Exception {
        new ProviderJar()
                .implementation("com.example.Newer", "newer", "")
                .javaVersion("com.example.Newer", 99)
                .write(plugins().resolve("newer.jar"));
        Files.writeString(plugins().resolve("torn.jar"), "not a jar");

        Run run = run(tool, "list");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        assertThat(run.out)
                .contains(
                        "whispercpp",
                        "Unavailable:",
                        "com.example.Newer",
                        "99",
                        plugins().resolve("torn.jar") + "");
    }

    @Test
    void exitCodesDistinguishErrors() throws Exception {
        assertThat(run(tool, "benchmark", "-i", "nobody").exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(run(tool, "transcribe", "none.wav").exitCode).isEqualTo(ExitCode.USAGE);
        Run help = run(tool, "--help");
        assertThat(help.exitCode).isEqualTo(ExitCode.OK);
        assertThat(help.out).contains("benchmark").doesNotContain("\u001B[");
    }

    private static Path plugins() {
        return tool.getParent().getParent().resolve("plugins");
    }

    private record Run(int exitCode, String out, String err) {}

    private Run run(Path command, String... args) throws IOException, InterruptedException {
        return run(environment -> {}, command, args);
    }

    private Run run(Consumer<Map<String, String>> change, Path command, String... args)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        List<String> line = new ArrayList<>(List.of(command.toString()));
        line.addAll(Arrays.asList(args));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put(ToolHome.HOME_VARIABLE, home.toString());
        builder.environment().put("HF_HOME", directory.resolve("huggingface").toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        change.accept(builder.environment());
        int exitCode = builder.start().waitFor();
        return new Run(exitCode, Files.readString(out), Files.readString(err));
    }
}
