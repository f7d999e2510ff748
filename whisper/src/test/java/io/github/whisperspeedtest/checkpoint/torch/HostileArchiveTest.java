package io.github.whisperspeedtest.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.PickleBuilder;
import io.github.whisperspeedtest.testing.ZipBuilder;
import io.github.whisperspeedtest.testing.ZipBuilder.Archive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged archives around a valid pickle are rejected with a message. */
@Tag("hostile-files")
class HostileArchiveTest {
    private static final byte[] STORAGE = {0, 0x3c, 0, (byte) 0xc0};
    private static final byte[] PICKLE =
            PickleBuilder.checkpoint().text("x").tensor("0", List.of(2)).endCheckpoint();

    /** Positions of the entries of {@link #valid}. */
    private static final int DATA_PICKLE = 0;

    private static final int BYTE_ORDER = 1;
    private static final int DATA = 2;
    private static final int LAST = 3;

    @TempDir
    Path directory;

    private static Archive valid() {
        return ZipBuilder.torch(PICKLE, STORAGE);
    }

    private static byte[] local(int entry, int field, int value) {
        Archive archive = valid();
        return archive.short16(archive.locals().get(entry) + field, value).bytes();
    }

    private static byte[] central(int entry, int field, int value) {
        Archive archive = valid();
        return archive.short16(archive.centrals().get(entry) + field, value).bytes();
    }

    private static byte[] central32(int entry, int field, long value) {
        Archive archive = valid();
        return archive.int32(archive.centrals().get(entry) + field, value).bytes();
    }

    private static byte[] end(int field, int value) {
        Archive archive = valid();
        return archive.short16(archive.end() + field, value).bytes();
    }

    private static byte[] end32(int field, long value) {
        Archive archive = valid();
        return archive.int32(archive.end() + field, value).bytes();
    }

