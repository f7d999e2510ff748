package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.DownloadRequest;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubDownloader;
import io.github.whisperspeedtest.hub.HubException;
import io.github.whisperspeedtest.hub.HubHosts;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.ModelPresence.State;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource.HubArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive like that of a Core ML encoder on a hub. */
class ArchiveInstallerTest {
    private static final String REPOSITORY = "owner/models";
    private static final String NAME = "x.mlmodelc";
    private static final String ARCHIVE = NAME + ".zip";
    private static final byte[] WEIGHTS = HubServer.content(2_000_000, 1);
    static final HubArchive SOURCE =
            new HubArchive(REPOSITORY, "main", ARCHIVE, List.of("coremldata.bin", "weights/weight.bin|old.weights"));

    @TempDir
    private Path directory;

    private HubServer hub;
    private Path target;

    @BeforeEach
    void startHub() throws IOException {
        hub = HubServer.start();
        target = directory.resolve("models").resolve(NAME);
        publish(TestArchive.encoder(NAME, WEIGHTS).build());
    }

    @AfterEach
    void stopHub() throws IOException {
        hub.close();
    }

    @Test
    void unpacksArchiveAndLeavesOnlyItsFilesAndTheirList() throws IOException {
        assertThat(look().state()).isEqualTo(State.MISSING);
        install();

        assertThat(target.resolve("weights/weight.bin")).hasBinaryContent(WEIGHTS);
        assertThat(look().state()).as(look().reason()).isEqualTo(State.PRESENT);
        assertThat(look().files())
                .hasSize(3)
                .allSatisfy(file -> assertThat(file.hash()).hasSize(64));
        assertThat(UnpackedManifest.pathFor(target))
                .content()
                .startsWith("# owner/models@")
                .contains(" 2000000 weights/weight.bin\n");
        assertThat(namesIn(target.getParent()))
                .containsExactlyInAnyOrder(NAME, NAME + ".manifest", "." + NAME + ".lock");
        assertThat(directory.resolve("hub")).as("the shared cache").doesNotExist();

        hub.clearReceived();
        install();
        assertThat(hub.received()).isEmpty();
    }

    @Test
    void namesDamagedFileAndRepairsIt() throws IOException {
        install();
        Path weights = target.resolve("weights/weight.bin");
        Files.write(weights, new byte[5]);
        assertThat(look().state()).isEqualTo(State.INCOMPLETE);
        assertThat(look().reason()).isEqualTo(weights + " has 5 bytes, but was unpacked with 2000000.");
        install();
        assertThat(weights).hasBinaryContent(WEIGHTS);

        Files.delete(target.resolve("model.mil"));
        assertThat(look().state()).isEqualTo(State.INCOMPLETE);
        assertThat(look().reason()).isEqualTo(target.resolve("model.mil") + " does not exist.");
        install();
        assertThat(look().state()).isEqualTo(State.PRESENT);

        byte[] sameSize = WEIGHTS.clone();
        sameSize[1000] ^= 1;
        Files.write(weights, sameSize);
        assertThat(look().files()).anyMatch(file -> !file.isIntact());
        install();
        assertThat(weights).hasBinaryContent(WEIGHTS);
    }

    @Test
    void namesDamagedListAndReplacesIt() throws IOException {
        install();
        Path manifest = UnpackedManifest.pathFor(target);
        for (String content : List.of("", "nonsense", "0".repeat(64) + " 5 ../../outside", "# only a comment\n")) {
            Files.writeString(manifest, content);
            assertThat(look().state()).as(content).isEqualTo(State.INCOMPLETE);
            assertThat(look().reason()).startsWith("Cannot read " + manifest + ": ");
        }
        install();
        assertThat(look().state()).isEqualTo(State.PRESENT);
    }

    @Test
    void acceptsAndKeepsCompleteDirectoryOfTheUser() throws IOException {
        Files.createDirectories(target);
        Files.writeString(target.resolve("coremldata.bin"), "mine");
        assertThat(look().reason()).isEqualTo(target + " has no file weights/weight.bin or old.weights.");
        Path weights = Files.createFile(target.resolve("old.weights"));
        assertThat(look().reason()).isEqualTo(weights + " is empty.");
        Files.writeString(weights, "mine, too");
        assertThat(look().state()).as(look().reason()).isEqualTo(State.PRESENT);

        install();
        assertThat(target.resolve("coremldata.bin")).hasContent("mine");
        assertThat(hub.received()).isEmpty();
    }

