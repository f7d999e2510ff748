package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in the options and in data sets; nothing is measured. */
class DatasetOptionsTest {
    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --dataset x -a y.wav              | --dataset and --audio exclude each other
            --dataset x -a -                  | --dataset and --audio exclude each other
            --dataset x --reference-text One. | --reference-text belongs to --audio
            --dataset x --limit 0             | --limit must be at least 1, but is 0
            --limit 3                         | --limit applies to a data set; name one with --dataset
            --dataset x --limit a             | --limit
            --repeat r.json --dataset x       | --repeat takes everything from its file; leave out --dataset
            --repeat r.json --limit 3         | --repeat takes everything from its file; leave out --limit
            --dataset no-such-set             | There is no data set no-such-set
            """)
    void refusesInOneLine(String options, String message) {
        assertThat(terminal.run(("benchmark " + options).split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err().strip()).contains(message);
        assertThat(terminal.err().lines()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void namesTheLineOfAnUnreadableRecordingBeforeAnythingRuns() throws IOException {
        try (InputStream in = MicroSamples.named("en_single_01.flac").open()) {
            Files.copy(in, directory.resolve("a.flac"));
        }
        Files.writeString(directory.resolve("b.wav"), "no recording");
        Path manifest = Files.writeString(
                directory.resolve("set.csv"), "path,text\na.flac,The weather is cloudy.\nb.wav,One.\n");
        assertThat(terminal.run("benchmark", "--dataset", manifest.toString(), "-i", "faster"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err().lines())
                .singleElement()
                .asString()
                .contains(manifest + ", line 3: ", directory.resolve("b.wav").toString());
    }
}
