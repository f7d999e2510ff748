package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SileroModelTest {
    @TempDir
    private Path directory;

    @Test
    void findsFileInModel() throws IOException {
        Path file = Files.writeString(directory.resolve("vad.onnx"), "weights");
        ModelFiles alone = new ModelFiles("tiny", Map.of("model.bin", directory.resolve("model.bin")));

        assertThat(SileroModel.in(alone)).isEmpty();

        ModelFiles both = alone.with(new ModelFiles(SileroModel.NAME, Map.of(SileroModel.FILE, file)));
        assertThat(SileroModel.in(both)).contains(file);
        Files.delete(file);
        assertThatThrownBy(() -> SileroModel.in(both))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void missingModelErrorNamesDownload() {
        assertThat(SileroModel.missing("faster"))
                .hasMessage("The VAD model silero-vad is not installed. Download it, then load the Whisper model again."
                        + " Run: whisper-speedtest download -i faster -m micro")
                .extracting(ModelException::kind)
                .isEqualTo(ErrorKind.MODEL);
    }
}
