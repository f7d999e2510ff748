package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.benchmark.Candidate;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ResultsOptionsTest {
    @ParameterizedTest
    @CsvSource({"5%, 0.05", "5, 0.05", "0.5, 0.005", "'12.5 %', 0.125", "0, 0"})
    void readsPercentages(String text, double fraction) {
        assertThat(new Percentage.Converter().convert(text).fraction()).isCloseTo(fraction, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "-1", "5%%", "1e3", "NaN", "99999999"})
    void refusesOtherPercentages(String text) {
        assertThatThrownBy(() -> new Percentage.Converter().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1G, 1073741824",
        "1.5g, 1610612736",
        "500M, 524288000",
        "500 MiB, 524288000",
        "1kb, 1024",
        "2T, 2199023255552"
    })
    void readsSizes(String text, long bytes) {
        assertThat(new MemorySize.Converter().convert(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "0G", "G", "-1G", "1X", "9999999G"})
    void refusesOtherSizes(String text) {
        assertThatThrownBy(() -> new MemorySize.Converter().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void commandHasTheOptionsThatDifferFromTheirDefaults() {
        Candidate plain = Candidate.of("faster", "base", LoadOptions.defaults(), TranscribeOptions.defaults());
        Candidate special = Candidate.of(
                "faster",
                "my models/it's.bin",
                new LoadOptions("cpu", "int8", LoadOptions.defaultThreads() + 1),
                TranscribeOptions.builder()
                        .language(Language.of("de"))
                        .beamSize(5)
                        .vad(true)
                        .batchSize(4)
                        .build());

        assertThat(TranscribeLine.of(plain, null)).isEqualTo("whisper-speedtest transcribe FILE -i faster -m base");
        assertThat(TranscribeLine.of(plain, "fr")).endsWith("-m base -l fr");
        assertThat(TranscribeLine.of(special, null))
                .isEqualTo("whisper-speedtest transcribe FILE -i faster -m 'my models/it'\\''s.bin' --compute-type int8"
                        + " --device cpu -t " + (LoadOptions.defaultThreads() + 1)
                        + " -l de --beam-size 5 --vad --batch-size 4");
    }

    @Test
    void wideTableDropsColumnsInOrder() {
        TextTable table = new TextTable(List.of("one", "two", "three"), 3);
        table.add("1111", "2222", "3333");

        assertThat(table.lines(17, 1, 2)).containsExactly("one   two   three", "1111  2222  3333");
        assertThat(table.lines(16, 1, 2)).containsExactly("one   three", "1111  3333");
        assertThat(table.lines(5, 1, 2)).containsExactly("one", "1111");
    }
}
