package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheCleanerTest {
    private static final String REPOSITORY = "acme/tiny-bert";
    private static final byte[] SHARED = "shared by two".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OLD = "only in the old one".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "only in the new one".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path root;

    private final String first = CacheBuilder.commit("first");
    private final String second = CacheBuilder.commit("second");
    private CacheBuilder builder;
    private HubCache cache;
    private CacheCleaner cleaner;

    @BeforeEach
    void buildCache() throws IOException {
        builder = new CacheBuilder(root, REPOSITORY)
                .linked(first, "config.json", SHARED)
                .linked(first, "model.bin", OLD)
                .linked(second, "config.json", SHARED)
                .linked(second, "model.bin", NEW)
                .ref("v1", first)
                .ref("pr/1", first)
                .ref("main", second);
        cache = new HubCache(root);
        cleaner = new CacheCleaner(cache);
    }

    @Test
    void deletesRevisionAndUnsharedBlobs() {
        assertThat(cleaner.deleteRevision(REPOSITORY, "v1")).isEqualTo(OLD.length + 2 * 40);

        assertThat(cache.find(REPOSITORY, "v1")).isEmpty();
        assertThat(cache.find(REPOSITORY, first)).isEmpty();
        assertThat(builder.directory().resolve("blobs").resolve(CacheBuilder.sha256(OLD)))
                .doesNotExist();
        Snapshot left = cache.find(REPOSITORY, "main").orElseThrow();
        assertThat(left.brokenFiles()).isEmpty();
        assertThat(left.files().get("config.json").file()).hasBinaryContent(SHARED);
        assertThat(cache.scan().repositories().get(0).refs()).containsOnlyKeys("main");
        assertThat(cache.scan().warnings()).isEmpty();
    }

    @Test
    void deletesTheRepositoryWithItsLastRevision() {
        cleaner.deleteRevision(REPOSITORY, "main");
        cleaner.deleteRevision(REPOSITORY, first);

        assertThat(builder.directory()).doesNotExist();
    }

    @Test
    void deletesOneRepositoryAlone() throws IOException {
        new CacheBuilder(root, "acme/other").linked(first, "a.txt", NEW).ref("main", first);

        assertThat(cleaner.deleteRepository(REPOSITORY)).isPositive();

        assertThat(cache.scan().repositories())
                .extracting(CachedRepository::repository)
                .containsExactly("acme/other");
    }

    @Test
    void ignoresUnknownRepositoriesAndRevisions() {
        assertThat(cleaner.deleteRepository("acme/none")).isZero();
        assertThat(cleaner.deleteRevision(REPOSITORY, "none")).isZero();
        assertThat(cleaner.deleteRevision("acme/none", "main")).isZero();
        assertThat(cache.find(REPOSITORY, "main")).isPresent();
    }

    @Test
    void neverDeletesOutsideTheCache() throws IOException {
        Path outside = Files.createDirectories(root.resolve("outside"));
        Path kept = Files.writeString(outside.resolve("kept.txt"), "kept");
        Files.createSymbolicLink(root.resolve("models--acme--linked"), outside);

        cleaner.deleteRepository("acme/linked");

        assertThat(root.resolve("models--acme--linked")).doesNotExist();
        assertThat(kept).exists();
        assertThatThrownBy(() -> cleaner.deleteRepository("../outside")).isInstanceOf(HubException.class);
        assertThatThrownBy(() -> cleaner.deleteRevision(REPOSITORY, "../../outside"))
                .isInstanceOf(HubException.class);
    }

    @Test
    void verifyReportsResultOfEachFile() throws IOException {
        builder.copied(second, "unknown.txt", NEW);
        Files.createSymbolicLink(builder.snapshot(second).resolve("broken.txt"), Path.of("nowhere"));
        Files.writeString(builder.directory().resolve("blobs").resolve(CacheBuilder.sha256(NEW)), "damaged");

        assertThat(cache.verify(cache.find(REPOSITORY, "main").orElseThrow()))
                .extracting(check -> check.file().path() + " " + check.result())
                .containsExactly("broken.txt UNREADABLE", "config.json OK", "model.bin CORRUPT", "unknown.txt UNKNOWN");
    }

    @Test
    void interruptEndsVerification() {
        Snapshot snapshot = cache.find(REPOSITORY, "main").orElseThrow();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> cache.verify(snapshot))
                .isInstanceOfSatisfying(
                        HubException.class, e -> assertThat(e.reason()).isEqualTo(HubException.Reason.CANCELLED));
        assertThat(Thread.interrupted()).isTrue();
    }
}
