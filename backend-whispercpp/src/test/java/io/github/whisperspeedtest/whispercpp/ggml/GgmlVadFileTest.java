package io.github.whisperspeedtest.whispercpp.ggml;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgmlVadFileTest {
    @TempDir
    private Path directory;

    @Test
    void acceptsTheLayoutOfThePublishedFiles() {
        Path file = GgmlVadFiles.write(directory.resolve("silero.bin"));
        assertThatCode(() -> GgmlVadFile.check(file)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 10, 60, 100, 2000, 885_097})
    void namesATruncatedFile(int length) throws IOException {
        assertDamaged(Arrays.copyOf(whole(), length), "is incomplete");
    }

    @ParameterizedTest
    @CsvSource({
        "0,   0x6c, the magic number",
        "4,   9999, the length of its name",
        "30,  513, the header",
        "38,  1000000, the header",
        "106, 4, the header of tensor _model.encoder.0.reparam_conv.weight"
    })
    void namesADamagedNumber(int offset, String value, String where) throws IOException {
        byte[] bytes = whole();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, Integer.decode(value));
        assertDamaged(bytes, where);
    }

    @Test
    void refusesBytesBehindTheEnd() throws IOException {
        byte[] bytes = whole();
        assertDamaged(Arrays.copyOf(bytes, bytes.length + 1), "1 bytes behind its last tensor");
    }

    private byte[] whole() throws IOException {
        return Files.readAllBytes(GgmlVadFiles.write(directory.resolve("whole.bin")));
    }

    private void assertDamaged(byte[] bytes, String defect) throws IOException {
        Path file = Files.write(directory.resolve("damaged.bin"), bytes);
        assertThatThrownBy(() -> GgmlVadFile.check(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(file.toString(), defect);
    }
}
