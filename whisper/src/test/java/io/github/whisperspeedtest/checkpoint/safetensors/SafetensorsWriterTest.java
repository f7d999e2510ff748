package io.github.whisperspeedtest.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
    @TempDir
    Path directory;

    @Test
    void arraysOfAnyTypeRoundTrip() throws IOException {
        Map<String, SafetensorsWriter.Array> arrays = new LinkedHashMap<>();
        arrays.put("codes", array("U32", List.of(2, 1), 1, 2, 3, 4, 5, 6, 7, 8));
        arrays.put("heads", array("I64", List.of(), 9, 0, 0, 0, 0, 0, 0, 0));
        arrays.put("none", array("F16", List.of(0, 4)));
        Path file = directory.resolve("weights.safetensors");

        SafetensorsWriter.write(file, "mlx", arrays);

        Map<String, StoredArray> read = SafetensorsReader.arrays(file);
        assertThat(read.keySet()).containsExactlyInAnyOrder("codes", "heads", "none");
        StoredArray codes = Objects.requireNonNull(read.get("codes"));
        assertThat(codes.type()).isEqualTo("U32");
        assertThat(codes.shape()).containsExactly(2, 1);
        assertThat(codes.data()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        assertThat(Objects.requireNonNull(read.get("heads")).data().getLong(0)).isEqualTo(9);
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                .contains("\"format\":\"mlx\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 9})
    void rejectsContentOfWrongLength(int length) {
        Path file = directory.resolve("weights.safetensors");

        assertThatThrownBy(() -> SafetensorsWriter.write(
                        file, "mlx", Map.of("codes", array("U32", List.of(2), new int[length]))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'codes'")
                .hasMessageContaining(file.toString());
    }

    @Test
    void rejectsUnsupportedType() {
        assertThatThrownBy(() -> SafetensorsWriter.write(
                        directory.resolve("weights.safetensors"), "mlx", Map.of("x", array("Q4", List.of(1), 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Q4");
        assertThat(directory).isEmptyDirectory();
    }

    private static SafetensorsWriter.Array array(String type, List<Integer> shape, int... bytes) {
        ByteBuffer content = ByteBuffer.allocate(bytes.length);
        for (int value : bytes) {
            content.put((byte) value);
        }
        return new SafetensorsWriter.Array(type, shape, channel -> channel.write(content.rewind()));
    }
}
