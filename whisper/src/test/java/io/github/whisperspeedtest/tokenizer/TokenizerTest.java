package io.github.whisperspeedtest.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.tokenizer.TokenizerData.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static final int MULTILINGUAL = 51_865;

    private final Tokenizer micro = Tokenizer.of(EmbeddedModel.checkpoint().tokenizer(), MULTILINGUAL);

    /** All bytes in order, then {@code ab}, {@code bc}, {@code abc}, {@code " a"}, {@code "ü"}. */
    private static final List<String> JOINED = List.of("ab", "bc", "abc", " a", "ü");

    @Test
    void joinsPairWithLowestRank() {
        Tokenizer bcFirst = Tokenizer.of(
                new TokenizerData(tokens(JOINED), List.of(new Merge('b', 'c'), new Merge('a', 257))), MULTILINGUAL);
        Tokenizer abFirst = Tokenizer.of(
                new TokenizerData(tokens(JOINED), List.of(new Merge('a', 'b'), new Merge('b', 'c'))), MULTILINGUAL);

        assertThat(bcFirst.encode("abc")).containsExactly(258);
        assertThat(abFirst.encode("abc")).containsExactly(256, 'c');
        assertThat(abFirst.encode("bcab abbc")).containsExactly(257, 256, ' ', 256, 257);
    }

    @Test
    void ranksByIdWithoutMerges() {
        Tokenizer tokenizer = Tokenizer.of(new TokenizerData(tokens(JOINED), List.of()), MULTILINGUAL);

        assertThat(tokenizer.encode("abc")).containsExactly(258);
        assertThat(tokenizer.encode("bbc")).containsExactly('b', 257);
        assertThat(tokenizer.encode(" abc"))
                .as("ab ranks before the space with a")
                .containsExactly(' ', 258);
        assertThat(tokenizer.encode(" aü")).containsExactly(259, 260);
    }

    @Test
    void neverJoinsAcrossPieces() {
        Tokenizer tokenizer = Tokenizer.of(new TokenizerData(tokens(List.of("1a", "a ")), List.of()), MULTILINGUAL);

        assertThat(tokenizer.encode("1a b")).containsExactly('1', 'a', ' ', 'b');
    }

    @Test
    void omitsBytesWithoutToken() {
        Tokenizer tokenizer = Tokenizer.of(
                new TokenizerData(
                        List.of(new byte[] {'a'}, new byte[] {'b'}, "ab".getBytes(StandardCharsets.UTF_8)), List.of()),
                MULTILINGUAL);

        assertThat(tokenizer.encode("abcü")).containsExactly(2);
        assertThat(tokenizer.encode("")).isEmpty();
        assertThat(tokenizer.nonSpeechTokens()).isEmpty();
    }

    @Test
    void treatsSpellingsOfSpecialTokensAsText() {
        List<Integer> tokens = boxed(micro.encode("<|endoftext|>"));

        assertThat(tokens).allMatch(token -> token < micro.specials().endOfText());
        assertThat(micro.decode(tokens)).isEqualTo("<|endoftext|>");
    }

    @Test
    void encodedTextRoundTrips() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            String text = random.ints(random.nextInt(40), 0, Character.MAX_CODE_POINT + 1)
                    // Half of them from the lower planes, where the classes of the pattern change often; no lone
                    // surrogates.
                    .map(point -> random.nextBoolean() ? point % 0x3100 : point)
                    .filter(point -> point < 0xD800 || point > 0xDFFF)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(micro.decode(boxed(micro.encode(text)))).isEqualTo(text);
        }
        for (SpeechSample sample : MicroSamples.all()) {
            assertThat(micro.decode(boxed(micro.encode(sample.reference())))).isEqualTo(sample.reference());
        }
    }

    @Test
    void usesMergesOfEmbeddedVocabulary() {
        String text = MicroSamples.named("en_single_01.flac").reference();

        assertThat(micro.encode(text).length).isLessThan(text.length() / 2);
    }

    @Test
    void decodesWithoutSpecialTokensAndUnknownIds() {
        SpecialTokens specials = micro.specials();
        List<Integer> tokens = new ArrayList<>(List.of(
                specials.startOfTranscript(), specials.language("de").orElseThrow(), specials.timestampBegin()));
        tokens.addAll(boxed(micro.encode("Grüße")));
        tokens.addAll(List.of(specials.timestampBegin() + 50, specials.endOfText(), 30_000, -1, 1_000_000));

        assertThat(micro.decode(tokens)).isEqualTo("Grüße");
    }

    @Test
    void replacesInvalidUtf8() {
        List<Integer> euro = boxed(micro.encode("€"));

        assertThat(euro).as("no merge joins its bytes").hasSize(3);
        assertThat(micro.decode(euro.subList(0, 2))).isEqualTo("\uFFFD");
        assertThat(micro.decode(euro.subList(1, 2))).isEqualTo("\uFFFD");
        assertThat(micro.decode(euro)).isEqualTo("€");
    }

    @Test
    void onlyTextTokensHaveBytes() {
        assertThat(micro.bytes(micro.encode("a")[0])).containsExactly('a');
        for (int token : new int[] {
            -1, 576, 50_256, micro.specials().endOfText(), micro.specials().timestampBegin(), MULTILINGUAL
        }) {
            assertThat(micro.bytes(token)).isEmpty();
        }
    }

    @Test
    void returnsCopiesOfTheBytes() {
        int token = micro.encode("a")[0];
        micro.bytes(token)[0] = 'b';

        assertThat(micro.bytes(token)).containsExactly('a');
    }

    @ParameterizedTest
    @ValueSource(ints = {50_257, 60_000})
    void rejectsMoreTextTokensThanTheModelHas(int count) {
        List<byte[]> tokens = new ArrayList<>(tokens(List.of()));
        while (tokens.size() < count) {
            tokens.add(new byte[0]);
        }

        assertThatThrownBy(() -> Tokenizer.of(new TokenizerData(tokens, List.of()), 51_864))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("50256");
    }

    @Test
    void suppressesSymbolsAndStartsOfMusicSymbols() {
        // "♪" is E2 99 AA: in published vocabularies E2 99 is a token, with and without a space before it.
        byte[] note = "♪".getBytes(StandardCharsets.UTF_8);
        List<byte[]> tokens = new ArrayList<>(tokens(List.of("((", " (", " -", " 'x", " ,", "(x")));
        tokens.add(Arrays.copyOf(note, 2));
        tokens.add(new byte[] {' ', note[0]});
        tokens.add(new byte[] {' ', note[0], note[1]});
        Tokenizer tokenizer = Tokenizer.of(new TokenizerData(tokens, List.of()), MULTILINGUAL);

        assertThat(tokenizer.nonSpeechTokens())
                .contains((int) '(', (int) '"', (int) '~', 256, 257, 258, 262, 264)
                // Punctuation that is spoken of as such, quotes and hyphens within words, and prefixes of other words.
                .doesNotContain((int) ',', (int) '.', (int) '-', (int) '\'', (int) ' ', 259, 260, 261, 263)
                .isSorted();
    }

    @Test
    void suppressesOnlySymbolsInSmallVocabulary() {
        List<Integer> suppressed = micro.nonSpeechTokens();

        assertThat(suppressed)
                .isNotEmpty()
                .allSatisfy(token ->
                        assertThat(micro.decode(List.of(token)).strip()).matches("[\"#()*+/:;<=>@\\[\\\\\\]^_`{|}~]+"));
        // The space before a word is a separate token if no merge joins them.
        assertThat(suppressed).doesNotContain(micro.encode(" ")[0]);
    }

    @Test
    void wordsStartWithSpaceOrArePunctuation() {
        List<Integer> tokens = boxed(micro.encode(" Turn on the light, now! \"Yes\""));

        List<TokenWord> words = micro.words(tokens, "en");
        assertThat(words)
                .extracting(TokenWord::text)
                .containsExactly(" Turn", " on", " the", " light", ",", " now", "!", " ", "\"Yes", "\"");
        assertThat(words.stream().flatMap(word -> word.tokens().stream()).toList())
                .isEqualTo(tokens);
    }

    @Test
    void wordsOfScriptsWithoutSpacesAreWholeCharacters() {
        List<Integer> tokens = boxed(micro.encode("你好 a"));

        assertThat(micro.words(tokens, "zh")).extracting(TokenWord::text).containsExactly("你", "好", " a");
        assertThat(micro.words(tokens, "zh").get(0).tokens()).hasSize(3);
        assertThat(micro.words(tokens, "en")).extracting(TokenWord::text).containsExactly("你好", " a");
    }

    @Test
    void specialTokensBeginWords() {
        List<Integer> tokens = new ArrayList<>(boxed(micro.encode(" on")));
        tokens.add(micro.specials().endOfText());
        tokens.add(micro.specials().timestampBegin() + 54);

        assertThat(micro.words(tokens, "en"))
                .extracting(TokenWord::text)
                .containsExactly(" on", "<|endoftext|>", "<|1.08|>");
    }

    @Test
    void everyTokenIsInOneWordDespiteBrokenCharacters() {
        Random random = new Random(11);
        for (int round = 0; round < 500; round++) {
            List<Integer> tokens =
                    random.ints(random.nextInt(20), 0, 600).boxed().toList();
            for (String language : List.of("en", "ja")) {
                assertThat(micro.words(tokens, language).stream()
                                .flatMap(word -> word.tokens().stream())
                                .toList())
                        .isEqualTo(tokens);
            }
        }
    }

    private static List<byte[]> tokens(List<String> joined) {
        List<byte[]> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        joined.forEach(text -> tokens.add(text.getBytes(StandardCharsets.UTF_8)));
        return tokens;
    }

    private static List<Integer> boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }
}
