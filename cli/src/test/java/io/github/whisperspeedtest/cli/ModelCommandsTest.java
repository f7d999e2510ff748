package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.spi.SileroModel;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checking, downloading and copying, against a hub on this machine that has the demo model under a published name. */
@Tag("end-to-end")
class ModelCommandsTest {
    private static final String REPOSITORY = "ggerganov/whisper.cpp";
    private static final String FILE = "ggml-tiny-q5_1.bin";

    private static byte[] model;

    @TempDir
    private Path directory;

    private HubServer hub;

    /** The demo model in whisper.cpp's format, which the hub serves as {@code tiny}. */
    @BeforeAll
    static void writeModel(@TempDir Path home) throws IOException {
        System.setProperty(ToolHome.HOME_PROPERTY, home.toString());
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        Path recording = home.resolve(sample.name());
        try (InputStream in = sample.open()) {
            Files.copy(in, recording);
        }
        assertThat(new CapturedTerminal()
                        .run("transcribe", "-i", "whispercpp", recording.toString(), "-m", "micro-q5_1"))
                .isEqualTo(ExitCode.OK);
        try (Stream<Path> files = Files.walk(home)) {
            model = Files.readAllBytes(files.filter(file -> file.toString().endsWith(".bin"))
                    .findFirst()
                    .orElseThrow());
        }
    }

    @BeforeEach
    void startHub() throws IOException {
        hub = HubServer.start().largeFile(REPOSITORY, FILE, model).file(REPOSITORY, "README.md", new byte[100]);
        hub.commit(REPOSITORY);
        System.setProperty(ToolHome.HOME_PROPERTY, directory.resolve("home").toString());
        System.setProperty(HubAccess.ENDPOINT_PROPERTY, hub.endpoint().toString());
        System.setProperty(HubAccess.CACHE_PROPERTY, directory.resolve("hub").toString());
    }

    @AfterEach
    void stopHub() throws IOException {
        hub.close();
        List.of(
                        ToolHome.HOME_PROPERTY,
                        HubAccess.ENDPOINT_PROPERTY,
                        HubAccess.CACHE_PROPERTY,
                        HubAccess.OFFLINE_PROPERTY)
                .forEach(System::clearProperty);
    }

    @Test
    void checksDownloadsAndChecksAgain() throws IOException {
        CapturedTerminal before = new CapturedTerminal();
        assertThat(before.run("check-models", "-i", "whispercpp", "-m", "tiny")).isEqualTo(ExitCode.MODEL);
        assertThat(before.err())
                .contains("--download to download 1 model (32.5 MB)")
                .doesNotContain("--copy");
        assertThat(before.out())
                .contains("✗ missing     ✗ missing", "0 ready, 0 incomplete, 1 missing", "To download: 32.5 MB.")
                .doesNotContain(directory.toString());
        CapturedTerminal verbose = new CapturedTerminal();
        verbose.run("check-models", "-i", "whispercpp", "-m", "tiny", "--verbose");
        assertThat(verbose.out()).contains(local() + " does not exist.");
        assertThat(hub.received()).as("a check asks nobody").isEmpty();

        CapturedTerminal download = new CapturedTerminal();
        assertThat(download.run("download", "-i", "whispercpp", "-m", "tiny"))
                .as(download.err())
                .isEqualTo(ExitCode.OK);
        assertThat(download.err()).contains("downloaded whispercpp tiny");
        assertThat(local()).hasBinaryContent(model);

        CapturedTerminal after = new CapturedTerminal();
        assertThat(after.run("check-models", "-i", "whispercpp", "-m", "tiny")).isEqualTo(ExitCode.OK);
        assertThat(after.out()).contains("✓ complete    ✓ complete", "1 ready");
        assertThat(after.out())
                .as("the two are one file")
                .contains(String.format(Locale.ROOT, "%.1f", model.length / 1e6));
    }

    @Test
    void findsTheDemoModelReadyOnAFreshMachine() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("check-models", "-i", "whispercpp"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("micro", "— n/a", "✓ complete", "1 ready");
        assertThat(hub.received()).isEmpty();
    }

