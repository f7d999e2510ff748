package io.github.whisperspeedtest.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.TokenizerData.Merge;
import io.github.whisperspeedtest.error.ModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerFilesTest {
    @Test
    void spellingsStandForBytes() throws IOException {
        TokenizerData data = read(
                "{\"Ġ\":0,\"a\":1,\"Ã\":2,\"¤\":3,\"Ċ\":4,\"Ń\":5,\"Ġa\":6,\"Ã¤\":7}", "#version: 0.2\nĠ a\nÃ ¤\n");

        assertThat(data.tokens())
                .containsExactly(
                        bytes(' '),
                        bytes('a'),
                        bytes(0xc3),
                        bytes(0xa4),
                        bytes('\n'),
                        bytes(0xad),
                        bytes(' ', 'a'),
                        "ä".getBytes(StandardCharsets.UTF_8));
        assertThat(data.merges()).containsExactly(new Merge(0, 1), new Merge(2, 3));
    }

    @Test
    void specialTokensAreNoTextTokens() throws IOException {
        TokenizerData data = read("{\"a\":0,\"<|endoftext|>\":1,\"<|startoftranscript|>\":50258}", "");

        assertThat(data.tokens()).hasSize(1);
    }

    @Test
    void aMergeMayBeginWithASharp() throws IOException {
        assertThat(read("{\"#\":0,\"##\":1}", "#version: 0.2\n# #\n").merges()).containsExactly(new Merge(0, 0));
    }

    @Test
    void theEmbeddedVocabularyBeginsWithAll256Bytes() {
        List<byte[]> tokens = EmbeddedModel.checkpoint().tokenizer().tokens();
        Set<Byte> single = new HashSet<>();
        for (byte[] token : tokens.subList(0, 256)) {
            assertThat(token).hasSize(1);
            single.add(token[0]);
        }
        assertThat(single).hasSize(256);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"a":0,"b":2}   | ``      | should have the ids from 0 on
        {"a":0,"b":0}   | ``      | should have the ids from 0 on
        {"a":-1}        | ``      | should have the ids from 0 on
        {"a":"0"}       | ``      | should be a number
        {"a b":0}       | ``      | stands for no byte
        {"語":0}         | ``      | stands for no byte
        []              | ``      | should be a JSON object
        {"a"            | ``      | not valid JSON
        {"a":0}         | a a     | line 1 of its merges
        {"a":0,"aa":1}  | aa      | line 1 of its merges
        {"a":0,"aa":1}  | a b     | line 1 of its merges
        """)
    void refusesADamagedVocabularyAndSaysWhy(String vocabulary, String merges, String offence) {
        assertThatThrownBy(() -> read(vocabulary, merges))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("test is damaged")
                .hasMessageContaining(offence);
    }

    private static TokenizerData read(String vocabulary, String merges) throws IOException {
        return TokenizerFiles.read("test", stream(vocabulary), stream(merges));
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
