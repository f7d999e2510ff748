package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("end-to-end")
class WeightLayoutTrialTest {
    private static final TorchOptions OPTIONS = new TorchOptions(TorchDevice.CPU, TorchPrecision.FLOAT32, 2);

    static {
        TorchRuntime.start(TestContexts.ofEngine());
    }

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "8.6, 11, 2.9, 4, COLUMNS",
        "1, 1, 1, 1, ROWS",
        // The gain has to pay for the copy.
        "1.05, 1.05, 1, 1, ROWS",
        // One row is three times as fast, several are twice as slow.
        "3, 1, 1, 2, COLUMNS",
        "2, 1, 1, 3, ROWS",
    })
    void choosesFasterLayout(
            double oneByRows, double eightByRows, double oneByColumns, double eightByColumns, WeightLayout layout) {
        assertThat(WeightLayoutTrial.faster(
                        new double[] {oneByRows, eightByRows}, new double[] {oneByColumns, eightByColumns}))
                .isEqualTo(layout);
    }

    @Test
    void keepsAnswer() throws IOException {
        WeightLayout found = layout(OPTIONS, 64);
        List<Path> answers = answers();
        assertThat(answers).hasSize(1);
        assertThat(Files.readString(answers.get(0))).contains(found.name());
        WeightLayout other = found == WeightLayout.ROWS ? WeightLayout.COLUMNS : WeightLayout.ROWS;
        Files.writeString(answers.get(0), "{\"layout\":\"" + other + "\"}");
        assertThat(layout(OPTIONS, 64)).isEqualTo(other);
    }

    @Test
    void triesOtherModelsAnew() throws IOException {
        layout(OPTIONS, 64);
        layout(OPTIONS, 128);
        layout(new TorchOptions(TorchDevice.CPU, TorchPrecision.BFLOAT16, 2), 64);
        layout(new TorchOptions(TorchDevice.CPU, TorchPrecision.FLOAT32, 1), 64);
        assertThat(answers()).hasSize(4);
    }

    @Test
    void leavesGraphicsAndSignedBytesAsTheyAre() throws IOException {
        assertThat(layout(new TorchOptions(TorchDevice.CUDA, TorchPrecision.FLOAT16, 2), 64))
                .isEqualTo(WeightLayout.ROWS);
        assertThat(layout(new TorchOptions(TorchDevice.CPU, TorchPrecision.INT8, 2), 64))
                .isEqualTo(WeightLayout.ROWS);
        assertThat(answers()).isEmpty();
    }

    private WeightLayout layout(TorchOptions options, int width) {
        ImplementationContext context =
                new ImplementationContext(directory, directory, directory, Settings.ofProcess());
        return new WeightLayoutTrial(context, "PyTorch 2").layout(TorchRuntime.get(), options, width);
    }

    private List<Path> answers() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
