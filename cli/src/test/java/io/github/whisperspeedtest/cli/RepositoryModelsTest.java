package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models named by their repository, in the layouts that people publish, on a hub on this machine. */
@Tag("end-to-end")
class RepositoryModelsTest {
    private static final List<String> IDS = List.of("coreml", "faster", "insanely", "mlx", "mps", "whispercpp");

    /** Text of the recording, as all implementations write it. */
    private static String reference;

    private static Path recording;
    private static Path temporary;
    private static HubServer hub;
    private static PublishedRepositories published;

    @BeforeAll
    static void publish(@TempDir Path directory) throws IOException {
        temporary = directory;
        System.setProperty(ToolHome.HOME_PROPERTY, directory.resolve("home").toString());
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        reference = sample.reference();
        recording = directory.resolve(sample.name());
        try (InputStream in = sample.open()) {
            Files.copy(in, recording);
        }
        published = PublishedRepositories.write(directory.resolve("written"));
        hub = HubServer.start();
        published.publish(hub);
        System.setProperty(HubAccess.ENDPOINT_PROPERTY, hub.endpoint().toString());
        System.setProperty(HubAccess.CACHE_PROPERTY, directory.resolve("hub").toString());
    }

    @AfterAll
    static void stopHub() throws IOException {
        hub.close();
        List.of(ToolHome.HOME_PROPERTY, HubAccess.ENDPOINT_PROPERTY, HubAccess.CACHE_PROPERTY)
                .forEach(System::clearProperty);
    }

    @ParameterizedTest
    @CsvSource({
        PublishedRepositories.FINE_TUNE + ", coreml insanely",
        PublishedRepositories.SHARDED + ", coreml insanely",
        PublishedRepositories.DISTIL + ", coreml insanely",
        PublishedRepositories.CTRANSLATE2 + ", faster",
        PublishedRepositories.OLD_CTRANSLATE2 + ", faster",
        PublishedRepositories.MLX_WEIGHTS + ", mlx",
        PublishedRepositories.MLX_MODEL + ", mlx",
        PublishedRepositories.MLX_NPZ + ", mlx",
        PublishedRepositories.ONE_GGML + ", whispercpp",
        PublishedRepositories.GGML + ":ggml-size3.bin, whispercpp",
        PublishedRepositories.OPENAI + ", mps"
    })
    void implementationsOfItsFormatDownloadCheckAndTranscribe(String model, String able) throws IOException {
        List<String> ids = List.of(able.split(" "));

        CapturedTerminal download = new CapturedTerminal();
        assertThat(download.run("download", "-m", model)).as(download.err()).isEqualTo(ExitCode.OK);
        CapturedTerminal check = new CapturedTerminal();
        assertThat(check.run("check-models", "-m", model, "--json"))
                .as(check.out() + check.err())
                .isEqualTo(ExitCode.OK);

        JsonNode report = new ObjectMapper().readTree(check.out());
        assertThat(report.findValuesAsText("implementation")).containsExactlyElementsOf(ids);
        for (String id : ids) {
            CapturedTerminal transcribe = new CapturedTerminal();
            assertThat(transcribe.run("transcribe", "-i", id, "-m", model, recording.toString()))
                    .as(transcribe.err())
                    .isEqualTo(ExitCode.OK);
            if (!model.equals(PublishedRepositories.DISTIL)) {
                assertThat(transcribe.out().strip()).isEqualTo(reference);
            }
        }
        for (String id : IDS) {
            if (!ids.contains(id)) {
                CapturedTerminal other = new CapturedTerminal();
                assertThat(other.run("transcribe", "-i", id, "-m", model, recording.toString()))
                        .isEqualTo(ExitCode.USAGE);
                assertThat(other.err())
                        .contains(model + " is not in the format of " + id)
                        .contains("Use it with -i " + String.join(",", ids) + ".")
                        .contains("whisper-speedtest convert " + model + " --to " + id);
            }
        }
    }

    @Test
    void commandsAcceptUrlsPrefixesRevisionsAndPaths() throws IOException {
        Path directory = temporary.resolve("copy");
        published.writeTo(directory, PublishedRepositories.CTRANSLATE2);
        assertThat(new CapturedTerminal().run("download", "-m", PublishedRepositories.CTRANSLATE2))
                .isEqualTo(ExitCode.OK);
        String commit = Files.readString(temporary.resolve("hub/models--acme--faster-whisper/refs/main"));
        for (String model : List.of(
                "hf:" + PublishedRepositories.CTRANSLATE2,
                "https://huggingface.co/" + PublishedRepositories.CTRANSLATE2,
                "https://huggingface.co/" + PublishedRepositories.CTRANSLATE2 + "/tree/main",
                PublishedRepositories.CTRANSLATE2 + "@" + commit,
                directory.toString(),
                directory.resolve("model.bin").toString(),
                temporary.resolve("hub/models--acme--faster-whisper").toString())) {
            CapturedTerminal transcribe = new CapturedTerminal();
            assertThat(transcribe.run("transcribe", "-m", model, recording.toString()))
                    .as(model + ": " + transcribe.err())
                    .isEqualTo(ExitCode.OK);
            assertThat(transcribe.out().strip()).isEqualTo(reference);
            assertThat(transcribe.err()).contains("ONNX Runtime");
        }
    }

