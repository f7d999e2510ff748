package io.github.whisperspeedtest.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsReaderTest {
    private static final String TWO_TENSORS = """
            {"__metadata__":{"format":"pt"},
             "b":{"dtype":"F16","shape":[2,3],"data_offsets":[8,20]},
             "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    @TempDir
    Path directory;

    @Test
    void readsEveryTypeInByteOrder() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(1.5f).putFloat(-2).putShort((short) 0x3c00).putShort((short) 0xc000);
        data.putShort((short) 0x3f80).putShort((short) 0xc000);
        byte[] file = file("""
                {"z":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},
                 "half":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},
                 "float":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""", data.array());

        Map<String, Tensor> tensors = SafetensorsReader.read("test", new ByteArrayInputStream(file));

        assertThat(tensors.keySet()).containsExactly("float", "half", "z");
        assertThat(tensors.get("half").shape()).containsExactly(1, 2);
        assertThat(values(tensors.get("float"))).containsExactly(1.5f, -2);
        assertThat(values(tensors.get("half"))).containsExactly(1, -2);
        assertThat(values(tensors.get("z"))).containsExactly(1, -2);
    }

    @Test
    void readsFileLikeBuffer() throws IOException {
        byte[] bytes = file(TWO_TENSORS, bytes(20));
        Path file = Files.write(directory.resolve("model.safetensors"), bytes);

        Map<String, Tensor> mapped = SafetensorsReader.read(file);

        Map<String, Tensor> inMemory = SafetensorsReader.read("test", ByteBuffer.wrap(bytes));
        assertThat(mapped.keySet()).containsExactlyElementsOf(inMemory.keySet());
        mapped.forEach((name, tensor) ->
                assertThat(tensor.data()).isEqualTo(inMemory.get(name).data()));
    }

    @Test
    void acceptsScalarsEmptyTensorsAndHeaderPadding() {
        byte[] file = file("""
                {"scalar":{"dtype":"F32","shape":[],"data_offsets":[0,4]},
                 "empty":{"dtype":"F32","shape":[0,2147483647,2147483647,2147483647],"data_offsets":[4,4]}}     \s""", bytes(4));

        Map<String, Tensor> tensors = SafetensorsReader.read("test", ByteBuffer.wrap(file));

        assertThat(tensors.get("scalar").elementCount()).isOne();
        assertThat(tensors.get("empty").elementCount()).isZero();
    }

    @Test
    void readsFileOfSeveralGigabytes() throws IOException {
        long bytes = 3_000_000_000L;
        byte[] header = file("""
                {"first":{"dtype":"F16","shape":[750000000],"data_offsets":[0,1500000000]},
                 "second":{"dtype":"F16","shape":[750000000],"data_offsets":[1500000000,3000000000]}}""", new byte[0]);
        Path file = Files.write(directory.resolve("sparse.safetensors"), header);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(header.length + bytes);
            sparse.seek(header.length + bytes - 2);
            sparse.writeShort(0x003c);
        }
        Map<String, Tensor> tensors = SafetensorsReader.read(file);

        float[] last = new float[1];
        tensors.get("second").copyTo(749_999_999, last);
        assertThat(last).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}                        | tensor 'a' has elements of type "I64"
        {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}                       | sizes from 0
        {"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}                      | sizes from 0
        {"a":{"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]}}               | sizes from 0
        {"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}                          | a list as its shape
        {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}                        | needs 12 bytes
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}                        | needs 8 bytes
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}                       | from 0 on
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}                      | two data_offsets
        {"a":{"dtype":"F32","shape":[2]}}                                             | two data_offsets, but has none
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}     | from 0 on
        {"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}} | too many elements to count
        {"a":{"dtype":"F32","shape":[2147483647,2147483647,9,0],"data_offsets":[0,0]}} | too many elements to count
        {"a":{"dtype":"F32","shape":[2147483647],"data_offsets":[0,8589934588]}}      | may have at most 2147483647
        {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}                       | has only 8 bytes of tensors
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                        | should fill 8 bytes, but fill 4
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                        | should begin at offset 0
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | should begin at offset 8
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | not a valid JSON object
        {"a":7}                                                                       | has elements of type none
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}                     | not a valid JSON object
        {"a"                                                                          | not a valid JSON object
        []                                                                            | should begin with '{'
        """)
    void rejectsInvalidHeaderWithReason(String header, String offence) {
        byte[] file = file(header, bytes(8));

        assertThatThrownBy(() -> SafetensorsReader.read("bad.safetensors", ByteBuffer.wrap(file)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("bad.safetensors")
                .hasMessageContaining(offence);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 18446744073709551615",
        "1, between 2 and 100000000",
        "100000001, between 2 and 100000000",
        "5000000000000, said to have 5000000000000",
        "99999999, only 28 follow"
    })
    void rejectsImpossibleHeaderLength(long length, String offence) throws IOException {
        byte[] bytes = new byte[36];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        Path file = Files.write(directory.resolve("model.safetensors"), bytes);

        assertThatThrownBy(() -> SafetensorsReader.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(offence);
    }

    @Test
    void rejectsFileWithoutHeader() {
        assertThatThrownBy(() -> SafetensorsReader.read("test", ByteBuffer.allocate(7)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("it has 7 bytes");
    }

    @Test
    void mutatedFilesAreReadOrRejected() {
        byte[] valid = file(TWO_TENSORS, bytes(20));
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            byte[] mutated = mutate(valid, random);
            try {
                SafetensorsReader.read("mutant", ByteBuffer.wrap(mutated))
                        .values()
                        .forEach(tensor -> values(tensor));
            } catch (ModelException e) {
                assertThat(e).hasMessageContaining("mutant").hasMessageEndingWith(".");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(200);
    }

    private static byte[] mutate(byte[] valid, Random random) {
        if (random.nextInt(4) == 0) {
            return Arrays.copyOf(valid, random.nextInt(valid.length + 20));
        }
        byte[] mutated = valid.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            int at = random.nextInt(valid.length - 20);
            // Replacing digits by digits keeps the JSON valid, so the damage reaches later checks.
            mutated[at] = Character.isDigit(valid[at]) && random.nextBoolean()
                    ? (byte) ('0' + random.nextInt(10))
                    : (byte) random.nextInt(256);
        }
        return mutated;
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.elementCount()];
        tensor.copyTo(0, values);
        return values;
    }

    private static byte[] file(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
