package io.github.whisperspeedtest.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerWriterTest {
    private final TokenizerData micro = EmbeddedModel.checkpoint().tokenizer();

    private Path file;

    @BeforeEach
    void chooseFile(@TempDir Path directory) {
        file = directory.resolve("vocabulary");
    }

    @ParameterizedTest
    @ValueSource(ints = {51_864, 51_865, 51_866})
    void tokenizerJsonRoundTrips(int nVocab) throws IOException {
        TokenizerWriter.writeTokenizerJson(micro, nVocab, file);

        TokenizerData read = readTokenizer();
        assertThat(read.tokens()).usingRecursiveComparison().isEqualTo(micro.tokens());
        assertThat(read.merges()).isEqualTo(micro.merges());
    }

    @ParameterizedTest
    @ValueSource(ints = {51_864, 51_865, 51_866})
    void vocabularyJsonRoundTrips(int nVocab) throws IOException {
        TokenizerWriter.writeVocabularyJson(micro, nVocab, file);

        try (InputStream stream = Files.newInputStream(file)) {
            TokenizerData read = TokenizerFiles.readVocabularyJson("test", stream);
            assertThat(read.tokens()).usingRecursiveComparison().isEqualTo(micro.tokens());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {51_864, 51_866})
    void vocabularyJsonHasDistinctTokenForEachId(int nVocab) throws IOException {
        TokenizerWriter.writeVocabularyJson(micro, nVocab, file);

        JsonNode list = new ObjectMapper().readTree(file.toFile());
        SpecialTokens specials = SpecialTokens.of(nVocab);
        Set<String> different = new HashSet<>();
        list.forEach(token -> different.add(token.textValue()));
        assertThat(list).hasSize(nVocab);
        assertThat(different).hasSize(nVocab);
        for (int id = specials.endOfText(); id < nVocab; id++) {
            assertThat(list.get(id).textValue()).isEqualTo(specials.spelling(id));
        }
    }

    /** Hugging Face's library numbers added tokens after those of the model, regardless of the ids in the file. */
    @ParameterizedTest
    @ValueSource(ints = {51_864, 51_866})
    void addedTokensHaveConsecutiveIds(int nVocab) throws IOException {
        TokenizerWriter.writeTokenizerJson(micro, nVocab, file);

        JsonNode root = new ObjectMapper().readTree(file.toFile());
        SpecialTokens specials = SpecialTokens.of(nVocab);
        JsonNode added = root.path("added_tokens");
        assertThat(root.path("model").path("vocab")).hasSize(specials.endOfText());
        assertThat(added).hasSize(nVocab - specials.endOfText());
        for (int i = 0; i < added.size(); i++) {
            int id = specials.endOfText() + i;
            assertThat(added.get(i).path("id").intValue()).isEqualTo(id);
            assertThat(added.get(i).path("content").textValue()).isEqualTo(specials.spelling(id));
            assertThat(added.get(i).path("special").booleanValue()).isEqualTo(!specials.isTimestamp(id));
        }
    }

    @Test
    void derivesMergesFromTokenIds() throws IOException {
        TokenizerData ranked = new TokenizerData(micro.tokens(), List.of());
        TokenizerWriter.writeTokenizerJson(ranked, 51_865, file);

        assertThat(readTokenizer().merges()).isEqualTo(micro.merges());
    }

    @Test
    void leavesOutMergesOfBytesThatTheVocabularyLacks() throws IOException {
        List<byte[]> tokens = List.of(new byte[] {'a'}, new byte[] {'b'}, new byte[] {'a', 'b'}, new byte[] {'a', 'c'});
        TokenizerWriter.writeTokenizerJson(new TokenizerData(tokens, List.of()), 51_865, file);

        assertThat(readTokenizer().merges()).containsExactly(new TokenizerData.Merge(0, 1));
    }

    @Test
    void bothFormatsEncodeTheSame() throws IOException {
        TokenizerWriter.writeTokenizerJson(micro, 51_865, file);
        Tokenizer merged = Tokenizer.of(readTokenizer(), 51_865);
        Tokenizer ranked = Tokenizer.of(new TokenizerData(micro.tokens(), List.of()), 51_865);
        for (String text :
                List.of("Turn on the kitchen light.", "Schalte das Licht in der Küche ein!", "  \t你好 😀 ´")) {
            assertThat(merged.encode(text)).isEqualTo(ranked.encode(text));
        }
    }

    @Test
    void writesDuplicateTokenOnce() throws IOException {
        List<byte[]> tokens = new ArrayList<>(micro.tokens());
        tokens.add(tokens.get(0));
        TokenizerWriter.writeTokenizerJson(new TokenizerData(tokens, micro.merges()), 51_865, file);

        assertThat(new ObjectMapper()
                        .readTree(file.toFile())
                        .path("model")
                        .path("vocab")
                        .path("<|unused576|>")
                        .intValue())
                .isEqualTo(576);
    }

    @Test
    void rejectsMoreTokensThanTheModelHas() {
        TokenizerData large =
                new TokenizerData(Collections.nCopies(50_257, "a".getBytes(StandardCharsets.UTF_8)), List.of());

        assertThatThrownBy(() -> TokenizerWriter.writeVocabularyJson(large, 51_864, file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("50256");
        assertThatThrownBy(() -> TokenizerWriter.writeVocabularyJson(micro, 1000, file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("1000");
        assertThat(file).doesNotExist();
    }

    private TokenizerData readTokenizer() throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return TokenizerFiles.readTokenizerJson("test", stream);
        }
    }
}
