package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputNamesTest {
    @Test
    void givesEachRecordingUniqueName() {
        Path wav = Path.of("a/talk.wav");
        Path mp3 = Path.of("a/talk.mp3");
        Path other = Path.of("b/talk.wav");
        Path plain = Path.of("a/notes.v2.flac");
        assertThat(OutputNames.of(List.of(wav, mp3, other, plain)))
                .isEqualTo(Map.of(wav, "talk.wav", mp3, "talk.mp3", other, "talk.wav-2", plain, "notes.v2"));
    }

    @Test
    void treatsNamesAsCaseInsensitive() {
        Path upper = Path.of("a/Talk.wav");
        Path lower = Path.of("b/talk.wav");
        assertThat(OutputNames.of(List.of(upper, lower))).isEqualTo(Map.of(upper, "Talk.wav", lower, "talk.wav-2"));
    }
}
