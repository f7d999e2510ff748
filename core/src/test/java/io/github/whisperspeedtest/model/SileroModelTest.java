package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.ModelFiles;
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
    void fileIsFoundAmongThoseOfAModel() throws IOException {
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
    void refusalSaysWhatToDownload() {
        assertThat(SileroModel.missing("faster"))
                .hasMessage(
                        "Implementation 'faster' does not support the option vad=on. The model for it, silero-vad, was not on"
                                + " this machine when the Whisper model was loaded. It comes with any model of the implementation."
                                + " Run: whisper-speedtest download -i faster -m micro");
    }
}
