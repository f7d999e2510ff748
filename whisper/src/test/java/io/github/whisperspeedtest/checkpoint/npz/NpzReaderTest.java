package io.github.whisperspeedtest.checkpoint.npz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.Damage;
import io.github.whisperspeedtest.testing.NpzBuilder;
import io.github.whisperspeedtest.testing.ZipBuilder.Archive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzReaderTest {
    private static final String FOUR_BYTES = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }";

    /** The memory limit for reading; no array needs a tenth of it. */
    private static final long MEMORY = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void readsArraysInPlace() throws IOException {
        Path file = write(new NpzBuilder()
                .add(
                        "decoder.blocks.0.mlp1.weight",
                        "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 1), }",
                        (byte) 0,
                        (byte) 0x3c,
                        (byte) 0,
                        (byte) 0xc0)
                .add("codes", FOUR_BYTES, (byte) 1, (byte) 2, (byte) 3, (byte) 0xff)
                .build()
                .bytes());

        Map<String, StoredArray> arrays = NpzReader.arrays(file);

        assertThat(arrays.keySet()).containsExactly("decoder.blocks.0.mlp1.weight", "codes");
        StoredArray weight = array(arrays, "decoder.blocks.0.mlp1.weight");
        assertThat(weight.region().orElseThrow().file()).isEqualTo(file);
        float[] values = new float[2];
        weight.tensor().copyTo(0, values);
        assertThat(values).containsExactly(1, -2);
        StoredArray codes = array(arrays, "codes");
        assertThat(codes.type()).isEqualTo("U8");
        assertThat(codes.shape()).containsExactly(2, 2);
        assertThat(codes.data()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, (byte) 0xff}));
    }

    @ParameterizedTest
    @CsvSource({
        "<f8, F64, 8",
        "<f4, F32, 4",
        "<f2, F16, 2",
        "<V2, BF16, 2",
        "|V2, BF16, 2",
        "<u8, U64, 8",
        "<u4, U32, 4",
        "<u2, U16, 2",
        "|u1, U8, 1",
        "<i8, I64, 8",
        "<i4, I32, 4",
        "<i2, I16, 2",
        "|i1, I8, 1",
        "|b1, BOOL, 1"
    })
    void readsEveryType(String descr, String type, int bytes) throws IOException {
        StoredArray array =
                single(new NpzBuilder().add("x", NpzBuilder.header(descr, false, List.of(3)), new byte[3 * bytes]));

        assertThat(array.type()).isEqualTo(type);
        assertThat(array.shape()).containsExactly(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void readsEveryVersion(int version) throws IOException {
        StoredArray array = single(new NpzBuilder().add("x", version, FOUR_BYTES, new byte[] {9, 8, 7, 6}));

        assertThat(array.data()).isEqualTo(ByteBuffer.wrap(new byte[] {9, 8, 7, 6}));
    }

    /** The last three: a matrix and a vector as MLX writes them, and a vector with extra dimensions. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"shape\": (4,), \"descr\": \"|u1\", \"fortran_order\": False}",
                "{'descr':'|u1','fortran_order':False,'shape':(2,2)}",
                "  {'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 1, 2), } \n ",
                "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2, )}",
                "{'descr': '|u1', 'fortran_order': True, 'shape': (4, )}",
                "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 4, 1)}"
            })
    void readsEveryHeaderNotation(String header) throws IOException {
        StoredArray array = single(new NpzBuilder().add("x", header, new byte[] {1, 2, 3, 4}));

        assertThat(array.data()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    }

    @Test
    void readsScalarsAndEmptyArrays() throws IOException {
        Map<String, StoredArray> arrays = NpzReader.arrays(write(new NpzBuilder()
                .add("number", NpzBuilder.header("<i4", false, List.of()), (byte) 5, (byte) 0, (byte) 0, (byte) 0)
                .add("nothing", NpzBuilder.header("<f4", false, List.of(0, 2147483647, 2147483647, 2147483647)))
                .build()
                .bytes()));

        assertThat(array(arrays, "number").shape()).isEmpty();
        assertThat(array(arrays, "number").data().getInt(0)).isEqualTo(5);
        assertThat(array(arrays, "nothing").data().remaining()).isZero();
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                arguments("", "should contain exactly 'descr'"),
                arguments("None", "should contain exactly 'descr'"),
                arguments("{}", "should contain exactly 'descr'"),
                arguments("{'descr': '|u1', 'fortran_order': False}", "should contain exactly 'descr'"),
                arguments(
                        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (4,)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), 'x': 'y'}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (4,)} {}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (4,)",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1' 'fortran_order': False, 'shape': (4,)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': 0, 'shape': (4,)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (4)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': [4]}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (2 2)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments("{'descr': '|u1', 'fortran_order': False, 'shape': (2,,2)}", "sizes from 0 to 2147483647"),
                arguments("{'descr': '|u1', 'fortran_order': False, 'shape': (,)}", "sizes from 0 to 2147483647"),
                arguments("{'descr': '|u1', 'fortran_order': False, 'shape': (-4,)}", "sizes from 0 to 2147483647"),
                arguments("{'descr': '|u1', 'fortran_order': False, 'shape': (4294967300,)}", "sizes from 0"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (0x4,)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (2*2,)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (4,)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u\\x31', 'fortran_order': False, 'shape': (4,)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments(
                        "{'descr': '|u1, 'fortran_order': False, 'shape': (4,)}",
                        "should contain exactly 'descr', 'fortran_order' and 'shape'"),
                arguments("{'descr': '|u1\u001b[31m', 'fortran_order': False, 'shape': (4,)}", "type '|u1?[31m'"),
                arguments("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "has records"),
                arguments("{'descr': '|O', 'fortran_order': False, 'shape': (4,)}", "a pickle that can run code"),
                arguments("{'descr': 'O', 'fortran_order': False, 'shape': (4,)}", "a pickle that can run code"),
                arguments("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", "big-endian"),
                arguments("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "'<c8', which is unknown"),
                arguments("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", "'<U1', which is unknown"),
                arguments("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2)}", "is in Fortran order"),
                arguments("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", "needs 3 bytes, but has 4"),
                arguments("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "needs 8 bytes, but has 4"),
                arguments(
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (2147483647, 2)}", "needs 4294967294 bytes"),
                arguments(
                        "{'descr': '<f8', 'fortran_order': False, 'shape': (2147483647, 2147483647, 9, 0)}",
                        "too many elements to count"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void rejectsInvalidHeaders(String header, String offence) {
        assertThat(refusal(
                        new NpzBuilder().add("x", header, new byte[4]).build().bytes()))
                .contains("array 'x'")
                .contains(offence);
    }

    static Stream<Arguments> entries() {
        byte[] valid = NpzBuilder.npy(1, FOUR_BYTES, new byte[4]);
        byte[] longHeader = NpzBuilder.npy(2, FOUR_BYTES, new byte[4]);
        Arrays.fill(longHeader, 8, 12, (byte) 0xff);
        return Stream.of(
                arguments("no byte", new byte[0], "should have 10 bytes from 0 on, but its entry has only 0"),
                arguments("another format", changed(valid, 0, 'x'), "has an invalid signature"),
                arguments("a version to come", changed(valid, 6, 4), "has an invalid signature"),
                arguments("no version", changed(valid, 6, 0), "has an invalid signature"),
                arguments("a header beyond the entry", changed(valid, 9, 3), "but its entry has only 132"),
                arguments("a header of 4 GB", longHeader, "at most 65536 bytes, but is said to have 4294967295"),
                arguments("nothing but a header", Arrays.copyOf(valid, 128), "needs 4 bytes, but has 0"),
                arguments("a byte too many", Arrays.copyOf(valid, 133), "needs 4 bytes, but has 5"),
                arguments("half a header", Arrays.copyOf(valid, 60), "but its entry has only 60"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void rejectsEntriesThatAreNotArrays(String what, byte[] entry, String offence) {
        // Another array follows, which must not be read.
        byte[] file = new NpzBuilder()
                .addEntry("x.npy", entry)
                .add("y", FOUR_BYTES, new byte[4])
                .build()
                .bytes();

        assertThat(refusal(file)).as(what).contains("array 'x'").contains(offence);
    }

    static Stream<Arguments> archives() {
        return Stream.of(
                arguments("no archive", new byte[100], "does not end with a zip directory"),
                arguments("two arrays of a name", named("x.npy", "x.npy"), "two entries of the name 'x.npy'"),
                arguments("a way out", named("../x.npy"), "not a valid path in the archive"),
                arguments("the root", named("/x.npy"), "not a valid path in the archive"),
                arguments("another file", named("x.txt"), "should be called *.npy, but one is called 'x.txt'"),
                arguments("a size beyond the file", sized(1 << 30, 1 << 30), "and match the directory, but does not"),
                arguments("two sizes", sized(1, 132), "impossible sizes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void rejectsInconsistentArchives(String what, byte[] file, String offence) {
        assertThat(refusal(file)).as(what).contains(offence);
    }

    @Test
    void suggestsUncompressedArchive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("x.npy"));
            zip.write(NpzBuilder.npy(1, FOUR_BYTES, new byte[4]));
        }

        assertThat(refusal(bytes.toByteArray()))
                .contains("cannot be used: array 'x' is compressed")
                .endsWith("Save it with numpy.savez or mx.savez instead of savez_compressed.");
    }

    @Test
    void mutatedFilesAreReadOrRejected() throws IOException {
        byte[] valid = new NpzBuilder()
                .add("a", NpzBuilder.header("<f4", false, List.of(2, 3)), new byte[24])
                .add("b", NpzBuilder.header("<u4", false, List.of(5)), new byte[20])
                .build()
                .bytes();
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            Path file = write(Damage.of(valid, 0, valid.length, random));
            try {
                NpzReader.arrays(file)
                        .values()
                        .forEach(array -> assertThat(array.data().remaining()).isNotNegative());
            } catch (ModelException e) {
                assertThat(e).hasMessageContaining(file.toString()).hasMessageEndingWith(".");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(200);
    }

    private static byte[] named(String... names) {
        NpzBuilder builder = new NpzBuilder();
        for (String name : names) {
            builder.addEntry(name, NpzBuilder.npy(1, FOUR_BYTES, new byte[4]));
        }
        return builder.build().bytes();
    }

    private static byte[] sized(long stored, long size) {
        Archive archive = new NpzBuilder().add("x", FOUR_BYTES, new byte[4]).build();
        int central = archive.centrals().get(0);
        return archive.int32(central + 20, stored).int32(central + 24, size).bytes();
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private StoredArray single(NpzBuilder builder) throws IOException {
        Map<String, StoredArray> arrays = NpzReader.arrays(write(builder.build().bytes()));
        assertThat(arrays).hasSize(1);
        return array(arrays, "x");
    }

    private static StoredArray array(Map<String, StoredArray> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    private String refusal(byte[] content) {
        Path file = write(content);
        List<String> refusals = new ArrayList<>();
        long allocated = Damage.allocatedBytes(() -> assertThatThrownBy(() -> NpzReader.arrays(file))
                .isInstanceOfSatisfying(ModelException.class, e -> refusals.add(e.getMessage())));
        assertThat(allocated).isLessThan(MEMORY);
        assertThat(refusals).hasSize(1);
        assertThat(refusals.get(0)).contains(file.toString()).endsWith(".");
        return refusals.get(0);
    }

    private Path write(byte[] bytes) {
        try {
            return Files.write(Files.createTempFile(directory, "weights", ".npz"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
