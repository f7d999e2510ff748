package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.hub.testing.HubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ArchiveUnpackerTest {
    private static final String NAME = "x.mlmodelc";
    private static final byte[] WEIGHTS = HubServer.content(200_000, 1);

    @TempDir
    private Path directory;

    private Path target;

    @BeforeEach
    void createTarget() throws IOException {
        target = Files.createDirectories(directory.resolve("target"));
    }

    @Test
    void unpacksFilesAndListsThemWithSizesAndHashes() throws IOException {
        UnpackedManifest manifest = unpack(TestArchive.encoder(NAME, WEIGHTS)
                .file("__MACOSX/" + NAME + "/._model.mil", new byte[] {1})
                .file(NAME + "/.DS_Store", new byte[] {2})
                .build());

        assertThat(manifest.files())
                .extracting(UnpackedManifest.Entry::path)
                .containsExactly("coremldata.bin", "model.mil", "weights/weight.bin");
        assertThat(target.resolve("weights/weight.bin")).hasBinaryContent(WEIGHTS);
        assertThat(manifest.files().get(0))
                .isEqualTo(new UnpackedManifest.Entry(
                        "coremldata.bin", 4, "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"));
        assertThat(namesIn(target)).containsExactlyInAnyOrder("coremldata.bin", "model.mil", "weight.bin");
    }

    @Test
    void doesNotDependOnTheNameOfTheDirectory() throws IOException {
        assertThat(unpack(TestArchive.encoder("other", WEIGHTS).build()).files())
                .hasSize(3);
        assertThat(target.resolve("weights/weight.bin")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void tellsTheTotalSizeBeforeItWritesAnything() throws IOException {
        Path archive = write(TestArchive.encoder(NAME, WEIGHTS).build());

        assertThatThrownBy(() -> ArchiveUnpacker.unpack(archive, target, bytes -> {
                    throw new IOException("no room for " + bytes);
                }))
                .hasMessage("no room for " + (WEIGHTS.length + 16));
        assertThat(target).isEmptyDirectory();
    }

    static List<Arguments> hostileArchives() throws IOException {
        byte[] good = encoder().build();
        byte[] wrongByte = good.clone();
        // In the middle of the weights, which are last and do not compress.
        wrongByte[good.length / 2] ^= 1;
        return List.of(
                arguments("parent", encoder().file("../evil", WEIGHTS).build(), "not a valid path"),
                arguments(
                        "parent below",
                        encoder().file(NAME + "/../../evil", WEIGHTS).build(),
                        "not a valid path"),
                arguments("absolute", encoder().file("/evil", WEIGHTS).build(), "not a valid path"),
                arguments(
                        "backslash",
                        encoder().file(NAME + "\\..\\evil", WEIGHTS).build(),
                        "not a valid path"),
                arguments("other root", encoder().file("evil", WEIGHTS).build(), "is not in the one directory"),
                arguments(
                        "similar root",
                        encoder().file(NAME + "2/evil", WEIGHTS).build(),
                        "is not in the one directory"),
                arguments(
                        "no root", new TestArchive().file("model.mil", WEIGHTS).build(), "is not in the one directory"),
                arguments("link", withMode("model.mil", 0120777), "is a link"),
                arguments("link in place of a directory", withMode("weights/", 0120777), "is a link"),
                arguments("device", withMode("model.mil", 0020666), "is a link or another special file"),
                arguments(
                        "other case",
                        encoder().file(NAME + "/Model.mil", WEIGHTS).build(),
                        "twice in different cases"),
                arguments(
                        "file and directory",
                        encoder().file(NAME + "/model.mil/x", WEIGHTS).build(),
                        "both a file and"),
                arguments("too many", many(1001), "1 to 1000 files"),
                arguments("empty", new TestArchive().directory(NAME + "/").build(), "1 to 1000 files"),
                arguments("too large", huge(), "at most 8589934592 bytes"),
                arguments("bomb", resized(5), "size and checksum"),
                arguments("short", resized(500), "size and checksum"),
                arguments("wrong byte", wrongByte, "size and checksum"),
                arguments("truncated", Arrays.copyOf(good, good.length - 1000), "was truncated"),
                arguments("cut at the front", Arrays.copyOfRange(good, 100, good.length), "directory"),
                arguments("no zip", WEIGHTS, "does not end with a zip directory"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileArchives")
    void refusesHostileArchive(String what, byte[] archive, String offence) {
        assertThatThrownBy(() -> unpack(archive))
                .as(what)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("archive.zip is damaged: ")
                .hasMessageContaining(offence);
        assertThat(directory.resolve("evil")).doesNotExist();
        assertThat(directory.resolve("target/evil")).doesNotExist();
    }

    private static TestArchive encoder() throws IOException {
        return TestArchive.encoder(NAME, WEIGHTS);
    }

    private static byte[] withMode(String file, int mode) throws IOException {
        byte[] archive = encoder().build();
        TestArchive.setMode(archive, NAME + "/" + file, mode);
        return archive;
    }

    private static byte[] resized(int size) throws IOException {
        byte[] archive = encoder().build();
        TestArchive.setSize(archive, NAME + "/model.mil", size);
        return archive;
    }

    private static byte[] many(int files) throws IOException {
        TestArchive archive = new TestArchive();
        for (int i = 0; i < files; i++) {
            archive.file(NAME + "/" + i, new byte[1]);
        }
        return archive.build();
    }

    /** Three files that claim four gigabytes each, as much as a field of 32 bits holds. */
    private static byte[] huge() throws IOException {
        byte[] archive = new TestArchive()
                .file(NAME + "/0", new byte[1])
                .file(NAME + "/1", new byte[1])
                .file(NAME + "/2", new byte[1])
                .build();
        for (int i = 0; i < 3; i++) {
            TestArchive.setSize(archive, NAME + "/" + i, 0xfffffffe);
        }
        return archive;
    }

    private UnpackedManifest unpack(byte[] archive) throws IOException {
        return ArchiveUnpacker.unpack(write(archive), target, bytes -> {});
    }

    private Path write(byte[] archive) throws IOException {
        return Files.write(directory.resolve("archive.zip"), archive);
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> content = Files.walk(directory)) {
            return content.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }
}
