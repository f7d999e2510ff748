package io.github.whisperspeedtest.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.Damage;
import io.github.whisperspeedtest.tokenizer.TokenizerData.Merge;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerFilesTest {
    @Test
    void decodesSpellingsToBytes() throws IOException {
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
    void excludesSpecialTokensFromTextTokens() throws IOException {
        TokenizerData data = read("{\"a\":0,\"<|endoftext|>\":1,\"<|startoftranscript|>\":50258}", "");

        assertThat(data.tokens()).hasSize(1);
    }

    @Test
    void readsMergeStartingWithNumberSign() throws IOException {
        assertThat(read("{\"#\":0,\"##\":1}", "#version: 0.2\n# #\n").merges()).containsExactly(new Merge(0, 0));
    }

    @Test
    void embeddedVocabularyStartsWithAll256Bytes() {
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
    void rejectsDamagedVocabularyWithReason(String vocabulary, String merges, String offence) {
        assertThatThrownBy(() -> read(vocabulary, merges))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("test is damaged")
                .hasMessageContaining(offence);
    }

    @Test
    void readsTokenizerJsonWithMergesOfEitherForm() throws IOException {
        String vocabulary = "{\"a\":0,\"Ġ\":1,\"Ġa\":2,\"<|endoftext|>\":50257}";
        String added =
                "[{\"id\":50257,\"content\":\"<|endoftext|>\",\"special\":true},{\"id\":60000,\"content\":\"x\"}]";
        for (String merges : List.of("[\"Ġ a\"]", "[[\"Ġ\",\"a\"]]")) {
            TokenizerData data =
                    TokenizerFiles.readTokenizerJson("test", stream(tokenizerJson(vocabulary, merges, added)));

            assertThat(data.tokens()).containsExactly(bytes('a'), bytes(' '), bytes(' ', 'a'));
            assertThat(data.merges()).containsExactly(new Merge(1, 0));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
        {"a":0,"b":1}   ; []            ; [{"id":1,"content":"<|en|>"}] ; has the id 1
        {"a":0}         ; []            ; [{"id":"1","content":"x"}]    ; should have an id and a content
        {"a":0}         ; []            ; [5]                           ; should have an id and a content
        {"a":0}         ; []            ; 5                             ; should be a list
        {"a":0}         ; {}            ; []                            ; its merges should be a list
        {"a":0}         ; [5]           ; []                            ; entry 1 of its merges
        {"a":0}         ; [["a"]]       ; []                            ; entry 1 of its merges
        {"a":0,"aa":1}  ; ["a a","aa"]  ; []                            ; entry 2 of its merges
        {"a":0,"aa":1}  ; [["a","b"]]   ; []                            ; join two known tokens
        {"a":0,"a":1}   ; []            ; []                            ; Duplicate
        {"a":0,"b":2}   ; []            ; []                            ; should have the ids from 0 on
        {"a":99999999999}; []           ; []                            ; should be a number
        {"a":2000000000}; []            ; []                            ; should have the ids from 0 on
        {}              ; []            ; []                            ; should have text tokens
        []              ; []            ; []                            ; should be a JSON object
        """)
    void rejectsDamagedTokenizerJsonWithReason(String vocabulary, String merges, String added, String offence) {
        assertThatThrownBy(() ->
                        TokenizerFiles.readTokenizerJson("test", stream(tokenizerJson(vocabulary, merges, added))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("test is damaged")
                .hasMessageContaining(offence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}", "{}", "5", "", "[[[["})
    void rejectsTokenizersOtherThanBpe(String json) {
        assertThatThrownBy(() -> TokenizerFiles.readTokenizerJson("test", stream(json)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("test is damaged");
    }

    @Test
    void readsVocabulariesThatAreLists() throws IOException {
        TokenizerData json = TokenizerFiles.readVocabularyJson(
                "test", stream("[\"a\",\"Ġ\",\"\",\"<|unused3|>\",\"<|endoftext|>\",\"<|en|>\",\"any padding\"]"));
        TokenizerData text = TokenizerFiles.readVocabularyText(
                "test", stream("a\nĠ\n\n<|unused3|>\n<|endoftext|>\n<|en|>\nany padding"));

        for (TokenizerData data : List.of(json, text)) {
            assertThat(data.tokens()).containsExactly(bytes('a'), bytes(' '), bytes());
            assertThat(data.merges()).isEmpty();
        }
    }

    @Test
    void dropsCarriageReturnsIfEveryLineHasOne() throws IOException {
        assertThat(TokenizerFiles.readVocabularyText("test", stream("a\r\nb\r\n<|endoftext|>\r\n"))
                        .tokens())
                .containsExactly(bytes('a'), bytes('b'));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
        {"a":0}                               ; should be a JSON list
        ["a",5,"<|endoftext|>"]               ; token 1 should be a text
        ["a","b"]                             ; should have the token <|endoftext|>
        ["<|endoftext|>"]                     ; should have text tokens
        ["a","<|en|>","b","<|endoftext|>"]    ; token 1 should be a text token
        ["a","a b","<|endoftext|>"]           ; stands for no byte
        ["a",                                 ; not valid JSON
        """)
    void rejectsDamagedListWithReason(String json, String offence) {
        assertThatThrownBy(() -> TokenizerFiles.readVocabularyJson("test", stream(json)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("test is damaged")
                .hasMessageContaining(offence);
    }

    @Test
    void readsTiktokenFiles() throws IOException {
        // OpenAI's multilingual file ends with an empty token, written as one padding character.
        TokenizerData data = TokenizerFiles.readTiktoken("test", stream("IQ== 0\n4oI= 2\r\nIHQ= 1\n\n= 3\n"));

        assertThat(data.tokens()).containsExactly(bytes('!'), bytes(' ', 't'), bytes(0xe2, 0x82), bytes());
        assertThat(data.merges()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        IQ==          | a line should be
        IQ== x        | a line should be
        IQ== 0 1      | a line should be
        I!== 0        | a line should be
        IQ== 1        | should have the ids from 0 on
        IQ== -1       | should have the ids from 0 on
        IQ== 99999999 | should have the ids from 0 on
        ``            | should have text tokens
        """)
    void rejectsDamagedTiktokenFileWithReason(String text, String offence) {
        assertThatThrownBy(() -> TokenizerFiles.readTiktoken("test", stream(text)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("test is damaged")
                .hasMessageContaining(offence);
    }

    @Test
    void rejectsImpossibleTokens() {
        String token = "a".repeat(2000);

        assertThatThrownBy(() -> TokenizerFiles.readVocabularyText("test", stream(token + "\n<|endoftext|>")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("2000");
    }

    @Test
    void stopsReadingOversizedFiles() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'a';
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                Arrays.fill(target, offset, offset + length, (byte) 'a');
                return length;
            }
        };

        assertThatThrownBy(() -> TokenizerFiles.readTiktoken("test", endless))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("67108864");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void damagedFilesAreReadOrRejected(Form form) {
        byte[] valid = form.sample().getBytes(StandardCharsets.UTF_8);
        Random random = new Random(form.ordinal());
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = i % 10 == 0 ? nested(valid, random) : Damage.of(valid, 0, valid.length, random);
            boolean[] failed = {false};
            long allocated = Damage.allocatedBytes(() -> {
                try {
                    form.read(damaged);
                } catch (ModelException e) {
                    failed[0] = true;
                    assertThat(e).hasMessageStartingWith("test is damaged");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(allocated).isLessThan(20_000_000);
            refused += failed[0] ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(40);
    }

    /** Inserts a thousand brackets at a position. */
    private static byte[] nested(byte[] valid, Random random) {
        int at = random.nextInt(valid.length);
        ByteArrayOutputStream nested = new ByteArrayOutputStream();
        nested.write(valid, 0, at);
        nested.writeBytes((random.nextBoolean() ? "[" : "{\"a\":").repeat(2000).getBytes(StandardCharsets.UTF_8));
        nested.write(valid, at, valid.length - at);
        return nested.toByteArray();
    }

    /** Each form of a vocabulary, with the tokens of the embedded model. */
    private enum Form {
        VOCABULARY_AND_MERGES,
        TOKENIZER_JSON,
        VOCABULARY_JSON,
        VOCABULARY_TEXT,
        TIKTOKEN;

        private String sample() {
            TokenizerData data = EmbeddedModel.checkpoint().tokenizer();
            List<String> spellings =
                    data.tokens().stream().map(ByteLevelAlphabet::of).toList();
            return switch (this) {
                case VOCABULARY_AND_MERGES -> vocabulary(spellings);
                case TOKENIZER_JSON ->
                    tokenizerJson(
                            vocabulary(spellings),
                            data.merges().stream()
                                    .map(merge -> '['
                                            + quoted(spellings.get(merge.left()))
                                            + ','
                                            + quoted(spellings.get(merge.right()))
                                            + ']')
                                    .collect(Collectors.joining(",", "[", "]")),
                            "[{\"id\":50257,\"content\":\"<|endoftext|>\"}]");
                case VOCABULARY_JSON ->
                    Stream.concat(spellings.stream(), Stream.of("<|endoftext|>", "<|en|>"))
                            .map(Form::quoted)
                            .collect(Collectors.joining(",", "[", "]"));
                case VOCABULARY_TEXT -> String.join("\n", spellings) + "\n<|endoftext|>\n<|en|>\n";
                case TIKTOKEN ->
                    IntStream.range(0, spellings.size())
                            .mapToObj(id -> Base64.getEncoder()
                                            .encodeToString(data.tokens().get(id))
                                    + ' '
                                    + id)
                            .collect(Collectors.joining("\n"));
            };
        }

        private TokenizerData read(byte[] content) throws IOException {
            InputStream stream = new ByteArrayInputStream(content);
            return switch (this) {
                case VOCABULARY_AND_MERGES ->
                    TokenizerFiles.read("test", stream, TokenizerFilesTest.stream("Ġ t\ne n\nh e\n"));
                case TOKENIZER_JSON -> TokenizerFiles.readTokenizerJson("test", stream);
                case VOCABULARY_JSON -> TokenizerFiles.readVocabularyJson("test", stream);
                case VOCABULARY_TEXT -> TokenizerFiles.readVocabularyText("test", stream);
                case TIKTOKEN -> TokenizerFiles.readTiktoken("test", stream);
            };
        }

        private static String vocabulary(List<String> spellings) {
            return IntStream.range(0, spellings.size())
                    .mapToObj(id -> quoted(spellings.get(id)) + ':' + id)
                    .collect(Collectors.joining(",", "{", "}"));
        }

        private static String quoted(String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
    }

    private static String tokenizerJson(String vocabulary, String merges, String added) {
        return "{\"version\":\"1.0\",\"added_tokens\":" + added + ",\"model\":{\"type\":\"BPE\",\"vocab\":" + vocabulary
                + ",\"merges\":" + merges + "}}";
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