    @Test
    void resumesInterruptedDownload() throws Exception {
        hub.bytesPerSecond(1_000_000);
        Thread thread = new Thread(() -> {
            try {
                installer().install(model(target), SOURCE, progress -> {
                    if (progress.bytes() > 300_000) {
                        Thread.currentThread().interrupt();
                    }
                });
            } catch (HubException e) {
                assertThat(e.reason()).isEqualTo(HubException.Reason.CANCELLED);
            }
        });
        thread.start();
        thread.join(TimeUnit.MINUTES.toMillis(1));
        assertThat(look().state()).isEqualTo(State.INCOMPLETE);
        assertThat(look().reason())
                .contains(target + " does not exist. A download was interrupted or is still running: ");
        assertThat(look().partialFiles())
                .singleElement()
                .satisfies(file -> assertThat(Files.size(file)).isPositive());

        hub.bytesPerSecond(Long.MAX_VALUE);
        hub.clearReceived();
        install();
        assertThat(hub.received())
                .filteredOn(HubServer.Received::atStore)
                .anyMatch(request -> request.headers().keySet().stream().anyMatch("range"::equalsIgnoreCase));
        assertThat(look().state()).isEqualTo(State.PRESENT);
    }

    @Test
    void usesAndKeepsTheArchiveInTheDefaultCache() throws IOException {
        HubDownloader.of(settings())
                .download(new DownloadRequest(REPOSITORY, "main", List.of(ARCHIVE)), DownloadListener.SILENT);
        hub.clearReceived();
        install();

        assertThat(look().state()).isEqualTo(State.PRESENT);
        assertThat(hub.received()).noneMatch(HubServer.Received::atStore);
        assertThat(new HubCache(directory.resolve("hub"))
                        .find(REPOSITORY, "main")
                        .orElseThrow()
                        .files())
                .as("nothing is added to the snapshot")
                .containsOnlyKeys(ARCHIVE);
    }

    @Test
    void refusesDamagedArchiveAndLeavesNothing() throws IOException {
        publish(TestArchive.encoder(NAME, WEIGHTS).file("../evil", WEIGHTS).build());

        assertThatThrownBy(this::install)
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("The archive x.mlmodelc.zip of owner/models is refused.")
                .hasMessageContaining("'../evil', which is not a valid path");
        assertThat(namesIn(target.getParent())).containsExactly("." + NAME + ".lock");
        assertThat(look().state()).isEqualTo(State.MISSING);
    }

    @Test
    void reportsLackOfSpaceAndKeepsTheDownload() throws IOException {
        assertThatThrownBy(() -> new ArchiveInstaller(settings(), new HubHosts(), List.of(), path -> 1_500_000)
                        .install(model(target), SOURCE, DownloadListener.SILENT))
                .isInstanceOf(DownloadException.class)
                .satisfies(e -> assertThat(((DownloadException) e).kind()).isEqualTo(ErrorKind.ENVIRONMENT))
                .hasMessage("Cannot unpack x.mlmodelc.zip into " + target
                        + ": the unpacked files need 2.0 MB, and the disk has 1.5 MB free. Free disk space, check who may"
                        + " write there, or move the models directory with WHISPER_SPEEDTEST_MODELS.");
        assertThat(target).doesNotExist();

        hub.clearReceived();
        install();
        assertThat(hub.received()).noneMatch(HubServer.Received::atStore);
        assertThat(look().state()).isEqualTo(State.PRESENT);
    }

    @Test
    @Tag("processes")
    void secondProcessWaitsAndContinuesForKilledOne() throws Exception {
        hub.bytesPerSecond(1_000_000);
        List<Process> processes = new ArrayList<>();
        processes.add(start());
        while (hub.received().stream().noneMatch(HubServer.Received::atStore)) {
            assertThat(processes.get(0).isAlive()).isTrue();
            Thread.sleep(1);
        }
        processes.add(start());
        processes.add(start());
        Thread.sleep(1000);
        processes.get(0).destroyForcibly().waitFor();
        hub.bytesPerSecond(Long.MAX_VALUE);

        for (Process process : processes.subList(1, 3)) {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
        assertThat(hub.received().stream().filter(HubServer.Received::atStore))
                .as("the killed process and one of the others downloaded it")
                .hasSize(2);
        assertThat(look().state()).isEqualTo(State.PRESENT);
        assertThat(namesIn(target.getParent()))
                .containsExactlyInAnyOrder(NAME, NAME + ".manifest", "." + NAME + ".lock");
    }

    static ModelInfo model(Path target) {
        return ModelInfo.ofLocalFiles(NAME, List.of(SOURCE), List.of(target), 0);
    }

    private void publish(byte[] archive) {
        hub.largeFile(REPOSITORY, ARCHIVE, archive).commit(REPOSITORY);
    }

    private void install() {
        installer().install(model(target), SOURCE, DownloadListener.SILENT);
    }

    private ArchiveInstaller installer() {
        return new ArchiveInstaller(settings(), new HubHosts(), List.of());
    }

    private HubSettings settings() {
        return HubSettings.builder()
                .endpoint(hub.endpoint())
                .cacheDirectory(directory.resolve("hub"))
                .build();
    }

    private ModelPresence look() {
        return new ModelLocator(directory.resolve("hub")).look(model(target), ModelPlace.LOCAL_CACHE);
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        InstallArchiveMain.class.getName(),
                        hub.endpoint().toString(),
                        directory.resolve("hub").toString(),
                        target.toString())
                .inheritIO()
                .start();
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> content = Files.list(directory)) {
            return content.map(path -> path.getFileName().toString()).toList();
        }
    }
}
