package io.github.whisperspeedtest.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.PickleBuilder;
import io.github.whisperspeedtest.testing.ZipBuilder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchDictionaryTest {
    /** One and minus two, as half, as bfloat16 and as float. */
    private static final byte[] HALVES = {0, 0x3c, 0, (byte) 0xc0};

    private static final byte[] BFLOATS = {(byte) 0x80, 0x3f, 0, (byte) 0xc0};
    private static final byte[] FLOATS = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0};

    @TempDir
    Path directory;

    @Test
    void readsEveryTypeInFileOrder() throws IOException {
        PickleBuilder pickle = PickleBuilder.checkpoint()
                .text("z")
                .tensor("HalfStorage", "0", 2, 0, new long[] {2}, new long[] {1})
                .text("bfloat")
                .tensor("BFloat16Storage", "1", 2, 0, new long[] {1, 2}, new long[] {2, 1})
                .text("a")
                .tensor("FloatStorage", "2", 2, 0, new long[] {2, 1}, new long[] {1, 1});

        Map<String, Tensor> tensors = tensors(write(pickle.endCheckpoint(), HALVES, BFLOATS, FLOATS));

        assertThat(tensors.keySet()).containsExactly("z", "bfloat", "a");
        assertThat(tensors.values())
                .extracting(Tensor::type)
                .containsExactly(DataType.F16, DataType.BF16, DataType.F32);
        assertThat(tensors.values())
                .extracting(Tensor::shape)
                .containsExactly(List.of(2), List.of(1, 2), List.of(2, 1));
        assertThat(tensors.values())
                .allSatisfy(tensor -> assertThat(values(tensor)).containsExactly(1, -2));
    }

    @Test
    void tensorsAreRegionsOfFile() throws IOException {
        PickleBuilder pickle = PickleBuilder.checkpoint()
                .text("first")
                .tensor("FloatStorage", "0", 2, 0, new long[] {1}, new long[] {1})
                .text("second")
                .tensor("FloatStorage", "0", 2, 1, new long[] {}, new long[] {});
        ZipBuilder.Archive archive = ZipBuilder.torch(pickle.endCheckpoint(), FLOATS);
        Path file = Files.write(directory.resolve("shared.pt"), archive.bytes());

        Map<String, Tensor> tensors = tensors(file);

        int start = archive.locals().get(2) + 30 + "archive/data/0".length();
        assertThat(tensors.get("first").region()).contains(new FileRegion(file, start, 4));
        assertThat(tensors.get("second").region()).contains(new FileRegion(file, start + 4, 4));
        assertThat(values(tensors.get("second"))).containsExactly(-2);
    }

    @Test
    void ignoresStridesWithoutEffect() throws IOException {
        PickleBuilder pickle = PickleBuilder.checkpoint()
                .text("row")
                .tensor("HalfStorage", "0", 2, 0, new long[] {1, 2, 1}, new long[] {77, 1, 5})
                .text("empty")
                .tensor("HalfStorage", "0", 2, 2, new long[] {0, 7}, new long[] {3, 3});

        Map<String, Tensor> tensors = tensors(write(pickle.endCheckpoint(), HALVES));

        assertThat(values(tensors.get("row"))).containsExactly(1, -2);
        assertThat(tensors.get("empty").elementCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"BFloat16Storage, 2", "HalfStorage, 2", "FloatStorage, 4"})
    void readsViewsInShapeOrder(String type, int bytes) throws IOException {
        PickleBuilder pickle = PickleBuilder.checkpoint()
                .text("transposed")
                .tensor(type, "0", 12, 0, new long[] {4, 3}, new long[] {1, 4})
                .text("sliced")
                .tensor(type, "0", 12, 5, new long[] {2, 1, 2}, new long[] {4, 99, 2})
                .text("expanded")
                .tensor(type, "0", 12, 11, new long[] {3, 1}, new long[] {0, 1})
                .text("permuted")
                .tensor(type, "0", 12, 0, new long[] {2, 2, 3}, new long[] {1, 6, 2});

        Map<String, Tensor> tensors = tensors(write(pickle.endCheckpoint(), counted(12, type, bytes)));

        assertThat(values(tensors.get("transposed"))).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
        assertThat(values(tensors.get("sliced"))).containsExactly(5, 7, 9, 11);
        assertThat(values(tensors.get("expanded"))).containsExactly(11, 11, 11);
        assertThat(values(tensors.get("permuted"))).containsExactly(0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11);
        float[] middle = new float[5];
        tensors.get("transposed").copyTo(4, middle);
        assertThat(middle).containsExactly(5, 9, 2, 6, 10);
        assertThat(tensors.get("transposed").region()).isEmpty();
    }

    /** Like the state of a network in training, with the versions of its modules. */
    @Test
    void readsParametersInOrderedDictionaryWithState() throws IOException {
        PickleBuilder pickle = PickleBuilder.start()
                .op("}")
                .text("model_state_dict")
                .orderedDictionary()
                .op("(")
                .text("weight")
                .global("torch._utils", "_rebuild_parameter")
                .tensor("0", List.of(2))
                .op("\u0088")
                .orderedDictionary()
                .op("\u0087R")
                .op("u")
                .op("}")
                .text("_metadata")
                .orderedDictionary()
                .text("")
                .op("}")
                .text("version")
                .number(1)
                .op("sssb")
                .op("s");

        Map<String, Tensor> tensors = tensors(write(pickle.end(), HALVES));

        assertThat(values(tensors.get("weight"))).containsExactly(1, -2);
    }

    @Test
    void readsNewerProtocols() throws IOException {
        PickleBuilder pickle = new PickleBuilder()
                .op("\u0080\u0004\u0095")
                .int64(20)
                .op("}\u0094(")
                .op("\u008c\u0010model_state_dict\u0094")
                .op("\u008c\u000bcollections\u0094\u008c\u000bOrderedDict\u0094\u0093\u0094)R\u0094")
                .op("\u008d")
                .int64(1)
                .op("x")
                .tensor("0", List.of(2))
                .op("s")
                .op("\u008c\u0001n\u008b")
                .int32(2)
                .op("\u00fe\u00ff")
                .op("\u008c\u0001mN\u008c\u0001pG\u003f\u00f0\u0000\u0000\u0000\u0000\u0000\u0000u");

        TorchDictionary dictionary = TorchDictionary.read(write(pickle.end(), HALVES));

        assertThat(dictionary.dictionary("model_state_dict").tensors()).containsOnlyKeys("x");
        assertThat(dictionary.integer("n", -2, 0)).isEqualTo(-2);
    }

    @Test
    void checksValuesOnAccess() throws IOException {
        PickleBuilder pickle = PickleBuilder.start()
                .op("}(")
                .text("number")
                .number(7)
                .text("text")
                .text("seven")
                .text("huge")
                .number(1L << 40)
                .op("u");
        Path file = write(pickle.end());
        TorchDictionary dictionary = TorchDictionary.read(file);

        assertThat(dictionary.integer("number", 7, 7)).isEqualTo(7);
        assertThatThrownBy(() -> dictionary.integer("number", 8, 9))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("an integer 'number' from 8 to 9, but has 7");
        assertThatThrownBy(() -> dictionary.integer("text", 0, 9)).hasMessageContaining("but has another value");
        assertThatThrownBy(() -> dictionary.integer("huge", 0, Integer.MAX_VALUE))
                .hasMessageContaining("but has 1099511627776");
        assertThatThrownBy(() -> dictionary.integer("none", 0, 9)).hasMessageContaining("but has none");
        assertThatThrownBy(() -> dictionary.dictionary("number"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("3 other values: 'number', 'text', 'huge'");
        assertThatThrownBy(dictionary::tensors)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("nothing but tensors, but 'number' is none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive/.data/serialization_id", "archive/.format_version", "archive/extra/anything"})
    void ignoresOtherEntries(String name) throws IOException {
        ZipBuilder builder = new ZipBuilder()
                .add("archive/data.pkl", PickleBuilder.start().op("}").end())
                .add(name, "1");
        Path file = Files.write(directory.resolve("a.pt"), builder.build().bytes());

        assertThatThrownBy(() -> TorchDictionary.read(file).dictionary("dims"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("should have a dictionary 'dims', but has 0 other values");
    }

    /** A ZIP64 end record, and an entry whose header lies beyond 4 GB. */
    @Test
    void readsFileOfSeveralGigabytes() throws IOException {
        long far = 5_000_000_000L;
        byte[] pickle = PickleBuilder.checkpoint()
                .text("x")
                .tensor("HalfStorage", "0", 2, 0, new long[] {2}, new long[] {1})
                .endCheckpoint();
        ZipBuilder.Archive first = new ZipBuilder().add("a/data.pkl", pickle).build();
        ZipBuilder.Archive second = new ZipBuilder().add("a/data/0", HALVES).build();
        int firstCentral = first.centrals().get(0);
        int secondCentral = second.centrals().get(0);
        second.short16(secondCentral + 30, 12).int32(secondCentral + 42, -1);
        Path file = directory.resolve("sparse.pt");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(first.bytes(), 0, firstCentral);
            sparse.seek(far);
            sparse.write(second.bytes(), 0, secondCentral);
            long start = sparse.getFilePointer();
            sparse.write(first.bytes(), firstCentral, first.end() - firstCentral);
            sparse.write(second.bytes(), secondCentral, second.end() - secondCentral);
            sparse.write(little(12)
                    .putShort((short) 1)
                    .putShort((short) 8)
                    .putLong(far)
                    .array());
            long end = sparse.getFilePointer();
            sparse.write(little(56 + 20 + 22)
                    .putInt(0x06064b50)
                    .putLong(44)
                    .putLong(12, 0)
                    .position(24)
                    .putLong(2)
                    .putLong(2)
                    .putLong(end - start)
                    .putLong(start)
                    .putInt(0x07064b50)
                    .putInt(0)
                    .putLong(end)
                    .putInt(1)
                    .putInt(0x06054b50)
                    .putInt(0)
                    .putShort((short) 2)
                    .putShort((short) 2)
                    .putInt((int) (end - start))
                    .putInt(-1)
                    .array());
        }

        Map<String, Tensor> tensors = tensors(file);

        assertThat(values(tensors.get("x"))).containsExactly(1, -2);
        assertThat(tensors.get("x").region().orElseThrow().offset()).isGreaterThan(far);
    }

    private Path write(byte[] pickle, byte[]... storages) throws IOException {
        return ZipBuilder.write(directory.resolve("model.pt"), pickle, storages);
    }

    private static Map<String, Tensor> tensors(Path file) throws IOException {
        return TorchDictionary.read(file).dictionary("model_state_dict").tensors();
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.elementCount())];
        tensor.copyTo(0, values);
        return values;
    }

    /** Returns consecutive numbers from zero. */
    private static byte[] counted(int count, String type, int bytes) {
        ByteBuffer numbers = little(count * bytes);
        for (int i = 0; i < count; i++) {
            switch (type) {
                case "BFloat16Storage" -> numbers.putShort((short) (Float.floatToIntBits(i) >> 16));
                case "HalfStorage" -> numbers.putShort(HalfFloats.fromFloat(i));
                default -> numbers.putFloat(i);
            }
        }
        return numbers.array();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
