package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.HuggingFaceWriter;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversions of the embedded model between the formats of the backends, which are on the class path, with their real engines. */
@Tag("end-to-end")
class ConvertCommandTest {
    @TempDir
    private static Path home;

    @TempDir
    private static Path shared;

    private static Path source;
    private static Path recording;
    private static String reference;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeAll
    static void writeSource() throws IOException {
        System.setProperty(
                ToolHome.HOME_PROPERTY, UnpackedLibraries.shareWith(home).toString());
        source = Files.createDirectories(shared.resolve("whisper tiny-de"));
        HuggingFaceWriter.write(EmbeddedModel.checkpoint(), "f16", source);
        SpeechSample sample = EmbeddedModel.demoSample();
        recording = shared.resolve(sample.name());
        reference = sample.reference();
        try (InputStream in = sample.open()) {
            Files.copy(in, recording);
        }
    }

    @AfterAll
    static void forgetIt() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @Test
    void convertsSafetensorsDirectoryUnderDescriptiveName() throws IOException {
        assertThat(terminal.run("convert", source.toString(), "--to", "whispercpp", "--quantize", "q5_1"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);

        Path directory = converted("whispercpp", "whisper-tiny-de-q5_1");
        assertThat(terminal.out().strip()).isEqualTo(directory.toString());
        assertThat(terminal.err()).contains("Use it with: -i whispercpp -m whisper-tiny-de-q5_1");
        assertThat(directory.resolve("ggml-whisper-tiny-de-q5_1.bin")).isNotEmptyFile();
        assertTranscribes("whispercpp", "whisper-tiny-de-q5_1");
        assertListed("whispercpp", "whisper-tiny-de-q5_1");
    }

    @Test
    void convertsToCTranslate2AndBackToGgml() {
        assertThat(terminal.run("convert", "micro", "--to", "faster", "--name", "mine"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).contains("(int8, ");
        assertThat(converted("faster", "mine").resolve("model.bin")).isNotEmptyFile();
        assertTranscribes("faster", "mine");
        assertListed("faster", "mine");

        assertThat(terminal.run("convert", "faster:mine", "--to", "whispercpp")).isEqualTo(ExitCode.OK);
        assertTranscribes("whispercpp", "mine-f16");
        assertThat(terminal.run("convert", converted("faster", "mine").toString(), "--to", "coreml", "--name", "back"))
                .isEqualTo(ExitCode.OK);
        assertTranscribes("coreml", "back");
    }

    @Test
    void convertsToAndFromOpenAiCheckpoint() {
        assertThat(terminal.run("convert", source.toString(), "--to", "mps", "--name", "checkpoint"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        Path weights = converted("mps", "checkpoint").resolve("checkpoint.pt");
        assertThat(weights).isNotEmptyFile();
        assertTranscribes("mps", "checkpoint");

        assertThat(terminal.run("convert", weights.toString(), "--to", "insanely", "--name", "of-checkpoint"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertTranscribes("insanely", "of-checkpoint");
    }

    @Test
    void convertsToAndFromFourBitMlx() {
        assertThat(terminal.run("convert", source.toString(), "--to", "mlx", "--name", "groups"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).contains("(q4, ");
        assertThat(converted("mlx", "groups").resolve("weights.safetensors")).isNotEmptyFile();
        assertTranscribes("mlx", "groups");
        assertListed("mlx", "groups");

        assertThat(terminal.run("convert", "mlx:groups", "--to", "coreml", "--name", "of-groups"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertTranscribes("coreml", "of-groups");
    }

    @ParameterizedTest
    @CsvSource({"faster, int8", "coreml, f16", "insanely, f16", "mlx, f16", "mps, f16"})
    void convertsGgmlToEveryOtherFormat(String target, String quantization) throws IOException {
        Path ggml = Files.createDirectories(shared.resolve("ggml-" + target)).resolve("ggml-micro-q8_0.bin");
        new GgmlWriter().write(EmbeddedModel.checkpoint(), "q8_0", ggml.getParent(), List.of("ggml-micro-q8_0.bin"));

        assertThat(terminal.run(
                        "convert", ggml.toString(), "--to", target, "--quantize", quantization, "--name", "of-ggml"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err())
                .contains("note: the weights were dequantised from q8_0, which does not restore their precision\n");
        assertTranscribes(target, "of-ggml");
    }

    @Test
    void convertsGgmlByNameAndDirectory() throws IOException {
        assertThat(terminal.run("convert", "whispercpp:micro", "--to", "coreml", "--name", "of-installed"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).doesNotContain("note:");
        assertTranscribes("coreml", "of-installed");

        Path directory = Files.createDirectories(shared.resolve("whisper.cpp"));
        Files.writeString(directory.resolve("README.md"), "A model");
        new GgmlWriter().write(EmbeddedModel.checkpoint(), "q5_0", directory, List.of("ggml-micro-q5_0.bin"));
        assertThat(terminal.run("convert", directory.toString(), "--to", "whispercpp", "--name", "of-directory"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).contains("(f16, ", "dequantised from q5_0");
        assertTranscribes("whispercpp", "of-directory");
    }

    @Test
    void singleFileSelectsItsWholeModel() {
        String weights = source.resolve("model.safetensors").toString();
        assertThat(terminal.run("convert", weights, "--to", "faster", "--name", "of-file"))
                .isEqualTo(ExitCode.OK);
        assertThat(converted("faster", "of-file").resolve("model.bin")).isNotEmptyFile();
    }

    @Test
    void replacesExistingModelOnlyOnRequest() throws IOException {
        Path file = converted("whispercpp", "again").resolve("ggml-again.bin");
        assertThat(terminal.run("convert", "micro", "--to", "whispercpp", "--name", "again"))
                .isEqualTo(ExitCode.OK);
        long f16 = Files.size(file);
        String[] smaller = {"convert", "micro", "--to", "whispercpp", "--name", "again", "--quantize", "q8_0"};

        assertThat(terminal.run(smaller)).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("The model 'again' already exists", "--force", "--name");
        assertThat(file).hasSize(f16);

        assertThat(terminal.run(
                        Stream.concat(Stream.of(smaller), Stream.of("--force")).toArray(String[]::new)))
                .isEqualTo(ExitCode.OK);
        assertThat(Files.size(file)).isLessThan(f16);
        assertTranscribes("whispercpp", "again");
    }

    @Test
    void rejectsImpossibleConversions() throws IOException {
        Path ggml = Files.writeString(shared.resolve("ggml-x.bin"), "GGML");
        assertRefused("There is no file or directory 'tiny'", "tiny", "--to", "whispercpp");
        assertRefused("There is no implementation 'nobody'", "micro", "--to", "nobody");
        assertRefused("There is no implementation 'nobody'", "nobody:tiny", "--to", "faster");
        assertRefused("has no model 'gigantic'", "faster:gigantic", "--to", "whispercpp");
        assertRefused("quantize=q9", "micro", "--to", "whispercpp", "--quantize", "q9");
        assertRefused("Invalid model name '../x'", "micro", "--to", "whispercpp", "--name", "../x");
        assertRefused("already has a model 'small'", "micro", "--to", "whispercpp", "--name", "small");
        assertRefused("already has a model 'random-tiny'", "micro", "--to", "whispercpp", "--name", "random-tiny");
        assertRefused("--to", "micro");

        CapturedTerminal other = new CapturedTerminal();
        assertThat(other.run("convert", "faster:tiny", "--to", "whispercpp")).isEqualTo(ExitCode.MODEL);
        assertThat(other.err()).contains("whisper-speedtest download -i faster -m tiny");
        assertThat(other.run("convert", shared.resolve("empty").toString(), "--to", "faster"))
                .isEqualTo(ExitCode.USAGE);
        Files.createDirectories(shared.resolve("empty"));
        assertThat(other.run("convert", shared.resolve("empty").toString(), "--to", "faster"))
                .isEqualTo(ExitCode.MODEL);
        assertThat(other.run("convert", ggml.toString(), "--to", "faster")).isEqualTo(ExitCode.MODEL);
        assertThat(other.err()).contains("ggml-x.bin is not a GGML model of whisper.cpp");
        Path text = Files.writeString(shared.resolve("empty").resolve("notes.txt"), "Things to remember");
        assertThat(other.run("convert", text.toString(), "--to", "faster")).isEqualTo(ExitCode.MODEL);
        assertThat(other.err()).contains("notes.txt is not in a readable format");
    }

    @Test
    void damagedSourceLeavesNoFiles() throws IOException {
        Path damaged = Files.createDirectories(shared.resolve("damaged"));
        for (String name : List.of("config.json", "generation_config.json", "tokenizer.json")) {
            Files.copy(source.resolve(name), damaged.resolve(name));
        }
        byte[] weights = Files.readAllBytes(source.resolve("model.safetensors"));
        Files.write(damaged.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length / 2));

        assertThat(terminal.run("convert", damaged.toString(), "--to", "whispercpp"))
                .isEqualTo(ExitCode.MODEL);
        assertThat(terminal.err()).contains("model.safetensors");
        assertThat(converted("whispercpp", "damaged-f16")).doesNotExist();
        Path others = home.resolve("models/converted/whispercpp");
        if (Files.exists(others)) {
            try (Stream<Path> left = Files.list(others)) {
                assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.contains("damaged"));
            }
        }
    }

    private static Path converted(String implementation, String name) {
        return home.resolve("models/converted").resolve(implementation).resolve(name);
    }

    private static void assertTranscribes(String implementation, String model) {
        CapturedTerminal other = new CapturedTerminal();
        assertThat(other.run("transcribe", recording.toString(), "-i", implementation, "-m", model, "--no-vad"))
                .as(other.err())
                .isEqualTo(ExitCode.OK);
        assertThat(String.join(" ", other.out().strip().split("\\s+"))).isEqualTo(reference);
    }

    private static void assertListed(String implementation, String model) {
        CapturedTerminal other = new CapturedTerminal();
        assertThat(other.run("check-models", "-i", implementation, "-m", model)).isEqualTo(ExitCode.OK);
        assertThat(other.out()).contains(model);
        assertThat(other.run("list")).isEqualTo(ExitCode.OK);
        assertThat(other.out()).containsPattern(implementation + " .*" + model + "\\b");
    }

    private static void assertRefused(String message, String... arguments) {
        CapturedTerminal other = new CapturedTerminal();
        String[] command =
                Stream.concat(Stream.of("convert"), Stream.of(arguments)).toArray(String[]::new);
        assertThat(other.run(command)).as(other.err()).isEqualTo(ExitCode.USAGE);
        assertThat(other.err()).contains(message);
    }
}