    @ParameterizedTest
    @CsvSource({"faster", "mlx", "mps", "whispercpp"})
    void fineTuneIsConvertedForEveryOtherImplementation(String id) {
        String model = PublishedRepositories.FINE_TUNE;
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("transcribe", "-i", id, "-m", model, "--convert", "--download", recording.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out().strip()).isEqualTo(reference);

        long before = converted(id);
        CapturedTerminal again = new CapturedTerminal();
        assertThat(again.run("transcribe", "-i", id, "-m", model, "--convert", recording.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(converted(id)).as("the conversion is kept").isEqualTo(before);
        assertThat(before).isEqualTo(1);
    }

    @Test
    void ggmlIsConvertedForOtherImplementations() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run(
                        "transcribe",
                        "-i",
                        "coreml",
                        "-m",
                        PublishedRepositories.ONE_GGML,
                        "--convert",
                        "--download",
                        recording.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out().strip()).isEqualTo(reference);
    }

    @Test
    void benchmarkComparesAFineTuneOnEveryImplementation() throws IOException {
        String model = PublishedRepositories.FINE_TUNE;
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run(
                        "benchmark",
                        "-m",
                        model,
                        "--convert",
                        "--download",
                        "-n",
                        "1",
                        "--warmup",
                        "0",
                        "-a",
                        recording.toString(),
                        "--reference-text",
                        reference,
                        "--json",
                        "-"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        JsonNode results = new ObjectMapper().readTree(terminal.out()).get("results");
        assertThat(results.findValuesAsText("implementation")).containsExactlyInAnyOrderElementsOf(IDS);
        for (JsonNode result : results) {
            boolean own = List.of("coreml", "insanely")
                    .contains(result.get("implementation").asText());
            assertThat(result.at("/parameters/model").asText()).isEqualTo(own ? model : model + " (converted)");
            assertThat(result.findValue("text").asText().strip()).isEqualTo(reference);
        }

        CapturedTerminal plain = new CapturedTerminal();
        assertThat(plain.run("benchmark", "-m", model, "-n", "1", "--warmup", "0", "-a", recording.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(plain.err())
                .contains("note: " + model + " is not in the format of faster, mlx, mps, whispercpp; add --convert");
    }

    private static long converted(String id) {
        try (Stream<Path> models =
                Files.list(temporary.resolve("home/models/converted").resolve(id))) {
            return models.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void repositoryIsASourceOfConversions() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(new CapturedTerminal().run("download", "-m", PublishedRepositories.CTRANSLATE2))
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.run("convert", PublishedRepositories.CTRANSLATE2, "--to", "mps", "--name", "from-hub"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).contains("Use it with: -i mps -m from-hub");
    }

    @Test
    void manyGgmlFilesAskForAChoice() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("transcribe", "-m", PublishedRepositories.GGML, recording.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err())
                .contains("has 15 GGML files. Choose one: " + PublishedRepositories.GGML + ":ggml-size0.bin");

        CapturedTerminal wrong = new CapturedTerminal();
        assertThat(wrong.run("transcribe", "-m", PublishedRepositories.GGML + ":ggml-size99.bin", recording.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(wrong.err()).contains("has no file 'ggml-size99.bin'. Did you mean 'ggml-size9.bin'?");
    }

    @ParameterizedTest
    @CsvSource({
        "parakeet_ctc, a Parakeet speech recognition model",
        "moonshine, a Moonshine speech recognition model",
        "wav2vec2, a wav2vec 2.0 speech model",
        "llama, a model of the type 'llama'"
    })
    void otherFamiliesAreNamed(String type, String family) {
        String repository = "others/" + type.replace('_', '-');
        hub.file(repository, "config.json", ("{\"model_type\": \"" + type + "\"}").getBytes(StandardCharsets.UTF_8))
                .file(repository, "model.safetensors", new byte[100])
                .commit(repository);
        for (String command : List.of("transcribe", "benchmark", "download", "check-models")) {
            CapturedTerminal terminal = new CapturedTerminal();
            List<String> arguments = command.equals("transcribe")
                    ? List.of(command, "-m", repository, recording.toString())
                    : List.of(command, "-m", repository);
            assertThat(terminal.run(arguments.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
            assertThat(terminal.err())
                    .isEqualTo(
                            "error: " + repository + " is " + family + ", not a Whisper model. Use a Whisper model.\n");
        }
    }

    @Test
    void adoptedDirectoryHasModelsUntilItIsRemoved() throws IOException {
        Path others = temporary.resolve("whisper.cpp models");
        published.writeTo(others, PublishedRepositories.ONE_GGML);
        Files.move(others.resolve("ggml-model.bin"), others.resolve("ggml-base-q8_0.bin"));
        CapturedTerminal before = new CapturedTerminal();
        assertThat(before.run("transcribe", "-m", "base-q8_0", recording.toString()))
                .isEqualTo(ExitCode.MODEL);

        CapturedTerminal adopt = new CapturedTerminal();
        assertThat(adopt.run("cache", "adopt", others.toString())).isEqualTo(ExitCode.OK);
        assertThat(adopt.out()).containsPattern("(?m)^whispercpp base-q8_0$");
        CapturedTerminal path = new CapturedTerminal();
        path.run("cache", "path");
        assertThat(path.out()).contains("also searched:      " + others);
        CapturedTerminal transcribe = new CapturedTerminal();
        assertThat(transcribe.run("transcribe", "-m", "base-q8_0", recording.toString()))
                .as(transcribe.err())
                .isEqualTo(ExitCode.OK);
        assertThat(transcribe.out().strip()).isEqualTo(reference);

        assertThat(new CapturedTerminal().run("cache", "adopt", "--remove", others.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(new CapturedTerminal().run("transcribe", "-m", "base-q8_0", recording.toString()))
                .isEqualTo(ExitCode.MODEL);
        assertThat(others.resolve("ggml-base-q8_0.bin")).exists();
        CapturedTerminal missing = new CapturedTerminal();
        assertThat(missing.run("cache", "adopt", temporary.resolve("none").toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(missing.err()).contains("is not a readable directory");
    }

    @Test
    void severalModelsRunOneAfterTheOther() throws IOException {
        CapturedTerminal text = new CapturedTerminal();
        assertThat(text.run("transcribe", "-i", "whispercpp", "-m", "micro,MICRO-q8_0", recording.toString()))
                .as(text.err())
                .isEqualTo(ExitCode.OK);
        assertThat(text.out().lines()).containsExactly("# micro", reference, "# MICRO-q8_0", reference);

        Path output = temporary.resolve("texts");
        assertThat(new CapturedTerminal()
                        .run(
                                "transcribe",
                                "-i",
                                "whispercpp",
                                "-m",
                                "micro,micro-q8_0",
                                "-f",
                                "txt,srt",
                                "-o",
                                output.toString(),
                                recording.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(output.resolve("en_single_04.micro.srt")).exists();
        assertThat(output.resolve("en_single_04.micro-q8_0.txt")).hasContent(reference);

        Path results = temporary.resolve("results.json");
        CapturedTerminal benchmark = new CapturedTerminal();
        assertThat(benchmark.run(
                        "benchmark",
                        "-i",
                        "whispercpp",
                        "-m",
                        "micro,micro-q8_0",
                        "-n",
                        "1",
                        "--warmup",
                        "0",
                        "-a",
                        recording.toString(),
                        "--json",
                        results.toString()))
                .as(benchmark.err())
                .isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(results.toFile());
        assertThat(json.at("/settings/model").asText()).isEqualTo("micro,micro-q8_0");
        assertThat(json.get("results").findValuesAsText("candidate"))
                .containsExactly("whispercpp/micro", "whispercpp/micro-q8_0");
    }

    @ParameterizedTest
    @CsvSource({"transcribe", "benchmark", "download", "check-models"})
    void unknownNameIsOneLineBeforeAnythingRuns(String command) {
        CapturedTerminal terminal = new CapturedTerminal();
        List<String> arguments = command.equals("transcribe")
                ? List.of(command, "-m", "micro,trubo", recording.toString())
                : List.of(command, "-m", "micro,trubo");
        assertThat(terminal.run(arguments.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).contains("Did you mean 'turbo'?").hasLineCount(1);
    }

    @Test
    void nemoArchiveIsRecognisedWithoutConfig() {
        hub.file("others/canary", "canary-1b.nemo", new byte[100]).commit("others/canary");
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("download", "-m", "others/canary")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("others/canary is a model of NVIDIA NeMo, such as Parakeet or Canary");
    }

    @Test
    void inaccessibleRepositoriesEachHaveALine() {
        hub.file("others/gated", "config.json", new byte[2]).commit("others/gated");
        hub.gate("others/gated");
        hub.file("others/private", "config.json", new byte[2]).commit("others/private");
        hub.protect("others/private", "hf_secret");
        hub.redirect("acme/former-name", PublishedRepositories.ONE_GGML);

        Map.of(
                        "others/gated",
                        "It is gated: accept its terms at",
                        "others/private",
                        "There is no such repository, or it is private",
                        "others/removed",
                        "There is no such repository, or it is private",
                        PublishedRepositories.ONE_GGML + "@v9",
                        "There is no revision 'v9'")
                .forEach((model, line) -> {
                    CapturedTerminal terminal = new CapturedTerminal();
                    assertThat(terminal.run("download", "-m", model)).as(model).isEqualTo(ExitCode.USAGE);
                    assertThat(terminal.err()).contains(line).hasLineCount(1);
                });
        CapturedTerminal renamed = new CapturedTerminal();
        assertThat(renamed.run("download", "-m", "acme/former-name")).isEqualTo(ExitCode.OK);
    }
}
