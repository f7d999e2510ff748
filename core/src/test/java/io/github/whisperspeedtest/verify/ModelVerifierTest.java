package io.github.whisperspeedtest.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import io.github.whisperspeedtest.verify.Verdict.Status;
import io.github.whisperspeedtest.verify.VerifyOptions.Caching;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("processes")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the caches are built with links, and children ended by signals")
class ModelVerifierTest {
    private static final String OLD = CacheBuilder.commit("old");
    private static final String NEW = CacheBuilder.commit("new");
    private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] GOOD = Scripted.content("good");
    private static final VerifyOptions LOAD = VerifyOptions.defaults();
    private static final VerifyOptions HASH = LOAD.withLevel(VerifyLevel.HASH);
    private static final VerifyOptions CACHE_CHECK = LOAD.withLevel(VerifyLevel.CACHE_CHECK);

    @TempDir
    private static Path shared;

    @TempDir
    private Path temporary;

    private static Path jar;

    private final Implementation scripted = new Scripted();
    private ToolHome home;
    private Path hub;
    private Path ownHub;
    private Path loads;
    private ModelVerifier verifier;

    @BeforeAll
    static void writeJar() {
        jar = Scripted.jar(shared.resolve("scripted.jar"));
    }

    @BeforeEach
    void createVerifier() {
        home = ToolHome.at(temporary.resolve("home"));
        hub = temporary.resolve("default-hub");
        ownHub = home.models().resolve("hub");
        loads = temporary.resolve("loads");
        verifier = newVerifier();
    }

    private ModelVerifier newVerifier() {
        ChildJvm children = ChildJvm.builder().build();
        List<Path> classPath =
                Stream.concat(Stream.of(jar), children.classPath().stream()).toList();
        return new ModelVerifier(
                home,
                () -> hub,
                Settings.none(),
                children.toBuilder()
                        .classPath(classPath)
                        .jvmArguments(List.of("-Xmx64m", Scripted.countingLoads(loads)))
                        .build());
    }

    // Files in a place

    @Test
    void modelThatLoadsIsComplete() throws IOException {
        CacheBuilder built = whole(hub, GOOD);

        Verdict verdict = verify("default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(verdict.status()).isEqualTo(Status.COMPLETE);
        assertThat(verdict.reason()).isEqualTo("Loaded by scripted engine 1.0 on CPU.");
        assertThat(verdict.runtime()).isEqualTo("scripted engine 1.0");
        assertThat(verdict.where()).containsExactly(built.directory());
        assertThat(verdict.bytesOnDisk()).isEqualTo(GOOD.length + CONFIG.length);
        assertThat(verdict.fallback()).isNull();
        assertThat(verdict.problem()).isNull();
        assertThat(verdict.cached()).isFalse();
        assertThat(verdict.took()).isPositive();
        assertThat(loadedFiles()).containsExactly(built.snapshot(NEW).resolve("model.bin"));
    }

    @Test
    void missingModelNamesItsPlace() {
        Verdict verdict = verify("default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(verdict.status()).isEqualTo(Status.MISSING);
        assertThat(verdict.reason()).isEqualTo(hub.resolve("models--acme--whisper-tiny") + " does not exist.");
        assertThat(verdict.bytesOnDisk()).isZero();
    }

    @Test
    void unusedPlaceIsNotApplicable() {
        assertThat(verify("default", ModelPlace.LOCAL_CACHE, LOAD).status()).isEqualTo(Status.NOT_APPLICABLE);
        assertThat(verify("direct", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.NOT_APPLICABLE);
        assertThat(verify("nonsense", ModelPlace.HUB_CACHE, LOAD).reason()).contains("nonsense", "default");
    }

    @Test
    void partialFileIsIncompleteWithoutLoading() throws IOException {
        CacheBuilder built = new CacheBuilder(hub, Scripted.REPOSITORY)
                .ref("main", NEW)
                .linked(NEW, "config.json", CONFIG)
                .incomplete(CacheBuilder.sha256(GOOD), new byte[100]);

        Verdict verdict = verify("default", ModelPlace.HUB_CACHE, LOAD);

        assertFiles(verdict, "has 100 bytes", ".incomplete", built.snapshot(NEW) + " has no file model.bin.");
        assertThat(verdict.bytesOnDisk()).isEqualTo(CONFIG.length + 100);
        assertThat(loads).doesNotExist();
    }

    @Test
    void partialFileThatMayMatchPatternIsIncomplete() throws IOException {
        CacheBuilder built = whole(hub, GOOD).incomplete("a".repeat(64), new byte[7]);

        assertFiles(verify("wild", ModelPlace.HUB_CACHE, LOAD), built.directory() + "/blobs/aaaa", "7 bytes");
        assertThat(loads).doesNotExist();
    }

    @Test
    void partialFileOfCompleteBlobIsIgnored() throws IOException {
        whole(hub, GOOD).incomplete(CacheBuilder.sha256(GOOD), new byte[7]);

        assertThat(verify("wild", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);
    }

    @Test
    void hubListingIdentifiesPartialFile() throws IOException {
        CacheBuilder built = whole(hub, GOOD).incomplete("a".repeat(64), new byte[7]);
        writeTree(built, GOOD.length);
        assertThat(verify("wild", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);

        Files.delete(built.snapshot(NEW).resolve("model.bin"));
        assertFiles(verify("wild", ModelPlace.HUB_CACHE, LOAD), "has no file model.bin (" + GOOD.length + " bytes");
    }

    @Test
    void unneededPartialFileIsOnlyMentioned() throws IOException {
        whole(hub, GOOD).incomplete("a".repeat(64), new byte[7]);

        Verdict verdict = verify("default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(verdict.status()).isEqualTo(Status.COMPLETE);
        assertThat(verdict.reason()).contains("does not belong to this model", "aaaa");
    }

    @Test
    void modelWithoutWeightsIsIncomplete() throws IOException {
        byte[] big = new byte[2_500_000];
        new CacheBuilder(hub, Scripted.REPOSITORY).ref("main", NEW).linked(NEW, "config.json", big);

        for (VerifyOptions options : List.of(LOAD, HASH, CACHE_CHECK)) {
            assertFiles(verify("default", ModelPlace.HUB_CACHE, options), "has no file model.bin.");
            assertFiles(verify("wild", ModelPlace.HUB_CACHE, options), "has no file model.bin.");
        }
    }

    @Test
    void everyLevelFindsPlaceholdersAndEmptyFiles() throws IOException {
        byte[] pointer = "version https://git-lfs.github.com/spec/v1\nsize 99\n".getBytes(StandardCharsets.UTF_8);
        byte[] page = "<!doctype html><p>Log in.".getBytes(StandardCharsets.UTF_8);
        write(home.models().resolve("scripted/model.bin"), page);
        CacheBuilder built = whole(hub, pointer);
        for (VerifyOptions options : List.of(LOAD, HASH, CACHE_CHECK)) {
            assertFiles(verify("default", ModelPlace.HUB_CACHE, options), "model.bin is a Git LFS pointer");
            assertFiles(verify("plain", ModelPlace.LOCAL_CACHE, options), "model.bin is an HTML page");
        }
        Files.write(built.directory().resolve("blobs").resolve(CacheBuilder.sha256(pointer)), new byte[0]);
        assertFiles(verify("default", ModelPlace.HUB_CACHE, CACHE_CHECK), "model.bin is empty.");
        assertThat(loads).doesNotExist();
    }

    @Test
    void truncatedBlobIsIncomplete() throws IOException {
        CacheBuilder built = whole(hub, GOOD);
        Files.write(built.directory().resolve("blobs").resolve(CacheBuilder.sha256(GOOD)), new byte[500]);

        Verdict loaded = verify("default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(loaded.status()).isEqualTo(Status.INCOMPLETE);
        assertThat(loaded.problem()).isEqualTo(Problem.REFUSED);
        assertThat(loaded.reason())
                .contains(built.snapshot(NEW).resolve("model.bin").toString(), "cut short");
        assertThat(verify("default", ModelPlace.HUB_CACHE, HASH).problem()).isEqualTo(Problem.HASH);
        assertThat(verify("default", ModelPlace.HUB_CACHE, CACHE_CHECK).status())
                .as("without the hub's listing nobody knows the size")
                .isEqualTo(Status.COMPLETE);
    }

    @Test
    void findsWrongSizeWithoutLoading() throws IOException {
        CacheBuilder built = whole(hub, GOOD);
        writeTree(built, GOOD.length + 1);

        for (VerifyOptions options : List.of(LOAD, HASH, CACHE_CHECK)) {
            assertFiles(
                    verify("default", ModelPlace.HUB_CACHE, options),
                    "has " + GOOD.length + " bytes, but the hub lists " + (GOOD.length + 1));
        }
        assertThat(loads).doesNotExist();
    }

    @Test
    void findsMissingFileFromHubListing() throws IOException {
        CacheBuilder built = whole(hub, GOOD);
        Files.createDirectories(built.directory().resolve("trees"));
        Files.writeString(built.directory().resolve("trees").resolve(NEW + ".json"), """
                {"format_version": 1, "files": {
                  "config.json": {"size": 2, "blob_id": "%1$s"},
                  "vocabulary.json": {"size": 7, "blob_id": "%1$s"}}}
                """.formatted("b".repeat(40)));

        assertFiles(
                verify("wild", ModelPlace.HUB_CACHE, CACHE_CHECK), "has no file vocabulary.json (7 bytes on the hub)");
        assertThat(verify("default", ModelPlace.HUB_CACHE, CACHE_CHECK).status())
                .isEqualTo(Status.COMPLETE);
    }

    @Test
    void danglingLinkIsIncomplete() throws IOException {
        CacheBuilder built = whole(hub, GOOD);
        Files.delete(built.directory().resolve("blobs").resolve(CacheBuilder.sha256(GOOD)));

        assertFiles(
                verify("default", ModelPlace.HUB_CACHE, LOAD),
                built.snapshot(NEW).resolve("model.bin") + " is a link to ",
                "there is no such file");
    }

    @Test
    void refToMissingSnapshotIsMissing() throws IOException {
        new CacheBuilder(hub, Scripted.REPOSITORY).ref("main", NEW);

        Verdict verdict = verify("default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(verdict.status()).isEqualTo(Status.MISSING);
        assertThat(verdict.reason()).contains("main is commit " + NEW, "no snapshot");
    }

    @Test
    void olderSnapshotDoesNotReplaceMain() throws IOException {
        CacheBuilder built = new CacheBuilder(hub, Scripted.REPOSITORY)
                .linked(OLD, "config.json", CONFIG)
                .linked(OLD, "model.bin", GOOD)
                .ref("main", NEW);
        assertFiles(verify("default", ModelPlace.HUB_CACHE, LOAD), "no snapshot", "present: commit " + OLD);

        built.linked(NEW, "config.json", CONFIG);
        assertFiles(verify("default", ModelPlace.HUB_CACHE, LOAD), "has no file model.bin.", "present: commit " + OLD);

        built.ref("main", OLD);
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);
    }

    @Test
    void usesNewestSnapshotIfRevisionIsUnknown() throws IOException {
        CacheBuilder built = new CacheBuilder(hub, Scripted.REPOSITORY)
                .linked(OLD, "config.json", CONFIG)
                .linked(OLD, "model.bin", GOOD);

        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);
        assertThat(loadedFiles()).containsExactly(built.snapshot(OLD).resolve("model.bin"));
    }

    @Test
    void findsChangedBlobOfSameSizeByHashAndByLoading() throws IOException {
        CacheBuilder built = whole(hub, GOOD);
        writeTree(built, GOOD.length);
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);
        assertThat(verify("default", ModelPlace.HUB_CACHE, HASH).status()).isEqualTo(Status.COMPLETE);

        byte[] other = Scripted.content("evil");
        Files.write(built.directory().resolve("blobs").resolve(CacheBuilder.sha256(GOOD)), other);

        Verdict loaded = verify("default", ModelPlace.HUB_CACHE, LOAD);
        assertThat(loaded.status()).isEqualTo(Status.INCOMPLETE);
        assertThat(loaded.reason()).contains("begins with 'evil'");
        Verdict hashed = verify("default", ModelPlace.HUB_CACHE, HASH);
        assertThat(hashed.status()).isEqualTo(Status.INCOMPLETE);
        assertThat(hashed.problem()).isEqualTo(Problem.HASH);
        assertThat(hashed.reason())
                .contains(
                        built.snapshot(NEW).resolve("model.bin").toString(),
                        "has the hash " + CacheBuilder.sha256(other),
                        CacheBuilder.sha256(GOOD));
    }

    @Test
    void findsLinkToWrongBlobWithoutReading() throws IOException {
        byte[] other = Scripted.content("evil");
        CacheBuilder built = whole(hub, other);
        writeTree(built, GOOD.length);

        assertFiles(
                verify("default", ModelPlace.HUB_CACHE, CACHE_CHECK),
                "links to blob " + CacheBuilder.sha256(other),
                CacheBuilder.sha256(GOOD));
    }

    @Test
    void hashesSmallFilesLikeGit() throws IOException {
        // Output of git hash-object for a file with the two characters {}.
        String gitHash = "9e26dfeeb6e641a33dae4961196235bdb965b21b";
        CacheBuilder built = whole(hub, GOOD);
        Path blob = built.directory().resolve("blobs").resolve(gitHash);
        Files.write(blob, CONFIG);
        Path config = built.snapshot(NEW).resolve("config.json");
        Files.delete(config);
        Files.createSymbolicLink(config, Path.of("../../blobs").resolve(gitHash));
        assertThat(verify("default", ModelPlace.HUB_CACHE, HASH).reason())
                .isEqualTo("The hashes of 2 of 2 files match.");

        Files.writeString(blob, "[]");
        assertThat(verify("default", ModelPlace.HUB_CACHE, HASH).reason()).contains(config + " has the hash ", gitHash);
    }

    @Test
    void namesFileWithoutKnownHash() throws IOException {
        new CacheBuilder(hub, Scripted.REPOSITORY)
                .ref("main", NEW)
                .linked(NEW, "config.json", CONFIG)
                .copied(NEW, "model.bin", GOOD);

        assertThat(verify("default", ModelPlace.HUB_CACHE, HASH).reason())
                .contains("1 of 2 files", "No hash is known for ", "model.bin");
    }

    @Test
    void comparesPlainFileWithHashOfDownload() throws IOException {
        Path file = write(home.models().resolve("direct/model.bin"), GOOD);
        assertThat(verify("direct", ModelPlace.LOCAL_CACHE, HASH).reason())
                .isEqualTo("The hashes of 1 of 1 files match.");

        Files.write(file, Scripted.content("evil"));
        assertThat(verify("direct", ModelPlace.LOCAL_CACHE, HASH).problem()).isEqualTo(Problem.HASH);
    }

    @Test
    void unreadableFileIsIncomplete() throws IOException {
        CacheBuilder built = whole(hub, GOOD);
        Path blob = built.directory().resolve("blobs").resolve(CacheBuilder.sha256(GOOD));
        Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(blob), "whoever runs this may read everything, as root may");

        assertFiles(verify("default", ModelPlace.HUB_CACHE, LOAD), "is not readable. Check the permissions of " + blob);
    }

    @Test
    void followsLinkedCache() throws IOException {
        Path elsewhere = temporary.resolve("elsewhere");
        whole(elsewhere, GOOD);
        Files.createSymbolicLink(hub, elsewhere);

        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);
        assertThat(loadedFiles()).allSatisfy(file -> assertThat(file).startsWithRaw(hub));
        assertThat(verify("default", ModelPlace.HUB_CACHE, HASH).status()).isEqualTo(Status.COMPLETE);
    }

    @Test
    void checksReadOnlyCacheWithoutChanges() throws IOException {
        CacheBuilder built = whole(hub, GOOD).incomplete("a".repeat(64), new byte[7]);
        writeTree(built, GOOD.length);
        new CacheBuilder(ownHub, Scripted.REPOSITORY).ref("main", NEW);
        write(home.models().resolve("scripted/model.bin"), new byte[3]);
        List<Path> directories;
        try (Stream<Path> paths = Stream.concat(Files.walk(hub), Files.walk(home.models()))) {
            directories = paths.filter(path -> Files.isDirectory(path)).toList();
        }
        for (Path directory : directories) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
        }
        List<String> hubBefore = Listing.of(hub);
        List<String> modelsBefore = Listing.of(home.models());

        for (VerifyOptions options : List.of(LOAD, HASH, CACHE_CHECK)) {
            assertThat(verify("default", ModelPlace.HUB_CACHE, options).status())
                    .isEqualTo(Status.COMPLETE);
            for (String model : List.of("own", "plain", "borrows", "wild")) {
                verify(model, ModelPlace.HUB_CACHE, options);
                verify(model, ModelPlace.LOCAL_CACHE, options);
            }
        }

        assertThat(Listing.of(hub)).isEqualTo(hubBefore);
        assertThat(Listing.of(home.models())).isEqualTo(modelsBefore);
        for (Path directory : directories) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    // Places

    @Test
    void checksEachCacheIndependently() throws IOException {
        CacheBuilder built = whole(ownHub, GOOD);
        assertThat(verify("own", ModelPlace.LOCAL_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);
        assertThat(verify("own", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.MISSING);

        whole(hub, Scripted.content("evil"));
        assertThat(verify("own", ModelPlace.LOCAL_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);
        assertThat(verify("own", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.INCOMPLETE);
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.INCOMPLETE);
        assertThat(loadedFiles().get(0)).isEqualTo(built.snapshot(NEW).resolve("model.bin"));
    }

    @Test
    void checksSameFilesThatLoadReads() throws IOException {
        CacheBuilder fallback =
                new CacheBuilder(ownHub, Scripted.FALLBACK).ref("main", NEW).linked(NEW, "model.bin", GOOD);
        ModelStore store = new ModelStore(home, hub);

        Verdict verdict = verify("own", ModelPlace.LOCAL_CACHE, LOAD);
        assertThat(verdict.status()).isEqualTo(Status.COMPLETE);
        assertThat(verdict.fallback()).isEqualTo(Scripted.FALLBACK);
        assertThat(store.filesOf(scripted, "own").byName().values())
                .containsExactly(fallback.snapshot(NEW).resolve("model.bin"))
                .containsExactlyElementsOf(loadedFiles());

        CacheBuilder inDefault = whole(hub, GOOD);
        assertThat(store.filesOf(scripted, "own").require("model.bin"))
                .as("the model itself comes before its fallback")
                .isEqualTo(inDefault.snapshot(NEW).resolve("model.bin"));
        assertThat(verify("own", ModelPlace.HUB_CACHE, LOAD).fallback()).isNull();

        CacheBuilder own = whole(ownHub, GOOD);
        assertThat(store.filesOf(scripted, "own").require("model.bin"))
                .isEqualTo(own.snapshot(NEW).resolve("model.bin"));
        assertThat(verify("own", ModelPlace.LOCAL_CACHE, LOAD).fallback()).isNull();
    }

    @Test
    void checksPlainFileAndHubCacheSeparately() throws IOException {
        CacheBuilder built = whole(hub, GOOD);
        ModelStore store = new ModelStore(home, hub);
        assertThat(verify("plain", ModelPlace.LOCAL_CACHE, LOAD).status()).isEqualTo(Status.MISSING);
        assertThat(verify("plain", ModelPlace.HUB_CACHE, LOAD).status()).isEqualTo(Status.COMPLETE);
        assertThat(store.filesOf(scripted, "plain").single())
                .isEqualTo(built.snapshot(NEW).resolve("model.bin"));

        Path file = write(home.models().resolve("scripted/model.bin"), new byte[3]);
        assertThat(verify("plain", ModelPlace.LOCAL_CACHE, LOAD).reason()).contains(file + " is cut short");
        assertThat(store.filesOf(scripted, "plain").single()).isEqualTo(file);

        Files.write(file, new byte[0]);
        assertFiles(verify("plain", ModelPlace.LOCAL_CACHE, CACHE_CHECK), file + " is empty.");

        Files.move(file, file.resolveSibling("model.bin.0123456789abcdef.incomplete"));
        assertFiles(
                verify("plain", ModelPlace.LOCAL_CACHE, CACHE_CHECK), file + " does not exist.", ".incomplete has 0");
    }

    @Test
    void secondRepositoryIsPartOfModel() throws IOException {
        CacheBuilder tokenizer =
                new CacheBuilder(hub, Scripted.TOKENIZER).ref("main", OLD).linked(OLD, "tokenizer.json", CONFIG);
        assertThat(verify("borrows", ModelPlace.HUB_CACHE, LOAD).status())
                .as("a tokenizer may be there for another model's sake")
                .isEqualTo(Status.MISSING);

        whole(hub, GOOD);
        Verdict whole = verify("borrows", ModelPlace.HUB_CACHE, LOAD);
        assertThat(whole.status()).isEqualTo(Status.COMPLETE);
        assertThat(whole.bytesOnDisk()).isEqualTo(GOOD.length + 2L * CONFIG.length);
        assertThat(new ModelStore(home, hub).filesOf(scripted, "borrows").byName())
                .containsOnlyKeys("config.json", "model.bin", "tokenizer.json");

        Files.delete(tokenizer.snapshot(OLD).resolve("tokenizer.json"));
        assertFiles(verify("borrows", ModelPlace.HUB_CACHE, LOAD), "has no file tokenizer.json");
    }

    @Test
    void companionIsNotPartOfModel() throws IOException {
        CacheBuilder model = whole(hub, GOOD);
        Verdict alone = verify("accompanied", ModelPlace.HUB_CACHE, LOAD);
        assertThat(alone.status()).isEqualTo(Status.COMPLETE);

        new CacheBuilder(hub, Scripted.COMPANION)
                .ref("main", NEW)
                .linked(NEW, "model.bin", Scripted.content("no model at all"));
        assertThat(new ModelStore(home, hub).filesOf(scripted, "accompanied").byName())
                .containsOnlyKeys("config.json", "model.bin", "detector/model.bin");
        Verdict accompanied = verify("accompanied", ModelPlace.HUB_CACHE, LOAD);
        assertThat(accompanied.cached())
                .as("what is found out about the model does not hang on its companion")
                .isTrue();
        assertThat(accompanied.contents()).isEqualTo(alone.contents());
        assertThat(loadedFiles()).containsExactly(model.snapshot(NEW).resolve("model.bin"));
    }

    @Test
    void loadsAgainIfDirectoryBesideModelChanges() throws IOException {
        ModelInfo plain = scripted.modelInfo("plain", home.models());
        Path directory = home.models().resolve("scripted/x.mlmodelc");
        ModelInfo encoder = ModelInfo.ofLocalFiles(
                "x.mlmodelc",
                List.of(new ModelSource.HubArchive("acme/models", "main", "x.mlmodelc.zip", List.of("weights"))),
                List.of(directory),
                0);
        VerifyRequest request =
                new VerifyRequest(scripted, plain.withCompanions(List.of(encoder)), ModelPlace.LOCAL_CACHE);
        Files.createDirectories(directory);
        Files.write(plain.localPaths().get(0), GOOD);
        assertThat(verifier.verify(request, VerifyOptions.defaults()).status()).isEqualTo(Status.COMPLETE);

        Path weights = Files.writeString(directory.resolve("weights"), "weights");
        assertThat(verifier.verify(request, VerifyOptions.defaults()).cached())
                .as("the engine loads it with the model")
                .isFalse();
        assertThat(verifier.verify(request, VerifyOptions.defaults()).cached()).isTrue();
        Files.writeString(weights, "other weights");
        assertThat(verifier.verify(request, VerifyOptions.defaults()).cached()).isFalse();
        assertThat(loadedFiles()).hasSize(3);
        assertThat(verifier.verify(request, VerifyOptions.defaults()).contents())
                .containsExactly(plain.localPaths().get(0));
    }

    @Test
    void countsSharedBlobOnce() throws IOException {
        new CacheBuilder(hub, Scripted.REPOSITORY)
                .ref("main", NEW)
                .linked(NEW, "config.json", GOOD)
                .linked(NEW, "model.bin", GOOD);

        assertThat(verify("default", ModelPlace.HUB_CACHE, CACHE_CHECK).bytesOnDisk())
                .isEqualTo(GOOD.length);
    }

    // Outcomes of loading

    @ParameterizedTest
    @CsvSource({
        "abort, INCOMPLETE, CRASHED, GGML_ASSERT: ne[0] > 0",
        "bad-alloc, NOT_CHECKABLE, OUT_OF_MEMORY, std::bad_alloc",
        "kill, NOT_CHECKABLE, OUT_OF_MEMORY, SIGKILL",
        "hoard, NOT_CHECKABLE, OUT_OF_MEMORY, -Xmx",
        "own-words, NOT_CHECKABLE, OUT_OF_MEMORY, no room for the weights",
        "trip, INCOMPLETE, REFUSED, index 7 of 3",
        "engine, INCOMPLETE, REFUSED, The engine returned -6",
    })
    void everyOutcomeOfLoadingIsVerdict(String word, Status status, Problem problem, String message)
            throws IOException {
        whole(hub, Scripted.content(word));

        Verdict verdict = verify("default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(verdict.status()).isEqualTo(status);
        assertThat(verdict.problem()).isEqualTo(problem);
        assertThat(verdict.reason()).contains(message);
        verify("default", ModelPlace.HUB_CACHE, LOAD);
        assertThat(loadedFiles())
                .as("what hangs on the files is remembered, what hangs on the memory is not")
                .hasSize(status == Status.INCOMPLETE ? 1 : 2);
    }

    @Test
    void timeoutIsVerdictThatIsNotCached() throws IOException {
        whole(hub, Scripted.content("loop"));
        VerifyOptions brief = LOAD.withTimeLimit(Duration.ofSeconds(2));

        Verdict verdict = verify("default", ModelPlace.HUB_CACHE, brief);

        assertThat(verdict.status()).isEqualTo(Status.INCOMPLETE);
        assertThat(verdict.problem()).isEqualTo(Problem.TIMED_OUT);
        assertThat(verdict.reason()).contains("did not finish within 2.0 s", "more time");
        assertThat(home.data().resolve(ModelVerifier.VERDICTS_FILE)).doesNotExist();
    }

    @Test
    void modelWithoutEngineIsNotCheckable() throws IOException {
        whole(hub, GOOD);

        Verdict verdict = verifier.verify(new Scripted.Absent(), "default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(verdict.status()).isEqualTo(Status.NOT_CHECKABLE);
        assertThat(verdict.problem()).isEqualTo(Problem.UNAVAILABLE);
        assertThat(verdict.reason())
                .isEqualTo("The files are present, but absent cannot run here. There is no device. Buy one.");
        assertThat(verdict.bytesOnDisk()).isPositive();
        assertThat(verifier.verify(new Scripted.Absent(), "default", ModelPlace.HUB_CACHE, HASH)
                        .status())
                .isEqualTo(Status.COMPLETE);
    }

    @Test
    void implementationThatCannotListModelsGetsVerdict() {
        Verdict verdict = verifier.verify(new Scripted.Broken(), "default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(verdict.status()).isEqualTo(Status.NOT_CHECKABLE);
        assertThat(verdict.reason()).contains("no list of models");
    }

    @Test
    void makesNoNetworkConnections() throws IOException {
        whole(hub, Scripted.content("offline"));
        List<URI> asked = Collections.synchronizedList(new ArrayList<>());
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                // The channel to the child is a socket of this machine, not the network.
                if (!uri.getHost().equals("localhost") && !uri.getHost().startsWith("127.")) {
                    asked.add(uri);
                }
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
        try {
            for (VerifyOptions options : List.of(LOAD, HASH, CACHE_CHECK)) {
                verify("own", ModelPlace.LOCAL_CACHE, options);
                verify("plain", ModelPlace.LOCAL_CACHE, options);
                verify("direct", ModelPlace.LOCAL_CACHE, options);
            }
            assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).reason())
                    .isEqualTo("HF_HUB_OFFLINE is 1 and TRANSFORMERS_OFFLINE is 1");
        } finally {
            ProxySelector.setDefault(before);
        }
        assertThat(asked).isEmpty();
        assertThat(home.models()).doesNotExist();
    }

    // Verdict cache

    @Test
    void loadsAgainOnlyIfFileChanges() throws IOException {
        CacheBuilder built = whole(hub, GOOD);
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).cached()).isFalse();
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).cached()).isTrue();

        verifier = newVerifier();
        Verdict second = verify("default", ModelPlace.HUB_CACHE, LOAD);
        assertThat(second.cached()).isTrue();
        assertThat(second.status()).isEqualTo(Status.COMPLETE);
        assertThat(second.reason()).isEqualTo("Loaded by scripted engine 1.0 on CPU.");
        assertThat(second.runtime()).isEqualTo("scripted engine 1.0");
        assertThat(loadedFiles()).hasSize(1);

        Path blob = built.directory().resolve("blobs").resolve(CacheBuilder.sha256(GOOD));
        Files.setLastModifiedTime(blob, FileTime.from(Instant.now().minusSeconds(100)));
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).cached()).isFalse();
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).cached()).isTrue();
        assertThat(loadedFiles()).hasSize(2);
    }

    @Test
    void checksAgainForOtherEngineVersionOrLevel() throws IOException {
        whole(hub, GOOD);
        Path library = write(temporary.resolve("libengine.so"), new byte[1]);
        Implementation newer = new Scripted() {
            @Override
            public String version() {
                return "2.0";
            }

            @Override
            public List<Path> engineFiles() {
                return List.of(library);
            }
        };
        verify("default", ModelPlace.HUB_CACHE, LOAD);

        assertThat(verifier.verify(newer, "default", ModelPlace.HUB_CACHE, LOAD).cached())
                .isFalse();
        verifier = newVerifier();
        assertThat(verifier.verify(newer, "default", ModelPlace.HUB_CACHE, LOAD).cached())
                .isTrue();
        Files.write(library, new byte[2]);
        verifier = newVerifier();
        assertThat(verifier.verify(newer, "default", ModelPlace.HUB_CACHE, LOAD).cached())
                .isFalse();
        assertThat(verify("default", ModelPlace.HUB_CACHE, HASH).cached()).isFalse();
    }

    @Test
    void ignoresCachedVerdictsOnRequest() throws IOException {
        whole(hub, GOOD);
        verify("default", ModelPlace.HUB_CACHE, LOAD.withCaching(Caching.OFF));
        assertThat(home.data().resolve(ModelVerifier.VERDICTS_FILE)).doesNotExist();

        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).cached()).isFalse();
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD.withCaching(Caching.OFF))
                        .cached())
                .isFalse();
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD.withCaching(Caching.REFRESH))
                        .cached())
                .isFalse();
        assertThat(verify("default", ModelPlace.HUB_CACHE, LOAD).cached()).isTrue();
        assertThat(loadedFiles()).hasSize(4);
    }

    // Several requests

    @Test
    void verdictsAreInRequestOrderAndIndependent() throws IOException {
        whole(hub, GOOD);
        whole(ownHub, Scripted.content("abort"));
        List<VerifyRequest> requests = List.of(
                request(scripted, "own", ModelPlace.LOCAL_CACHE),
                request(scripted, "default", ModelPlace.HUB_CACHE),
                request(new Scripted.Faulty(), "default", ModelPlace.HUB_CACHE),
                request(scripted, "alias", ModelPlace.HUB_CACHE),
                request(scripted, "direct", ModelPlace.LOCAL_CACHE));
        List<VerifyRequest> started = new ArrayList<>();
        List<Verdict> heard = new ArrayList<>();

        Map<VerifyRequest, Verdict> verdicts =
                verifier.verifyAll(requests, LOAD.withCaching(Caching.REFRESH), new VerifyListener() {
                    @Override
                    public void onStart(VerifyRequest request) {
                        started.add(request);
                    }

                    @Override
                    public void onVerdict(VerifyRequest request, Verdict verdict) {
                        heard.add(verdict);
                    }
                });

        assertThat(verdicts.keySet()).containsExactlyElementsOf(requests);
        assertThat(verdicts.values())
                .extracting(Verdict::status)
                .containsExactly(
                        Status.INCOMPLETE, Status.COMPLETE, Status.NOT_CHECKABLE, Status.COMPLETE, Status.MISSING);
        assertThat(started).containsExactlyInAnyOrderElementsOf(requests);
        assertThat(heard).containsExactlyInAnyOrderElementsOf(verdicts.values());
        assertThat(loadedFiles()).as("two names of one model are one check").hasSize(2);
    }

    @Test
    void interruptEndsCheck() throws IOException {
        whole(hub, Scripted.content("loop"));
        Thread caller = Thread.currentThread();
        VerifyListener interrupting = new VerifyListener() {
            @Override
            public void onStart(VerifyRequest request) {
                caller.interrupt();
            }
        };

        assertThatThrownBy(() -> verifier.verifyAll(
                        List.of(request(scripted, "default", ModelPlace.HUB_CACHE)), LOAD, interrupting))
                .isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
    }

    private VerifyRequest request(Implementation implementation, String model, ModelPlace place) {
        return new VerifyRequest(implementation, implementation.modelInfo(model, home.models()), place);
    }

    private Verdict verify(String model, ModelPlace place, VerifyOptions options) {
        return verifier.verify(scripted, model, place, options);
    }

    private static void assertFiles(Verdict verdict, String... parts) {
        assertThat(verdict.status()).isEqualTo(Status.INCOMPLETE);
        assertThat(verdict.problem()).isEqualTo(Problem.FILES);
        assertThat(verdict.reason()).contains(parts);
    }

    private static CacheBuilder whole(Path cache, byte[] model) throws IOException {
        return new CacheBuilder(cache, Scripted.REPOSITORY)
                .ref("main", NEW)
                .linked(NEW, "config.json", CONFIG)
                .linked(NEW, "model.bin", model);
    }

    /** Writes the hub's listing, with the hash of the good model and the given size. */
    private static void writeTree(CacheBuilder built, long size) throws IOException {
        Files.createDirectories(built.directory().resolve("trees"));
        Files.writeString(built.directory().resolve("trees").resolve(NEW + ".json"), """
                {"format_version": 1, "files": {
                  "config.json": {"size": %d, "blob_id": "%s", "lfs_sha256": "%s", "lfs_size": %1$d},
                  "model.bin": {"size": 130, "blob_id": "%2$s", "lfs_sha256": "%s", "lfs_size": %d}}}
                """.formatted(
                        CONFIG.length, "c".repeat(40), CacheBuilder.sha256(CONFIG), CacheBuilder.sha256(GOOD), size));
    }

    private static Path write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    private List<Path> loadedFiles() throws IOException {
        return Files.exists(loads)
                ? Files.readAllLines(loads).stream().map(Path::of).toList()
                : List.of();
    }
}
