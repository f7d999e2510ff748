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
import org.junit.jupiter.params.provider.EnumSource;

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
        "1.15, 1.15, 1, 1, ROWS",
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
        assertThat(layout(OPTIONS, 64, WeightLayout.COLUMNS, WeightLayout.COLUMNS))
                .isEqualTo(WeightLayout.COLUMNS);
        assertThat(answers()).hasSize(1);
        assertThat(layout(OPTIONS, 64)).as("without a measurement").isEqualTo(WeightLayout.COLUMNS);
    }

    @Test
    void keepsNothingWhereMeasurementsDiffer() throws IOException {
        assertThat(layout(OPTIONS, 64, WeightLayout.COLUMNS, WeightLayout.ROWS)).isEqualTo(WeightLayout.ROWS);
        assertThat(layout(OPTIONS, 64, WeightLayout.ROWS, WeightLayout.COLUMNS)).isEqualTo(WeightLayout.ROWS);
        assertThat(answers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INT8")
    void measuresOnPyTorch(TorchPrecision precision) {
        TorchOptions options = new TorchOptions(TorchDevice.CPU, precision, 2);
        assertThat(WeightLayoutTrial.measure(TorchRuntime.get(), options, 64))
                .hasSize(2)
                .isSubsetOf(WeightLayout.values());
    }

    @Test
    void triesOtherModelsAnew() throws IOException {
        WeightLayout rows = WeightLayout.ROWS;
        layout(OPTIONS, 64, rows, rows);
        layout(OPTIONS, 128, rows, rows);
        layout(new TorchOptions(TorchDevice.CPU, TorchPrecision.BFLOAT16, 2), 64, rows, rows);
        layout(new TorchOptions(TorchDevice.CPU, TorchPrecision.FLOAT32, 1), 64, rows, rows);
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

    /** Returns what a trial finds whose measurements have these results. */
    private WeightLayout layout(TorchOptions options, int width, WeightLayout... results) {
        ImplementationContext context =
                new ImplementationContext(directory, directory, directory, Settings.ofProcess());
        return new WeightLayoutTrial(context, "PyTorch 2", (unused, also) -> List.of(results)).layout(options, width);
    }

    private List<Path> answers() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
