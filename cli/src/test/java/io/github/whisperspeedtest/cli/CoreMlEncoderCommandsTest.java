package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.ToolHome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in processes that take this machine for a Mac. They load no model, because there is no Core ML here. */
@Tag("processes")
class CoreMlEncoderCommandsTest {
    private static final String REPOSITORY = "ggerganov/whisper.cpp";
    private static final String ENCODER = "ggml-tiny-encoder.mlmodelc";
    private static final byte[] WEIGHTS = HubServer.content(100_000, 1);

    private static byte[] model;

    @TempDir
    private Path directory;

    private HubServer hub;
    private String output = "";

    @BeforeAll
    static void writeModel(@TempDir Path models) throws IOException {
        WhisperSpeedtest.create()
                .registry()
                .require("whispercpp")
                .checkpointWriter()
                .orElseThrow()
                .write(EmbeddedModel.checkpoint(), "q5_1", models, List.of("model.bin"));
        model = Files.readAllBytes(models.resolve("model.bin"));
    }

    @BeforeEach
    void startHub() throws IOException {
        hub = HubServer.start()
                .largeFile(REPOSITORY, "ggml-tiny-q5_1.bin", model)
                .largeFile(REPOSITORY, ENCODER + ".zip", archive());
        hub.commit(REPOSITORY);
    }

    @AfterEach
    void stopHub() throws IOException {
        hub.close();
    }

    @Test
    void downloadsEncoderNamesDamageAndRepairsIt() throws Exception {
        assertThat(run("Mac OS X", "check-models")).isEqualTo(ExitCode.MODEL);
        assertThat(output).contains("To download: 47.5 MB.");
        assertThat(run("Mac OS X", "download")).as(output).isEqualTo(ExitCode.OK);
        assertThat(output).contains("downloaded whispercpp tiny", "downloaded " + ENCODER + " for whispercpp tiny");
        Path weights = directory.resolve("models/whispercpp").resolve(ENCODER).resolve("weights/weight.bin");
        assertThat(weights).hasBinaryContent(WEIGHTS);
        assertThat(run("Mac OS X", "check-models")).as(output).isEqualTo(ExitCode.OK);
        assertThat(output).contains("1 ready").doesNotContain(ENCODER);

        Files.write(weights, new byte[5]);
        run("Mac OS X", "check-models");
        assertThat(output.replaceAll("\\s+", " "))
                .contains(
                        ENCODER + " is incomplete; whispercpp can use it. " + weights
                                + " has 5 bytes, but was unpacked with 100000. Run: whisper-speedtest download -i whispercpp -m tiny");
        run("Mac OS X", "check-models", "--download");
        assertThat(weights).hasBinaryContent(WEIGHTS);
        assertThat(run("Mac OS X", "check-models")).isEqualTo(ExitCode.OK);
        assertThat(output).doesNotContain(ENCODER);
    }

    @Test
    void leavesEncoderAwayOnOtherSystems() throws Exception {
        assertThat(run("Linux", "check-models")).isEqualTo(ExitCode.MODEL);
        assertThat(output).contains("To download: 32.5 MB.");
        assertThat(run("Linux", "download")).as(output).isEqualTo(ExitCode.OK);
        assertThat(hub.received()).noneMatch(request -> request.target().contains(ENCODER));
        assertThat(run("Linux", "check-models")).as(output).isEqualTo(ExitCode.OK);
        assertThat(output).doesNotContain(ENCODER);
    }

    /** Runs a command for the model {@code tiny} of whisper.cpp, without loading it. */
    private int run(String operatingSystem, String command, String... options) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-D" + ToolHome.HOME_PROPERTY + "=" + directory,
                "-Dwhisperspeedtest.hub.endpoint=" + hub.endpoint(),
                "-Dwhisperspeedtest.hub.cache=" + directory.resolve("hub"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                MainOnOtherSystem.class.getName(),
                operatingSystem,
                command,
                "-i",
                "whispercpp",
                "-m",
                "tiny"));
        if (command.equals("check-models")) {
            line.addAll(List.of("--verify", "cache-check"));
        }
        line.addAll(List.of(options));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor();
    }

    /** Runs the command line with another name of the operating system. */
    static final class MainOnOtherSystem {
        private MainOnOtherSystem() {}

        public static void main(String[] args) throws IOException {
            // The network code of the JDK reads the name too, when it is first used, and must find the real one.
            ServerSocketChannel.open().close();
            System.setProperty("os.name", args[0]);
            Main.main(Arrays.copyOfRange(args, 1, args.length));
        }
    }

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : List.of("coremldata.bin", "model.mil", "weights/weight.bin")) {
                zip.putNextEntry(new ZipEntry(ENCODER + "/" + name));
                zip.write(name.startsWith("weights") ? WEIGHTS : new byte[] {1, 2, 3});
            }
        }
        return bytes.toByteArray();
    }
}
