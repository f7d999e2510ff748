package io.github.whisperspeedtest.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8AssemblerTest {
    private static final String TEXT = "Grüße, 你好, 😀 und \uD83D\uDC68\u200D\uD83D\uDC69!";

    @Test
    void joinsSplitCharacters() {
        byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
        for (int pieceLength = 1; pieceLength <= bytes.length; pieceLength++) {
            Utf8Assembler assembler = new Utf8Assembler();
            StringBuilder joined = new StringBuilder();
            for (int at = 0; at < bytes.length; at += pieceLength) {
                joined.append(
                        assembler.append(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + pieceLength))));
            }
            assertThat(joined + assembler.flush()).isEqualTo(TEXT);
        }
    }

    @Test
    void returnsCompleteCharactersImmediately() {
        Utf8Assembler assembler = new Utf8Assembler();
        assertThat(assembler.append("aé".getBytes(StandardCharsets.UTF_8))).isEqualTo("aé");
        assertThat(assembler.append(new byte[] {'b', (byte) 0xf0, (byte) 0x9f})).isEqualTo("b");
        assertThat(assembler.append(new byte[] {(byte) 0x98, (byte) 0x80, 'c'})).isEqualTo("😀c");
        assertThat(assembler.flush()).isEmpty();
    }

    @Test
    void replacesInvalidBytes() {
        Utf8Assembler assembler = new Utf8Assembler();
        assertThat(assembler.append(new byte[] {(byte) 0x80, 'a', (byte) 0xff, 'b'}))
                .isEqualTo("\uFFFDa\uFFFDb");
        assertThat(assembler.append(new byte[] {(byte) 0xe4})).isEmpty();
        assertThat(assembler.flush()).isEqualTo("\uFFFD");
    }

    @Test
    void agreesWithDecodingAllAtOnce() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(30)];
            random.nextBytes(bytes);
            Utf8Assembler assembler = new Utf8Assembler();
            StringBuilder joined = new StringBuilder();
            int at = 0;
            while (at < bytes.length) {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(4));
                joined.append(assembler.append(Arrays.copyOfRange(bytes, at, end)));
                at = end;
            }
            assertThat(joined + assembler.flush()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