    private static byte[] named(String name) {
        return new ZipBuilder()
                .add("archive/data.pkl", PICKLE)
                .add(name, STORAGE)
                .build()
                .bytes();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("nothing", new byte[0], "is not a zip archive"),
                arguments("one byte", ascii("P"), "is not a zip archive"),
                arguments("a page of the web", ascii("<!DOCTYPE html><html>Not found"), "is not a zip archive"),
                arguments("a pointer", ascii("version https://git-lfs.github.com/spec/v1"), "is not a zip archive"),
                arguments("the start alone", ascii("PK\u0003\u0004"), "does not end with a zip directory"),
                arguments("cut short", Arrays.copyOf(valid().bytes(), 300), "it was truncated"),
                arguments("something behind it", joined(valid().bytes(), ascii("x")), "other data was appended"),
                arguments("another archive behind it", joined(valid().bytes(), valid().bytes()), "should end at"),
                arguments(
                        "an empty archive",
                        joined(ascii("PK\u0003\u0004"), new ZipBuilder().build().bytes()),
                        "is said to begin"),
                arguments("a comment", commented(), "other data was appended"),
                arguments("a comment with an end in it", commentedWithEnd(), "should end at"),
                arguments("several disks", end(4, 1), "several disks"),
                arguments("another disk's directory", end(6, 1), "several disks"),
                arguments("a different count on this disk", end(8, 3), "several disks"),
                arguments("fewer entries than there are", counted(3), "and nothing else, but"),
                arguments("more entries than there are", counted(5), "should have another entry"),
                arguments("as many entries as can be", counted(0xffff), "should have another entry"),
                arguments("a directory that is shorter", end32(12, 10), "should end at"),
                arguments("a directory of 4 GB", end32(12, -1), "in 4294967295"),
                arguments("a directory elsewhere", end32(16, 4), "is said to begin at 4"),
                arguments("a directory beyond the end", end32(16, 1 << 30), "is said to begin at 1073741824"),
                arguments("a directory that is none", central32(DATA, 0, 0), "should have another entry"),
                arguments("an entry beyond the directory", central(LAST, 28, 900), "reaches beyond the directory"),
                arguments("a field beyond the directory", central(LAST, 30, 0xffff), "reaches beyond the directory"),
                arguments("a comment beyond the directory", central(LAST, 32, 0xffff), "reaches beyond the directory"),
                arguments("an entry on another disk", central(DATA, 34, 1), "on another disk"),
                arguments("a size of 64 bits that is not there", central32(DATA, 24, -1), "lacks a 64-bit value"),
                arguments("an offset of 64 bits that is not there", central32(DATA, 42, -1), "lacks a 64-bit value"),
                arguments("two sizes", central32(DATA, 24, 2), "impossible sizes: 2 and 4 bytes"),
                arguments(
                        "a header beyond the end",
                        central32(DATA, 42, 1 << 30),
                        "the header of entry 'archive/data/0'"),
                arguments("a header that is none", central32(DATA, 42, 1), "and match the directory, but does not"),
                arguments("another entry's header", central32(DATA, 42, 0), "and match the directory, but does not"),
                arguments("an encrypted entry", central(DATA, 8, 1), "'archive/data/0' is encrypted"),
                arguments("strong encryption", central(DATA, 8, 1 << 6 | 1), "is encrypted"),
                arguments("an encrypted directory", central(DATA, 8, 1 << 13), "is encrypted"),
                arguments("an encrypted header", local(DATA, 6, 1), "and match the directory, but does not"),
                arguments("another method in the header", local(DATA, 8, 8), "and match the directory, but does not"),
                arguments("another size in the header", local(DATA, 18, 3), "and match the directory, but does not"),
                arguments(
                        "another checksum in the header", local(DATA, 14, 3), "and match the directory, but does not"),
                arguments(
                        "another length of the name in the header",
                        local(DATA, 26, 3),
                        "and match the directory, but does not"),
                arguments("another name in the header", local(DATA, 30, 'X'), "and match the directory, but does not"),
                arguments("a header that reaches into the next entry", local(DATA, 28, 90), "begins at"),
                arguments(
                        "a header that reaches into the directory",
                        local(LAST, 28, 0xffff),
                        "but the directory begins"),
                arguments("an entry that takes the next one in", grown(DATA, 20), "but the one before it ends at"),
                arguments("an entry that takes the directory in", grown(LAST, 100), "but the directory begins at"),
                arguments("one entry twice", named("archive/data.pkl"), "two entries of the name 'archive/data.pkl'"),
                arguments("one header for two entries", sharedHeader(), "the header of entry"),
                arguments("a way out", named("archive/../data/0"), "is not a valid path in the archive"),
                arguments("a way far out", named("../../etc/passwd"), "is not a valid path in the archive"),
                arguments("the root", named("/etc/passwd"), "is not a valid path in the archive"),
                arguments("another system's way out", named("archive\\..\\data"), "is not a valid path in the archive"),
                arguments("this place", named("archive/./data"), "is not a valid path in the archive"),
                arguments("an empty name", named(""), "is not a valid path in the archive"),
                arguments("a directory", named("archive/data/"), "is not a valid path in the archive"),
                arguments(
                        "a name with an end in it",
                        named("archive/data/0\0.txt"),
                        "is not a valid path in the archive"),
                arguments("a name that is no text", central(DATA, 46, 0xfffe), "is not a valid path in the archive"),
                arguments("a name of many bytes", named("archive/" + "x".repeat(2000)), "has a name of 2008 bytes"),
                arguments("two directories", named("other/data/0"), "'other/data/0' is not in 'archive/'"),
                arguments(
                        "no directory",
                        new ZipBuilder().add("data.pkl", PICKLE).build().bytes(),
                        "'data.pkl' is not in"),
                arguments(
                        "no pickle",
                        new ZipBuilder().add("a/version", "3").build().bytes(),
                        "an entry 'data.pkl'"),
                arguments("a changed pickle", changedPickle(), "should have the checksum"),
                arguments("a pickle of no byte", ZipBuilder.torch(new byte[0]).bytes(), "ends after 0 bytes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void rejectsOtherArchives(String what, byte[] bytes, String offence) {
        Path file = write(bytes);

        assertThat(RejectionReason.of(file, 2 << 20))
                .as(what)
                .contains(file.toString())
                .contains(offence)
                .endsWith(".");
    }

    @Test
    void readsValidArchive() throws IOException {
        read(write(valid().bytes()));
    }

    @Test
    void rejectsCompressedEntries() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(PICKLE);
        }
        Path file = write(bytes.toByteArray());

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("entry 'data.pkl' is compressed");
    }

    @Test
    void rejectsCompressedStorages() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            ZipEntry pickle = new ZipEntry("archive/data.pkl");
            pickle.setMethod(ZipEntry.STORED);
            pickle.setSize(PICKLE.length);
            pickle.setCrc(
                    Integer.toUnsignedLong(valid().int32(valid().centrals().get(DATA_PICKLE) + 16)));
            zip.putNextEntry(pickle);
            zip.write(PICKLE);
            zip.putNextEntry(new ZipEntry("archive/data/0"));
            zip.write(STORAGE);
        }
        Path file = write(bytes.toByteArray());

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("entry 'data/0' is compressed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"big", "middle", "\u001b[31m"})
    void rejectsOtherByteOrders(String order) {
        Path file = write(new ZipBuilder()
                .add("archive/data.pkl", PICKLE)
                .add("archive/byteorder", order)
                .build()
                .bytes());

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("byte order should be 'little', but is '" + order.replace('\u001b', '?') + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive/constants.pkl", "archive/code/__torch__.py"})
    void rejectsTorchScriptPrograms(String name) {
        Path file = write(named(name));

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("a TorchScript program");
    }

    @Test
    void distinguishesOldFilesFromDamagedFiles() {
        byte[] legacy = joined(
                new byte[] {
                    (byte) 0x80,
                    2,
                    (byte) 0x8a,
                    10,
                    0x6c,
                    (byte) 0xfc,
                    (byte) 0x9c,
                    0x46,
                    (byte) 0xf9,
                    0x20,
                    0x6a,
                    (byte) 0xa8,
                    0x50,
                    0x19,
                    '.'
                },
                new byte[400]);
        byte[] tar = new byte[1024];
        System.arraycopy(ascii("ustar"), 0, tar, 257, 5);
        for (byte[] bytes : List.of(legacy, tar)) {
            Path file = write(bytes);

            assertThatThrownBy(() -> read(file))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("PyTorch before 1.6")
                    .hasMessageContaining("save it again, or download the model again.");
        }
    }

    static Stream<Arguments> wide() {
        int length = valid().end();
        return Stream.of(
                arguments(end64(length, length, 0, 4), null),
                arguments(end64(length, length, 0, 3), "disagree about the directory"),
                arguments(end64(length, length, 1, 4), ", but is not"),
                arguments(end64(length, length - 8, 0, 4), "should be at " + length + ", but is said to be at"),
                arguments(end64(length, -1, 0, 4), "but is said to be at 18446744073709551615"),
                arguments(end64(length, length, 0, -1), "disagree about the directory"));
    }

    @ParameterizedTest
    @MethodSource("wide")
    void rejectsContradictoryZip64Directories(byte[] bytes, String offence) throws IOException {
        Path file = write(bytes);

        if (offence == null) {
            read(file);
            return;
        }
        assertThatThrownBy(() -> read(file)).isInstanceOf(ModelException.class).hasMessageContaining(offence);
    }

    @Test
    void hugeEntryCountAllocatesNoMemory() {
        for (long entries : new long[] {1L << 40, -1, Long.MIN_VALUE}) {
            Archive archive = valid();
            archive.short16(archive.end() + 8, 0xffff).short16(archive.end() + 10, 0xffff);
            Path file = write(end64(archive, archive.end(), 0, entries));

            assertThat(RejectionReason.of(file, 1 << 20)).contains("at most 65536 entries");
        }
    }

    /** Changes the number of entries in the end record. */
    private static byte[] counted(int entries) {
        Archive archive = valid();
        return archive.short16(archive.end() + 8, entries)
                .short16(archive.end() + 10, entries)
                .bytes();
    }

    /** Makes an entry longer, in its header too. */
    private static byte[] grown(int entry, int bytes) {
        Archive archive = valid();
        for (int sizes :
                new int[] {archive.locals().get(entry) + 18, archive.centrals().get(entry) + 20}) {
            archive.int32(sizes, archive.int32(sizes) + bytes).int32(sizes + 4, archive.int32(sizes + 4) + bytes);
        }
        return archive.bytes();
    }

    private static byte[] sharedHeader() {
        Archive archive = new ZipBuilder()
                .add("archive/data.pkl", PICKLE)
                .add("archive/data/0", STORAGE)
                .add("archive/data/1", STORAGE)
                .build();
        return archive.int32(archive.centrals().get(2) + 42, archive.locals().get(1))
                .bytes();
    }

    private static byte[] changedPickle() {
        byte[] bytes = valid().bytes();
        bytes[valid().locals().get(BYTE_ORDER) - 1] ^= 1;
        return bytes;
    }

    private static byte[] commented() {
        Archive archive = valid();
        return joined(archive.short16(archive.end() + 20, 4).bytes(), ascii("hi!!"));
    }

    /** The comment is the end record of another archive. */
    private static byte[] commentedWithEnd() {
        Archive archive = valid();
        byte[] other = Arrays.copyOfRange(archive.bytes(), archive.end(), archive.bytes().length);
        return joined(archive.short16(archive.end() + 20, other.length).bytes(), other);
    }

    private static byte[] end64(long place, long stated, int disk, long entries) {
        assertThat(place).isEqualTo(valid().end());
        return end64(valid(), stated, disk, entries);
    }

    /** Inserts a ZIP64 end record before the 32-bit one. */
    private static byte[] end64(Archive archive, long stated, int disk, long entries) {
        byte[] end = Arrays.copyOfRange(archive.bytes(), archive.end(), archive.bytes().length);
        byte[] wide = ByteBuffer.allocate(56 + 20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x06064b50)
                .putLong(44)
                .putInt(0)
                .putInt(disk)
                .putInt(0)
                .putLong(entries)
                .putLong(entries)
                .putLong(Integer.toUnsignedLong(archive.int32(archive.end() + 12)))
                .putLong(Integer.toUnsignedLong(archive.int32(archive.end() + 16)))
                .putInt(0x07064b50)
                .putInt(0)
                .putLong(stated)
                .putInt(1)
                .array();
        return joined(joined(Arrays.copyOf(archive.bytes(), archive.end()), wide), end);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static void read(Path file) throws IOException {
        assertThat(TorchDictionary.read(file).dictionary("model_state_dict").tensors())
                .containsOnlyKeys("x");
    }

    private Path write(byte[] bytes) {
        try {
            return Files.write(Files.createTempFile(directory, "hostile", ".pt"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
