package io.github.whisperspeedtest.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    private static final List<String> KNOWN = List.of("coreml", "faster", "mlx", "mps", "whispercpp");

    @ParameterizedTest
    @CsvSource({"whispercp,whispercpp", "WhisperCPP,whispercpp", "fatser,faster", "wispercp,whispercpp", "mlxx,mlx"})
    void findsAMisspeltName(String given, String meant) {
        assertThat(NearestName.of(given, KNOWN)).hasValue(meant);
    }

    @ParameterizedTest
    @CsvSource({"nobody", "whispercpp", "m", "''"})
    void findsNothingForOtherNamesAndKnownOnes(String given) {
        assertThat(NearestName.of(given, KNOWN)).isEmpty();
        assertThat(NearestName.question(given, KNOWN)).isEmpty();
    }

    @Test
    void suggestsNearestName() {
        assertThat(NearestName.question("whispercp", KNOWN)).isEqualTo(" Did you mean 'whispercpp'?");
    }
}
