package io.github.whisperspeedtest.evaluation;

import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The normalizer for English.
 *
 * <p>The rules are those of {@code EnglishTextNormalizer} (source: openai/whisper, {@code whisper/normalizers/english.py}): lower case;
 * what stands in brackets or parentheses, fillers, symbols and diacritics are left out; contractions and titles are written in full;
 * numbers, amounts of money and percentages become digits; spelling becomes American.
 *
 * <p>Differences are deliberate: {@linkplain TextRules#removeInvisible characters without a glyph or a meaning} are left out;
 * {@code archaeology} becomes {@code archeology}, where the published table has a trace of HTML; and numbers of more than
 * {@value NumberValue#MAX_DIGITS} digits are no numbers.
 */
final class EnglishTextNormalizer implements TextNormalizer {
    static final TextNormalizer INSTANCE = new EnglishTextNormalizer();

    private static final Pattern SPACE_BEFORE_APOSTROPHE =
            Pattern.compile("(?<!" + TextRules.SPACE + ")" + TextRules.SPACE + "++'");
    private static final Pattern COMMA_BETWEEN_DIGITS = Pattern.compile("(\\p{Nd}),(\\p{Nd})");
    private static final Pattern PERIOD_NOT_BEFORE_DIGIT = Pattern.compile("\\.([^0-9]|\\z)");
    private static final Pattern SYMBOL_NOT_BEFORE_DIGIT = Pattern.compile("[.$¢€£]([^0-9])");
    private static final Pattern PERCENT_NOT_AFTER_DIGIT = Pattern.compile("([^0-9])%");

    /** Symbols that belong to numbers. */
    private static final String KEPT = ".%$¢€£";

    /** Letters that Unicode does not decompose. */
    private static final Map<Integer, String> LETTERS = Map.ofEntries(
            Map.entry((int) 'œ', "oe"),
            Map.entry((int) 'Œ', "OE"),
            Map.entry((int) 'ø', "o"),
            Map.entry((int) 'Ø', "O"),
            Map.entry((int) 'æ', "ae"),
            Map.entry((int) 'Æ', "AE"),
            Map.entry((int) 'ß', "ss"),
            Map.entry((int) 'ẞ', "SS"),
            Map.entry((int) 'đ', "d"),
            Map.entry((int) 'Đ', "D"),
            Map.entry((int) 'ð', "d"),
            Map.entry((int) 'Ð', "D"),
            Map.entry((int) 'þ', "th"),
            Map.entry((int) 'Þ', "th"),
            Map.entry((int) 'ł', "l"),
            Map.entry((int) 'Ł', "L"));

    private static final List<WordRule> FILLERS = Stream.of("hmm", "mm", "mhm", "mmm", "uh", "um")
            .map(filler -> WordRule.word(filler, ""))
            .toList();

    /** The order matters: {@code won't} before {@code n't}, {@code 'd been} before {@code 'd}. */
    private static final List<WordRule> REPLACEMENTS = List.of(
            WordRule.word("won't", "will not"),
            WordRule.word("can't", "can not"),
            WordRule.word("let's", "let us"),
            WordRule.word("ain't", "aint"),
            WordRule.word("y'all", "you all"),
            WordRule.word("wanna", "want to"),
            WordRule.word("gotta", "got to"),
            WordRule.word("gonna", "going to"),
            WordRule.word("i'ma", "i am going to"),
            WordRule.word("imma", "i am going to"),
            WordRule.word("woulda", "would have"),
            WordRule.word("coulda", "could have"),
            WordRule.word("shoulda", "should have"),
            WordRule.word("ma'am", "madam"),
            WordRule.word("mr", "mister "),
            WordRule.word("mrs", "missus "),
            WordRule.word("st", "saint "),
            WordRule.word("dr", "doctor "),
            WordRule.word("prof", "professor "),
            WordRule.word("capt", "captain "),
            WordRule.word("gov", "governor "),
            WordRule.word("ald", "alderman "),
            WordRule.word("gen", "general "),
            WordRule.word("sen", "senator "),
            WordRule.word("rep", "representative "),
            WordRule.word("pres", "president "),
            WordRule.word("rev", "reverend "),
            WordRule.word("hon", "honorable "),
            WordRule.word("asst", "assistant "),
            WordRule.word("assoc", "associate "),
            WordRule.word("lt", "lieutenant "),
            WordRule.word("col", "colonel "),
            WordRule.word("jr", "junior "),
            WordRule.word("sr", "senior "),
            WordRule.word("esq", "esquire "),
            WordRule.ending("'d been", " had been"),
            WordRule.ending("'s been", " has been"),
            WordRule.ending("'d gone", " had gone"),
            WordRule.ending("'s gone", " has gone"),
            WordRule.ending("'d done", " had done"),
            WordRule.ending("'s got", " has got"),
            WordRule.ending("n't", " not"),
            WordRule.ending("'re", " are"),
            WordRule.ending("'s", " is"),
            WordRule.ending("'d", " would"),
            WordRule.ending("'ll", " will"),
            WordRule.ending("'t", " not"),
            WordRule.ending("'ve", " have"),
            WordRule.ending("'m", " am"));

    private final Map<String, String> spellings = Spellings.load();

    private EnglishTextNormalizer() {}

    @Override
    public String normalize(String text) {
        String words = TextRules.lowerCase(TextRules.removeInvisible(text));
        words = TextRules.removeParenthesised(TextRules.removeBracketed(words));
        words = applied(FILLERS, words);
        words = SPACE_BEFORE_APOSTROPHE.matcher(words).replaceAll("'");
        words = applied(REPLACEMENTS, words);
        words = COMMA_BETWEEN_DIGITS.matcher(words).replaceAll("$1$2");
        words = PERIOD_NOT_BEFORE_DIGIT.matcher(words).replaceAll(" $1");
        words = EnglishNumbers.normalize(withoutSymbolsAndDiacritics(words));
        words = TextRules.split(words).stream()
                .map(word -> spellings.getOrDefault(word, word))
                .collect(Collectors.joining(" "));
        words = SYMBOL_NOT_BEFORE_DIGIT.matcher(words).replaceAll(" $1");
        words = PERCENT_NOT_AFTER_DIGIT.matcher(words).replaceAll("$1 ");
        return TextRules.collapseWhiteSpace(words);
    }

    @Override
    public String name() {
        return "english";
    }

    private static String applied(List<WordRule> rules, String text) {
        String result = text;
        for (WordRule rule : rules) {
            result = rule.apply(result);
        }
        return result;
    }

    /**
     * Decomposes character by character. That equals decomposing the text, which also orders marks and takes quadratic time for many
     * of them: marks are removed.
     */
    private static String withoutSymbolsAndDiacritics(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (character < 0x80) {
                appendPlain(character, plain);
            } else {
                Normalizer.normalize(Character.toString(character), Normalizer.Form.NFKD)
                        .codePoints()
                        .forEach(part -> appendPlain(part, plain));
            }
        });
        return plain.toString();
    }

    private static void appendPlain(int character, StringBuilder plain) {
        if (KEPT.indexOf(character) >= 0) {
            plain.appendCodePoint(character);
        } else if (LETTERS.containsKey(character)) {
            plain.append(LETTERS.get(character));
        } else if (TextRules.isMarkSymbolOrPunctuation(character)) {
            if (Character.getType(character) != Character.NON_SPACING_MARK) {
                plain.append(' ');
            }
        } else {
            plain.appendCodePoint(character);
        }
    }
}
