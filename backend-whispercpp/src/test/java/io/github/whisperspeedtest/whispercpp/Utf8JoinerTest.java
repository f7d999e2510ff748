package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class Utf8JoinerTest {
    private static final String TEXT = "Grüße, 你好, 😀 und \uD83D\uDC68\u200D\uD83D\uDC69!";

    @Test
    void joinsCharactersThatAreCutAnywhere() {
        byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
        for (int pieceLength = 1; pieceLength <= bytes.length; pieceLength++) {
            Utf8Joiner joiner = new Utf8Joiner();
            StringBuilder joined = new StringBuilder();
            for (int at = 0; at < bytes.length; at += pieceLength) {
                joined.append(joiner.append(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + pieceLength))));
            }
            assertThat(joined + joiner.finish()).isEqualTo(TEXT);
        }
    }

    @Test
    void givesOutWhatIsWholeAtOnce() {
        Utf8Joiner joiner = new Utf8Joiner();
        assertThat(joiner.append("aé".getBytes(StandardCharsets.UTF_8))).isEqualTo("aé");
        assertThat(joiner.append(new byte[] {'b', (byte) 0xf0, (byte) 0x9f})).isEqualTo("b");
        assertThat(joiner.append(new byte[] {(byte) 0x98, (byte) 0x80, 'c'})).isEqualTo("😀c");
        assertThat(joiner.finish()).isEmpty();
    }

    @Test
    void replacesBytesThatNeverBecomeACharacter() {
        Utf8Joiner joiner = new Utf8Joiner();
        assertThat(joiner.append(new byte[] {(byte) 0x80, 'a', (byte) 0xff, 'b'}))
                .isEqualTo("\uFFFDa\uFFFDb");
        assertThat(joiner.append(new byte[] {(byte) 0xe4})).isEmpty();
        assertThat(joiner.finish()).isEqualTo("\uFFFD");
    }
}