    @Test
    void cachesVerdictsUntilAFileChanges() throws IOException {
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        assertThat(checkJson().get("local_cache").get("remembered").asBoolean()).isFalse();
        assertThat(checkJson().get("local_cache").get("remembered").asBoolean()).isTrue();
        assertThat(checkJson("--refresh").get("local_cache").get("remembered").asBoolean())
                .isFalse();
        assertThat(checkJson("--no-cache").get("local_cache").get("remembered").asBoolean())
                .isFalse();

        Files.delete(local());
        Files.write(local(), model);
        try (RandomAccessFile file = new RandomAccessFile(local().toFile(), "rw")) {
            file.setLength(model.length / 2);
        }
        JsonNode cut = checkJson().get("local_cache");
        assertThat(cut.get("verdict").asText()).isEqualTo("incomplete");
        assertThat(cut.get("reason").asText()).contains(local().toString());
        assertThat(checkJson().get("hub_cache").get("verdict").asText())
                .as("each place is judged by itself")
                .isEqualTo("complete");
    }

    @Test
    void replacesAFileWithWrongContent() throws IOException {
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        try (RandomAccessFile file = new RandomAccessFile(local().toFile(), "rw")) {
            // Both places share one file, so both are damaged.
            file.write(new byte[64]);
        }
        assertThat(checkJson().get("local_cache").get("verdict").asText()).isEqualTo("incomplete");
        assertThat(new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny"))
                .isEqualTo(ExitCode.OK);
        assertThat(local()).hasBinaryContent(model);
        assertThat(checkJson().get("status").asText()).isEqualTo("ready");
    }

    @Test
    void copiesFromTheDefaultCacheOnce() throws IOException {
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        Files.delete(local());
        CapturedTerminal copy = new CapturedTerminal();
        assertThat(copy.run("check-models", "-i", "whispercpp", "-m", "tiny", "--copy"))
                .isEqualTo(ExitCode.OK);
        assertThat(copy.err()).contains("copied as hard links: whispercpp tiny");
        assertThat(local()).hasBinaryContent(model);

        CapturedTerminal again = new CapturedTerminal();
        assertThat(again.run("copy", "-i", "whispercpp", "-m", "tiny")).isEqualTo(ExitCode.OK);
        assertThat(again.err()).contains("already installed: whispercpp tiny");
    }

    @Test
    void copyReplacesDamagedFile() throws IOException {
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        Files.delete(local());
        Files.write(local(), Arrays.copyOf(model, model.length / 2));
        assertThat(checkJson().get("status").asText()).isEqualTo("incomplete");

        CapturedTerminal copy = new CapturedTerminal();
        assertThat(copy.run("check-models", "-i", "whispercpp", "-m", "tiny", "--copy", "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(local()).hasBinaryContent(model);
        JsonNode report = new ObjectMapper()
                .readerFor(JsonNode.class)
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readValue(copy.out());
        assertThat(report.get("all_ready").asBoolean()).isTrue();
    }

    @Test
    void copyFailsIfTheCopyDoesNotLoad() throws IOException {
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        try (RandomAccessFile file = new RandomAccessFile(local().toFile(), "rw")) {
            // Both places share one file, so the cache is damaged.
            file.write(new byte[64]);
        }
        Files.delete(local());
        CapturedTerminal copy = new CapturedTerminal();
        assertThat(copy.run("copy", "-i", "whispercpp", "-m", "tiny")).isEqualTo(ExitCode.MODEL);
        assertThat(copy.err())
                .contains("was copied but does not load", "whisper-speedtest download -i whispercpp -m tiny");
    }

    @Test
    void repairsTheDemoModel() throws IOException {
        new CapturedTerminal().run("check-models", "-i", "whispercpp");
        Path demo;
        try (Stream<Path> files = Files.walk(directory.resolve("home/models"))) {
            demo = files.filter(file -> file.toString().endsWith(".bin"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(demo);
        Files.write(demo, Arrays.copyOf(whole, 1000));
        assertThat(new CapturedTerminal().run("check-models", "-i", "whispercpp"))
                .isEqualTo(ExitCode.MODEL);
        assertThat(new CapturedTerminal().run("download", "-i", "whispercpp")).isEqualTo(ExitCode.OK);
        assertThat(demo).hasBinaryContent(whole);
    }

    @Test
    void downloadsOnlyForSelectedImplementations() {
        CapturedTerminal other = new CapturedTerminal();
        assertThat(other.run("check-models", "-i", "whispercpp", "-m", "tiny", "--download", "--select", "nobody"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(other.err()).contains("--select", "nobody", "whispercpp");
        assertThat(hub.received()).isEmpty();
        CapturedTerminal all = new CapturedTerminal();
        assertThat(all.run("check-models", "-i", "whispercpp", "-m", "tiny", "--download"))
                .isEqualTo(ExitCode.OK);
        assertThat(all.out()).contains("✗ missing", "✓ complete");
    }

    @Test
    void downloadsNothingThatIsInstalled() throws IOException {
        serveVoiceActivityDetector();
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        hub.clearReceived();
        CapturedTerminal again = new CapturedTerminal();
        assertThat(again.run("download", "-i", "whispercpp", "-m", "tiny")).isEqualTo(ExitCode.OK);
        assertThat(again.err()).contains("already installed: whispercpp tiny");

        Files.delete(local());
        CapturedTerminal linked = new CapturedTerminal();
        assertThat(linked.run("download", "-i", "whispercpp", "-m", "tiny", "--offline"))
                .as(linked.err())
                .isEqualTo(ExitCode.OK);
        assertThat(local()).hasBinaryContent(model);
        assertThat(hub.received()).isEmpty();
    }

    @Test
    void makesNoRequestOffline() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("download", "-i", "whispercpp", "-m", "tiny", "--offline"))
                .isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(terminal.err()).contains("--offline").doesNotContain("HF_HUB_OFFLINE");
        assertThat(hub.received()).isEmpty();
    }

    @Test
    void contactsAnUnreachableServerOnce() throws IOException {
        hub.close();
        CapturedTerminal models = new CapturedTerminal();
        assertThat(models.run("download", "-i", "whispercpp,coreml", "-m", "tiny,base"))
                .isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(models.err())
                .containsOnlyOnce("error: Cannot reach " + hub.endpoint())
                .contains("not downloaded for the same reason (", "): whispercpp base, coreml tiny, coreml base")
                .doesNotContain("retrying");

        CapturedTerminal companion = new CapturedTerminal();
        assertThat(companion.run("download", "-i", "faster,whispercpp")).isEqualTo(ExitCode.FAILED);
        assertThat(companion.err()).containsOnlyOnce("error: Cannot reach ");
    }

    @Test
    void warnsOnceAboutCompanionMissingOnHub() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("download", "-i", "faster,coreml,mlx")).isEqualTo(ExitCode.OK);
        assertThat(terminal.err())
                .containsOnlyOnce("works without silero-vad")
                .doesNotContain("nearest", "faster-whisper");
    }

    @Test
    void recognisesInvalidFilesWithoutLoading() throws IOException {
        Files.createDirectories(local().getParent());
        for (byte[] content : List.of(
                "twenty-nine bytes of nothing.".getBytes(StandardCharsets.UTF_8),
                Arrays.copyOf(model, model.length / 2),
                new byte[0])) {
            Files.write(local(), content);
            for (String level : List.of("cache-check", "hash")) {
                JsonNode checked = checkJson("--verify", level).get("local_cache");
                assertThat(checked.get("verdict").asText())
                        .as(level + " of " + content.length)
                        .isEqualTo("incomplete");
            }
        }
        Files.write(local(), model);
        assertThat(checkJson("--verify", "cache-check")
                        .get("local_cache")
                        .get("verdict")
                        .asText())
                .isEqualTo("complete");
    }

    @Test
    void copiesOnlyModelsOfTheDefaultCache() {
        CapturedTerminal missing = new CapturedTerminal();
        assertThat(missing.run("copy", "-i", "whispercpp,coreml,mps", "-m", "tiny"))
                .isEqualTo(ExitCode.MODEL);
        assertThat(missing.err())
                .contains(
                        "whisper-speedtest download -i whispercpp -m tiny",
                        "whisper-speedtest download -i coreml -m tiny",
                        "whisper-speedtest download -i mps -m tiny");
        CapturedTerminal own = new CapturedTerminal();
        assertThat(own.run("copy", "-i", "whispercpp")).isEqualTo(ExitCode.OK);
        assertThat(own.err()).contains("no copy needed: whispercpp micro");
    }

    @Test
    void suggestsCopyingAModelOfTheDefaultCache() throws IOException {
        serveVoiceActivityDetector();
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        Files.delete(local());
        CapturedTerminal check = new CapturedTerminal();
        assertThat(check.run("check-models", "-i", "whispercpp", "-m", "tiny")).isEqualTo(ExitCode.OK);
        assertThat(check.err()).contains("--copy to copy 1 model (").doesNotContain("--download");
    }

    @Test
    void everyImplementationCanUseVoiceActivityDetector() {
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        CapturedTerminal check = new CapturedTerminal();
        assertThat(check.run("check-models", "-i", "whispercpp", "-m", "tiny")).isEqualTo(ExitCode.OK);
        assertThat(check.err()).contains("--download to download 1 model (2.2 MB)");
        serveVoiceActivityDetector();
        CapturedTerminal download = new CapturedTerminal();
        assertThat(download.run("download", "-i", "whispercpp", "-m", "tiny")).isEqualTo(ExitCode.OK);
        assertThat(download.err()).contains("downloaded silero-vad for whispercpp tiny");
    }

    private void serveVoiceActivityDetector() {
        ModelSource.HubRepository source =
                (ModelSource.HubRepository) SileroModel.info().sources().get(0);
        hub.file(source.repository(), SileroModel.FILE, new byte[100]);
        hub.commit(source.repository());
    }

    @Test
    void downloadsAModelOnlyWithConsent() throws IOException {
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        Path recording = directory.resolve(sample.name());
        try (InputStream in = sample.open()) {
            Files.copy(in, recording);
        }
        CapturedTerminal refused = new CapturedTerminal();
        assertThat(refused.run("transcribe", "-i", "whispercpp", recording.toString(), "-m", "tiny"))
                .isEqualTo(ExitCode.MODEL);
        assertThat(refused.err()).contains("whisper-speedtest download -i whispercpp -m tiny");
        assertThat(hub.received()).isEmpty();

        CapturedTerminal fetched = new CapturedTerminal();
        assertThat(fetched.run("transcribe", "-i", "whispercpp", recording.toString(), "-m", "tiny", "--download"))
                .as(fetched.err())
                .isEqualTo(ExitCode.OK);
        assertThat(fetched.out()).isEqualToIgnoringNewLines(sample.reference() + "\n");
    }

    @Test
    void benchmarksADownloadedModel() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run(
                        "benchmark", "-i", "whispercpp", "-m", "tiny", "-n", "1", "--warmup", "0", "--download"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("q5_1");
    }

    @Test
    void reportsRefusalByHub() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("download", "-i", "whispercpp", "-m", "base")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("error: ", "ggml-base-q5_1.bin");
    }

    @Test
    void showsDirectoriesAndRepositories() {
        new CapturedTerminal().run("download", "-i", "whispercpp", "-m", "tiny");
        CapturedTerminal path = new CapturedTerminal();
        assertThat(path.run("cache", "path")).isEqualTo(ExitCode.OK);
        assertThat(path.out())
                .contains(
                        directory.resolve("hub").toString(),
                        local().getParent().getParent().toString());
        CapturedTerminal list = new CapturedTerminal();
        assertThat(list.run("cache", "list")).isEqualTo(ExitCode.OK);
        assertThat(list.out()).contains("model  " + REPOSITORY, "Snapshots", "Total: ");
    }

    @Test
    void listsMissingModelsInTableWithSummary() {
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run("check-models", "-m", "tiny")).isEqualTo(ExitCode.MODEL);
        List<String> lines = terminal.out().lines().toList();
        assertThat(lines).hasSize(9);
        assertThat(lines.subList(0, 7)).allMatch(line -> line.length() <= 80);
        assertThat(lines.subList(1, 7))
                .allMatch(line -> line.contains("✗ missing") && line.matches(".* [0-9.]+ [MG]B"));
        assertThat(lines.get(8)).startsWith("0 ready, 0 incomplete, 6 missing. To download: ");
    }

    @Test
    void namesAnIncompleteFileWithoutItsDirectory() throws IOException {
        Files.createDirectories(local().getParent());
        Files.write(local(), new byte[0]);
        CapturedTerminal terminal = new CapturedTerminal();
        terminal.run("check-models", "-i", "whispercpp", "-m", "tiny");
        assertThat(terminal.out())
                .contains("whispercpp tiny, Local Cache: ", "whispercpp/" + FILE)
                .doesNotContain(directory.toString());
    }

    @Test
    void rejectsInvalidUsage() {
        for (String[] args : List.of(
                new String[] {"check-models", "-m", "gigantic"},
                new String[] {"check-models", "-i", "nobody"},
                new String[] {"check-models", "--verify", "thoroughly"},
                new String[] {"check-models", "--timeout", "0"},
                new String[] {"cache"})) {
            assertThat(new CapturedTerminal().run(args))
                    .as(String.join(" ", args))
                    .isEqualTo(ExitCode.USAGE);
        }
    }

    private Path local() {
        return directory.resolve("home/models/whispercpp").resolve(FILE);
    }

    private static JsonNode checkJson(String... more) throws IOException {
        CapturedTerminal terminal = new CapturedTerminal();
        terminal.run(
                Stream.concat(Stream.of("check-models", "-i", "whispercpp", "-m", "tiny", "--json"), Stream.of(more))
                        .toArray(String[]::new));
        return new ObjectMapper().readTree(terminal.out()).get("models").get(0);
    }
}
