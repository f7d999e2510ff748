package io.github.whisperspeedtest.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelHasherTest {
    private static final String REPOSITORY = "Systran/faster-whisper-tiny";
    private static final String COMMIT = CacheBuilder.commit("one");
    private static final byte[] WEIGHTS = "weights".getBytes(StandardCharsets.UTF_8);
    private static final HashProgress QUIET = (file, fraction) -> {};

    @TempDir
    private Path directory;

    private Path hashes;

    @BeforeEach
    void chooseCache() {
        hashes = directory.resolve("home/hashes.json");
    }

    @Test
    void filesOfAHubCacheHaveRepositoryCommitAndHash() throws IOException {
        CacheBuilder cache = new CacheBuilder(directory, REPOSITORY).linked(COMMIT, "model.bin", WEIGHTS);
        Path file = cache.snapshot(COMMIT).resolve("model.bin");

        ModelProvenance found = new ModelHasher(hashes).of(new ModelFiles("tiny", Map.of("model.bin", file)), QUIET);

        assertThat(found)
                .isEqualTo(new ModelProvenance(
                        "tiny",
                        List.of(new UsedFile(
                                "model.bin",
                                file.toString(),
                                REPOSITORY,
                                COMMIT,
                                WEIGHTS.length,
                                CacheBuilder.sha256(WEIGHTS)))));
        assertThat(found.describe())
                .isEqualTo(REPOSITORY + "@" + COMMIT.substring(0, 12) + " model.bin, sha256 "
                        + CacheBuilder.sha256(WEIGHTS).substring(0, 12));
        assertThat(hashes).as("the name of the blob is the hash").doesNotExist();
    }

    @Test
    void plainFileIsHashedAgainOnlyIfItChanged() throws IOException {
        Path file = Files.write(directory.resolve("model.bin"), WEIGHTS);
        FileTime time = FileTime.fromMillis(1_700_000_000_000L);
        Files.setLastModifiedTime(file, time);

        assertThat(hash(file)).isEqualTo(CacheBuilder.sha256(WEIGHTS));

        byte[] sameSize = "WEIGHTS".getBytes(StandardCharsets.UTF_8);
        Files.write(file, sameSize);
        Files.setLastModifiedTime(file, time);
        assertThat(hash(file)).as("size and time are the same").isEqualTo(CacheBuilder.sha256(WEIGHTS));

        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_001_000L));
        assertThat(hash(file)).isEqualTo(CacheBuilder.sha256(sameSize));
    }

    @Test
    void forgetsDeletedFiles() throws IOException {
        Path file = Files.write(directory.resolve("a.bin"), WEIGHTS);
        hash(file);
        Files.delete(file);
        hash(Files.write(directory.resolve("b.bin"), WEIGHTS));

        assertThat(Files.readString(hashes)).contains("b.bin").doesNotContain("a.bin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"version\":2}",
                "{\"version\":1,\"files\":[1]}",
                "{\"version\":1,\"files\":{\"x\":7}}"
            })
    void damagedCacheIsReplaced(String content) throws IOException {
        Files.createDirectories(hashes.getParent());
        Files.writeString(hashes, content);
        Path file = Files.write(directory.resolve("model.bin"), WEIGHTS);

        assertThat(hash(file)).isEqualTo(CacheBuilder.sha256(WEIGHTS));
        assertThat(Files.readString(hashes)).contains(CacheBuilder.sha256(WEIGHTS));
    }

    @Test
    void unwritableCacheIsNoFailure() throws IOException {
        Path notADirectory = Files.createFile(directory.resolve("file"));
        hashes = notADirectory.resolve("hashes.json");

        assertThat(hash(Files.write(directory.resolve("model.bin"), WEIGHTS))).isEqualTo(CacheBuilder.sha256(WEIGHTS));
    }

    @Test
    void missingFileHasNoHash() {
        Path missing = directory.resolve("model.bin");

        UsedFile file = new ModelHasher(hashes)
                .of(new ModelFiles("m", Map.of("model.bin", missing)), QUIET)
                .files()
                .get(0);

        assertThat(file.sha256()).isNull();
        assertThat(file.shortHash()).isEqualTo("unknown");
    }

    @Test
    void pinnedFilesAreThoseOfTheSameCommit() throws IOException {
        String other = CacheBuilder.commit("two");
        CacheBuilder cache = new CacheBuilder(directory, REPOSITORY)
                .linked(COMMIT, "model.bin", WEIGHTS)
                .linked(other, "model.bin", "newer".getBytes(StandardCharsets.UTF_8))
                .ref("main", other);
        ModelProvenance recorded = new ModelProvenance(
                "tiny",
                List.of(
                        new UsedFile("model.bin", "/elsewhere/model.bin", REPOSITORY, COMMIT, 7, null),
                        new UsedFile("vad/model.bin", "/elsewhere/vad.bin", REPOSITORY, COMMIT, 7, null)));

        assertThat(PinnedFiles.find(recorded, directory))
                .hasValueSatisfying(files -> assertThat(files.byName())
                        .containsExactly(
                                Map.entry("model.bin", cache.snapshot(COMMIT).resolve("model.bin")),
                                Map.entry(
                                        "vad/model.bin", cache.snapshot(COMMIT).resolve("model.bin"))));
    }

    @Test
    void pinnedFilesMayBeAtTheirOldPath() throws IOException {
        Path file = Files.write(directory.resolve("ggml-tiny.bin"), WEIGHTS);
        UsedFile there = new UsedFile("ggml-tiny.bin", file.toString(), null, null, 7, null);

        assertThat(PinnedFiles.find(new ModelProvenance("tiny", List.of(there)), directory))
                .hasValueSatisfying(files -> assertThat(files.single()).isEqualTo(file));
    }

    /** A report may come from anywhere. */
    @ParameterizedTest
    @ValueSource(strings = {"../../x", "a/b/c", "", "a\0b", "..", "-/-"})
    void oddRepositoriesAreNotFound(String repository) {
        UsedFile file = new UsedFile("model.bin", "relative/\0model.bin", repository, "../..", 7, null);

        assertThat(PinnedFiles.find(new ModelProvenance("tiny", List.of(file)), directory))
                .isEmpty();
    }

    private String hash(Path file) {
        return String.valueOf(new ModelHasher(hashes)
                .of(ModelFiles.of("m", List.of(file)), QUIET)
                .files()
                .get(0)
                .sha256());
    }
}
