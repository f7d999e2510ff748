package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.Snapshot;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCopierTest {
    private static final String REPOSITORY = "owner/big";
    private static final byte[] CONFIG = {'{', '}'};
    /** More with {@code -Dkills=50}. */
    private static final int KILLS = Integer.getInteger("kills", 10);

    @TempDir
    private Path directory;

    private Path hub;
    private Path own;
    private byte[] content;
    private String commit;

    @BeforeEach
    void buildCache() throws IOException {
        hub = directory.resolve("hub");
        own = directory.resolve("own");
        content = new byte[100_000];
        new Random(3).nextBytes(content);
        commit = CacheBuilder.commit("one");
        new CacheBuilder(hub, REPOSITORY)
                .linked(commit, "model.bin", content)
                .linked(commit, "config.json", CONFIG)
                .ref("main", commit);
    }

    @Test
    void copiesRepositoryWithLinksAndKeepsSource() throws IOException {
        Map<String, String> before = listing(hub);
        ModelInfo model = CopyMain.model(own, REPOSITORY);
        assertThat(new ModelCopier(hub).copy(model)).isEqualTo(ModelCopier.Outcome.LINKED);

        Snapshot copy = new HubCache(own).find(REPOSITORY, "main").orElseThrow();
        assertThat(copy.commit()).isEqualTo(commit);
        assertThat(copy.brokenFiles()).isEmpty();
        assertThat(copy.files()).containsOnlyKeys("config.json", "model.bin");
        Path entry = copy.files().get("model.bin").file();
        assertThat(entry).isSymbolicLink().hasBinaryContent(content);
        assertThat(Files.readSymbolicLink(entry)).isRelative();
        assertThat(Files.isSameFile(
                        entry,
                        new HubCache(hub)
                                .find(REPOSITORY, "main")
                                .orElseThrow()
                                .files()
                                .get("model.bin")
                                .file()))
                .as("one file on disk")
                .isTrue();
        assertThat(listing(hub)).isEqualTo(before);
        assertThat(new ModelCopier(hub).copy(model)).isEqualTo(ModelCopier.Outcome.ALREADY_THERE);
    }

    @Test
    void copiesContentIfLinksAreImpossible() throws IOException {
        assertThat(new ModelCopier(hub, false).copy(CopyMain.model(own, REPOSITORY)))
                .isEqualTo(ModelCopier.Outcome.COPIED);
        assertThat(new HubCache(own)
                        .find(REPOSITORY, "main")
                        .orElseThrow()
                        .files()
                        .get("model.bin")
                        .file())
                .hasBinaryContent(content);
    }

    @Test
    void copiesPlainFilesToExpectedPlace() {
        Path target = directory.resolve("plain/model.bin");
        ModelInfo model = ModelInfo.ofLocalFiles(
                "big",
                List.of(new ModelSource.HubRepository(REPOSITORY, "main", List.of("model.bin"))),
                List.of(target),
                0);
        assertThat(new ModelCopier(hub).copy(model)).isEqualTo(ModelCopier.Outcome.LINKED);
        assertThat(target).isRegularFile().hasBinaryContent(content);
        assertThat(new ModelCopier(hub).copy(model)).isEqualTo(ModelCopier.Outcome.ALREADY_THERE);
    }

    @Test
    void completesPartialRepository() throws IOException {
        new CacheBuilder(own, REPOSITORY)
                .linked(commit, "config.json", CONFIG)
                .linked(CacheBuilder.commit("older"), "config.json", new byte[] {'[', ']'})
                .ref("main", commit);
        new ModelCopier(hub).copy(CopyMain.model(own, REPOSITORY));
        HubCache cache = new HubCache(own);
        assertThat(cache.find(REPOSITORY, "main").orElseThrow().files()).containsOnlyKeys("config.json", "model.bin");
        assertThat(cache.find(REPOSITORY, CacheBuilder.commit("older")))
                .as("what else is there stays")
                .isPresent();
    }

    @Test
    void copiesMarkersOfFilesMissingOnHub() throws IOException {
        Path repository = new CacheBuilder(hub, "owner/small")
                .linked(commit, "model.bin", content)
                .ref("main", commit)
                .directory();
        Path marker = repository.resolve(".no_exist").resolve(commit).resolve("config.json");
        Files.createDirectories(marker.getParent());
        Files.createFile(marker);
        ModelInfo model = CopyMain.model(own, "owner/small");
        new ModelCopier(hub).copy(model);
        assertThat(new ModelLocator(hub).look(model, ModelPlace.LOCAL_CACHE).isPresent())
                .isTrue();
    }

    @Test
    void rejectsIncompleteModel() throws IOException {
        Files.delete(new HubCache(hub)
                .find(REPOSITORY, "main")
                .orElseThrow()
                .files()
                .get("model.bin")
                .content());
        assertThatThrownBy(() -> new ModelCopier(hub).copy(CopyMain.model(own, REPOSITORY)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("model.bin");
        assertThat(own).doesNotExist();
    }

    @Test
    void ignoresDirectoriesThatResembleLeftovers() throws IOException {
        Path strange = Files.createDirectories(own.resolve(".copy-99999999999999999999-x"));
        new ModelCopier(hub).copy(CopyMain.model(own, REPOSITORY));
        assertThat(strange).exists();
        assertThat(new HubCache(own).find(REPOSITORY, "main")).isPresent();
    }

    @Tag("processes")
    @Test
    void completesCopyOfKilledProcess() throws Exception {
        byte[] large = new byte[48 << 20];
        new Random(4).nextBytes(large);
        String largeCommit = CacheBuilder.commit("large");
        new CacheBuilder(hub, "owner/large")
                .linked(largeCommit, "model.bin", large)
                .linked(largeCommit, "config.json", CONFIG)
                .ref("main", largeCommit);
        ModelInfo model = CopyMain.model(own, "owner/large");
        Random random = new Random(5);
        for (int i = 0; i < KILLS; i++) {
            killDuringCopy(random.nextInt(120));
            ModelPresence found = new ModelLocator(hub).look(model, ModelPlace.LOCAL_CACHE);
            if (found.isPresent()) {
                assertThat(new HubCache(own)
                                .find("owner/large", "main")
                                .orElseThrow()
                                .files()
                                .get("model.bin")
                                .file())
                        .as("what is taken for whole is whole")
                        .hasBinaryContent(large);
                FileTrees.delete(own);
            }
        }
        new ModelCopier(hub, false).copy(model);
        assertThat(new HubCache(own)
                        .find("owner/large", "main")
                        .orElseThrow()
                        .files()
                        .get("model.bin")
                        .file())
                .hasBinaryContent(large);
        try (Stream<Path> entries = Files.list(own)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()))
                    .as("nothing is left over")
                    .containsExactly("models--owner--large");
        }
    }

    private void killDuringCopy(int milliseconds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CopyMain.class.getName(),
                        hub.toString(),
                        own.toString(),
                        "owner/large")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getInputStream().read();
        process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
    }

    private static Map<String, String> listing(Path root) throws IOException {
        Map<String, String> listing = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                listing.put(
                        root.relativize(path).toString(),
                        Files.isSymbolicLink(path)
                                ? Files.readSymbolicLink(path).toString()
                                : Files.size(path) + " " + Files.getLastModifiedTime(path));
            }
        }
        return listing;
    }
}
