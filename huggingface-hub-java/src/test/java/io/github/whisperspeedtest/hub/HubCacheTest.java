package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubCacheTest {
    private static final String REPOSITORY = "acme/tiny-bert";
    private static final String OLD = CacheBuilder.commit("old");
    private static final String NEW = CacheBuilder.commit("new");
    private static final byte[] WEIGHTS = "weights".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path temporary;

    @Test
    void resolvesBranchToSnapshotAndBlobs() throws IOException {
        Path root = temporary.resolve("hub");
        CacheBuilder builder = new CacheBuilder(root, REPOSITORY)
                .ref("main", NEW)
                .linked(NEW, "model.bin", WEIGHTS)
                .linked(NEW, "onnx/config.json", CONFIG);
        HubCache cache = new HubCache(root);

        Snapshot snapshot = cache.find(REPOSITORY, "main").orElseThrow();

        assertThat(snapshot.commit()).isEqualTo(NEW);
        assertThat(snapshot.directory()).isEqualTo(builder.snapshot(NEW));
        assertThat(snapshot.files()).containsOnlyKeys("model.bin", "onnx/config.json");
        SnapshotFile weights = snapshot.files().get("model.bin");
        assertThat(weights.size()).isEqualTo(WEIGHTS.length);
        assertThat(weights.blobName()).isEqualTo(CacheBuilder.sha256(WEIGHTS));
        assertThat(weights.content()).hasBinaryContent(WEIGHTS);
        assertThat(weights.file()).isSymbolicLink();
        assertThat(cache.find(REPOSITORY, NEW)).contains(snapshot);
        assertThat(cache.find(REPOSITORY, "v1.0")).isEmpty();
        assertThat(cache.find(REPOSITORY, OLD)).isEmpty();
        assertThat(cache.find("acme/other", "main")).isEmpty();
    }

    @Test
    void findsRefWithSlashes() throws IOException {
        new CacheBuilder(temporary, REPOSITORY).ref("refs/pr/1", NEW).linked(NEW, "model.bin", WEIGHTS);

        assertThat(new HubCache(temporary).find(REPOSITORY, "refs/pr/1")).isPresent();
    }

    @Test
    void refToMissingSnapshotHasNoSnapshot() throws IOException {
        new CacheBuilder(temporary, REPOSITORY).ref("main", NEW).linked(OLD, "model.bin", WEIGHTS);
        HubCache cache = new HubCache(temporary);

        assertThat(cache.commitOf(REPOSITORY, "main")).contains(NEW);
        assertThat(cache.find(REPOSITORY, "main")).isEmpty();
        assertThat(cache.newest(REPOSITORY)).map(Snapshot::commit).contains(OLD);
        assertThat(cache.scan().warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.message()).contains(NEW, "no snapshot"));
    }

    @Test
    void newestSnapshotIsTheLastModified() throws IOException {
        CacheBuilder builder = new CacheBuilder(temporary, REPOSITORY)
                .linked(OLD, "model.bin", WEIGHTS)
                .linked(NEW, "config.json", CONFIG);
        setTimes(builder.snapshot(OLD), Instant.parse("2026-01-01T00:00:00Z"));
        setTimes(builder.snapshot(NEW), Instant.parse("2026-02-01T00:00:00Z"));
        assertThat(new HubCache(temporary).newest(REPOSITORY))
                .map(Snapshot::commit)
                .contains(NEW);

        setTimes(builder.snapshot(OLD), Instant.parse("2026-03-01T00:00:00Z"));
        assertThat(new HubCache(temporary).newest(REPOSITORY))
                .map(Snapshot::commit)
                .contains(OLD);
    }

    @Test
    void countsSharedBlobsOnce() throws IOException {
        CacheBuilder builder = new CacheBuilder(temporary, REPOSITORY)
                .linked(OLD, "model.bin", WEIGHTS)
                .linked(NEW, "config.json", CONFIG);
        Files.createSymbolicLink(
                builder.snapshot(NEW).resolve("model.bin"), Path.of("..", "..", "blobs", CacheBuilder.sha256(WEIGHTS)));
        CacheBuilder other = new CacheBuilder(temporary, "acme/copy").copied(OLD, "other.bin", CONFIG);
        Files.createLink(
                other.snapshot(OLD).resolve("model.bin"),
                builder.directory().resolve("blobs").resolve(CacheBuilder.sha256(WEIGHTS)));

        CacheScan scan = new HubCache(temporary).scan();

        assertThat(scan.warnings()).isEmpty();
        assertThat(scan.repositories())
                .extracting(CachedRepository::repository, CachedRepository::sizeOnDisk)
                .containsExactly(
                        tuple("acme/copy", (long) WEIGHTS.length + CONFIG.length),
                        tuple(REPOSITORY, (long) WEIGHTS.length + CONFIG.length));
        assertThat(scan.sizeOnDisk()).isEqualTo(WEIGHTS.length + 2L * CONFIG.length);
    }

    @Test
    void copiedFilesHaveNoBlob() throws IOException {
        new CacheBuilder(temporary, REPOSITORY).ref("main", NEW).copied(NEW, "model.bin", WEIGHTS);

        SnapshotFile file = new HubCache(temporary)
                .find(REPOSITORY, "main")
                .orElseThrow()
                .files()
                .get("model.bin");

        assertThat(file.isBroken()).isFalse();
        assertThat(file.blobName()).isNull();
        assertThat(file.content()).hasBinaryContent(WEIGHTS);
    }

    @Test
    void listsPartialFilesWithTheirBlob() throws IOException {
        String blob = CacheBuilder.sha256(WEIGHTS);
        CacheBuilder builder = new CacheBuilder(temporary, REPOSITORY).incomplete(blob, CONFIG);
        Path old = Files.write(builder.directory().resolve("blobs").resolve(blob + ".incomplete"), WEIGHTS);
        HubCache cache = new HubCache(temporary);

        assertThat(cache.incompleteFiles(REPOSITORY))
                .extracting(IncompleteFile::blobName)
                .containsExactly(blob, blob);
        assertThat(cache.incompleteFiles(REPOSITORY)).contains(new IncompleteFile(old, blob, WEIGHTS.length));
        assertThat(cache.scan().repositories().get(0).incompleteFiles()).hasSize(2);
        assertThat(cache.incompleteFiles("acme/other")).isEmpty();
    }

    @Test
    void brokenLinksAreFilesWithAProblem() throws IOException {
        CacheBuilder builder = new CacheBuilder(temporary, REPOSITORY)
                .ref("main", NEW)
                .linked(NEW, "model.bin", WEIGHTS)
                .linked(NEW, "config.json", CONFIG);
        Files.delete(builder.directory().resolve("blobs").resolve(CacheBuilder.sha256(WEIGHTS)));
        Path loop = builder.snapshot(NEW).resolve("loop");
        Files.createSymbolicLink(loop, Path.of("loop"));
        HubCache cache = new HubCache(temporary);

        Snapshot snapshot = cache.find(REPOSITORY, "main").orElseThrow();

        assertThat(snapshot.brokenFiles()).extracting(SnapshotFile::path).containsExactly("loop", "model.bin");
        assertThat(snapshot.files().get("model.bin").problem()).contains(CacheBuilder.sha256(WEIGHTS));
        assertThat(snapshot.files().get("config.json").isBroken()).isFalse();
        assertThat(cache.scan().warnings()).extracting(CacheScan.Warning::path).contains(loop);
    }

    @Test
    void warnsAboutUnknownContentAndReadsTheRest() throws IOException {
        new CacheBuilder(temporary, REPOSITORY).ref("main", NEW).linked(NEW, "model.bin", WEIGHTS);
        Path foreign = Files.writeString(temporary.resolve("notes.txt"), "mine");
        Path folder = Files.createDirectory(temporary.resolve("something"));
        Path fileAsRepository = Files.writeString(temporary.resolve("models--acme--file"), "");
        Files.createSymbolicLink(temporary.resolve("models--acme--loop"), Path.of("models--acme--loop"));
        CacheBuilder odd = new CacheBuilder(temporary, "acme/odd");
        Files.delete(odd.directory().resolve("refs"));
        Files.writeString(odd.directory().resolve("refs"), "a file");
        Files.delete(odd.directory().resolve("snapshots"));
        Files.writeString(odd.directory().resolve("snapshots"), "a file");
        CacheBuilder refs =
                new CacheBuilder(temporary, "acme/refs").ref("main", "../../..").ref("empty", "");
        Files.writeString(refs.directory().resolve("snapshots").resolve("stray"), "a file");
        Files.createSymbolicLink(Files.createDirectories(refs.snapshot(NEW)).resolve("up"), Path.of("..", ".."));
        Files.createDirectories(temporary.resolve(".locks"));
        Files.writeString(temporary.resolve("CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55");
        new CacheBuilder(temporary, "gpt2").copied(OLD, "config.json", CONFIG);
        Files.createDirectories(temporary.resolve("datasets--acme--speech").resolve("snapshots"));

        CacheScan scan = new HubCache(temporary).scan();

        assertThat(scan.repositories())
                .extracting(CachedRepository::repository)
                .containsExactly("acme/speech", "acme/odd", "acme/refs", REPOSITORY, "gpt2");
        assertThat(scan.warnings())
                .extracting(CacheScan.Warning::path)
                .containsExactlyInAnyOrder(
                        foreign,
                        folder,
                        fileAsRepository,
                        temporary.resolve("models--acme--loop"),
                        odd.directory().resolve("refs"),
                        odd.directory().resolve("snapshots"),
                        refs.directory().resolve("refs").resolve("main"),
                        refs.directory().resolve("refs").resolve("empty"),
                        refs.directory().resolve("snapshots").resolve("stray"),
                        refs.snapshot(NEW).resolve("up"));
    }

    @Test
    void readsLinkedCache() throws IOException {
        Path real = temporary.resolve("elsewhere");
        new CacheBuilder(real, REPOSITORY).ref("main", NEW).linked(NEW, "model.bin", WEIGHTS);
        Path link = Files.createSymbolicLink(temporary.resolve("hub"), Path.of("elsewhere"));
        HubCache cache = new HubCache(link);

        SnapshotFile file = cache.find(REPOSITORY, "main").orElseThrow().files().get("model.bin");

        assertThat(file.file()).startsWith(link);
        assertThat(file.blobName()).isEqualTo(CacheBuilder.sha256(WEIGHTS));
        assertThat(cache.scan().sizeOnDisk()).isEqualTo(WEIGHTS.length);
        assertThat(cache.scan().warnings()).isEmpty();
    }

    @Test
    void readsLinkedRepository() throws IOException {
        Path other = temporary.resolve("other");
        new CacheBuilder(other, REPOSITORY).ref("main", NEW).linked(NEW, "model.bin", WEIGHTS);
        Path root = Files.createDirectory(temporary.resolve("hub"));
        Files.createSymbolicLink(root.resolve("models--acme--tiny-bert"), other.resolve("models--acme--tiny-bert"));

        CacheScan scan = new HubCache(root).scan();

        assertThat(scan.sizeOnDisk()).isEqualTo(WEIGHTS.length);
        assertThat(scan.warnings()).isEmpty();
    }

    @Test
    void warnsAboutUnreadableFolder() throws IOException {
        CacheBuilder builder = new CacheBuilder(temporary, REPOSITORY).linked(NEW, "model.bin", WEIGHTS);
        Path snapshots = builder.directory().resolve("snapshots");
        Files.setPosixFilePermissions(snapshots, PosixFilePermissions.fromString("---------"));
        try {
            Assumptions.assumeFalse(Files.isReadable(snapshots), "permissions do not bind this user");

            assertThat(new HubCache(temporary).scan().warnings())
                    .extracting(CacheScan.Warning::path)
                    .containsExactly(snapshots);
        } finally {
            Files.setPosixFilePermissions(snapshots, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void missingCacheIsEmptyAndFileInItsPlaceIsWarning() throws IOException {
        assertThat(new HubCache(temporary.resolve("none")).scan())
                .isEqualTo(new CacheScan(temporary.resolve("none"), List.of(), 0, List.of()));

        Path file = Files.writeString(temporary.resolve("file"), "");
        assertThat(new HubCache(file).scan().warnings())
                .extracting(CacheScan.Warning::path)
                .containsExactly(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "..", "../x", "a/b/c", "/abs", "a/..", "a//b", "a--b", "C:\\x", "a/b\n", "x.git", "a\\b", "-a"
            })
    void rejectsInvalidRepositoryNames(String name) {
        HubCache cache = new HubCache(temporary);

        assertThatThrownBy(() -> cache.directoryOf(name)).isInstanceOf(HubException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "..", "../../etc", "/etc/passwd", "a/../b", "C:/x", "a\\b", "nul", "refs/aux.txt", "a\0b"})
    void rejectsInvalidRevisionNames(String name) {
        HubCache cache = new HubCache(temporary);

        assertThatThrownBy(() -> cache.find(REPOSITORY, name)).isInstanceOf(HubException.class);
        assertThatThrownBy(() -> cache.isKnownAbsent(REPOSITORY, NEW, name)).isInstanceOf(HubException.class);
    }

    @Test
    void doesNotFollowRefOutsideRepository() throws IOException {
        new CacheBuilder(temporary, REPOSITORY).ref("main", "../../models--acme--other/snapshots/" + NEW);
        new CacheBuilder(temporary, "acme/other").linked(NEW, "model.bin", WEIGHTS);

        assertThat(new HubCache(temporary).find(REPOSITORY, "main")).isEmpty();
    }

    @Test
    void readsListingWrittenByPython() throws IOException {
        CacheBuilder builder = new CacheBuilder(temporary, REPOSITORY);
        Path trees = Files.createDirectories(builder.directory().resolve("trees"));
        Files.writeString(trees.resolve(NEW + ".json"), """
                {"format_version": 1, "files": {
                  "config.json": {"size": 2, "blob_id": "%s"},
                  "model.bin": {"size": 7, "blob_id": "%s", "lfs_sha256": "%s", "lfs_size": 7, "xet_hash": "x"}}}
                """.formatted(OLD, OLD, CacheBuilder.sha256(WEIGHTS)));
        Files.writeString(trees.resolve(OLD + ".json"), "{\"format_version\": 2}");
        HubCache cache = new HubCache(temporary);

        HubTree tree = cache.tree(REPOSITORY, NEW).orElseThrow();

        assertThat(tree.files().get("config.json")).isEqualTo(new HubFile("config.json", 2, OLD, null, null));
        assertThat(tree.files().get("model.bin").blobName()).isEqualTo(CacheBuilder.sha256(WEIGHTS));
        assertThat(tree.matching("*.json")).extracting(HubFile::path).containsExactly("config.json");
        assertThat(cache.tree(REPOSITORY, OLD)).isEmpty();
        Files.writeString(trees.resolve(OLD + ".json"), "{\"format_ver");
        assertThat(cache.tree(REPOSITORY, OLD)).isEmpty();
    }

    private static void setTimes(Path snapshot, Instant time) throws IOException {
        FileTime fileTime = FileTime.from(time);
        try (var files = Files.list(snapshot)) {
            for (Path file : files.toList()) {
                Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setTimes(fileTime, null, null);
            }
        }
        Files.setLastModifiedTime(snapshot, fileTime);
    }
}
