package io.github.whisperspeedtest.evaluation;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes English numbers with digits: {@code twenty five dollars} becomes {@code $25}, {@code one oh one} {@code 101}.
 *
 * <p>The rules are those of {@code EnglishNumberNormalizer} (source: openai/whisper, {@code whisper/normalizers/english.py}), with their
 * peculiarities: {@code nineth} is an ordinal and {@code ninth} is not, and {@code 3.1} becomes {@code 3.one}. An instance processes one
 * text.
 */
final class EnglishNumbers {
    private static final String BOUNDARY = "(?![\\p{L}\\p{N}_])";
    private static final String START = "(?<![\\p{L}\\p{N}_])";

    private static final Pattern AND_A_HALF =
            Pattern.compile(START + "and" + TextRules.SPACE + "++a" + TextRules.SPACE + "++half" + BOUNDARY);
    private static final Pattern DIGIT_AFTER_LETTER = Pattern.compile("([a-z])([0-9])");
    private static final Pattern LETTER_AFTER_DIGIT = Pattern.compile("([0-9])([a-z])");
    private static final Pattern SPACE_BEFORE_SUFFIX =
            Pattern.compile("([0-9])" + TextRules.SPACE + "++(st|nd|rd|th|s)" + BOUNDARY);
    private static final Pattern NUMBER = Pattern.compile("\\p{Nd}++(\\.\\p{Nd}++)?");
    private static final Pattern AMOUNT_AND_CENTS =
            Pattern.compile("([€£$])([0-9]++) (?:and )?¢([0-9]{1,2})" + BOUNDARY);
    private static final Pattern ONLY_CENTS = Pattern.compile("[€£$]0.([0-9]{1,2})" + BOUNDARY);
    private static final Pattern ONE = Pattern.compile(START + "1(s?)" + BOUNDARY);

    private static final String SIGNS = "-+£€$¢";

    private static final Set<String> ZEROS = Set.of("o", "oh", "zero");

    private static final List<String> ONES_IN_ORDER = List.of(
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen");
    private static final List<String> TENS_IN_ORDER =
            List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");
    private static final List<String> THOUSANDS_IN_ORDER = List.of(
            "thousand",
            "million",
            "billion",
            "trillion",
            "quadrillion",
            "quintillion",
            "sextillion",
            "septillion",
            "octillion",
            "nonillion",
            "decillion");

    private static final Map<String, Integer> ONES = new HashMap<>();
    private static final Map<String, Integer> TENS = new HashMap<>();
    private static final Map<String, BigInteger> MULTIPLIERS = new HashMap<>();

    /** Plurals and ordinals, by word. */
    private static final Map<String, Suffixed<Integer>> SUFFIXED_ONES = new HashMap<>();

    private static final Map<String, Suffixed<Integer>> SUFFIXED_TENS = new HashMap<>();
    private static final Map<String, Suffixed<BigInteger>> SUFFIXED_MULTIPLIERS = new HashMap<>();

    private static final Map<String, String> SIGNS_BEFORE =
            Map.of("minus", "-", "negative", "-", "plus", "+", "positive", "+");
    private static final Map<String, String> CURRENCIES = Map.of(
            "pound", "£", "pounds", "£", "euro", "€", "euros", "€", "dollar", "$", "dollars", "$", "cent", "¢", "cents",
            "¢");
    private static final Set<String> PERCENT = Set.of("per", "percent");
    private static final Set<String> SPECIAL = Set.of("and", "double", "triple", "point");

    /** Every word that can be part of a number. */
    private static final Set<String> WORDS = new HashSet<>();

    /** A number with the ending of a plural or an ordinal. */
    private record Suffixed<T>(T number, String suffix) {}

    static {
        for (int i = 0; i < ONES_IN_ORDER.size(); i++) {
            String name = ONES_IN_ORDER.get(i);
            ONES.put(name, i + 1);
            SUFFIXED_ONES.put(name.equals("six") ? "sixes" : name + "s", new Suffixed<>(i + 1, "s"));
            SUFFIXED_ONES.put(name + (name.endsWith("t") ? "h" : "th"), new Suffixed<>(i + 1, "th"));
        }
        List.of("oneth", "twoth", "threeth", "fiveth", "twelveth").forEach(SUFFIXED_ONES::remove);
        SUFFIXED_ONES.put("zeroth", new Suffixed<>(0, "th"));
        SUFFIXED_ONES.put("first", new Suffixed<>(1, "st"));
        SUFFIXED_ONES.put("second", new Suffixed<>(2, "nd"));
        SUFFIXED_ONES.put("third", new Suffixed<>(3, "rd"));
        SUFFIXED_ONES.put("fifth", new Suffixed<>(5, "th"));
        SUFFIXED_ONES.put("twelfth", new Suffixed<>(12, "th"));
        for (int i = 0; i < TENS_IN_ORDER.size(); i++) {
            String name = TENS_IN_ORDER.get(i);
            int tens = 10 * (i + 2);
            TENS.put(name, tens);
            SUFFIXED_TENS.put(name.replace("y", "ies"), new Suffixed<>(tens, "s"));
            SUFFIXED_TENS.put(name.replace("y", "ieth"), new Suffixed<>(tens, "th"));
        }
        MULTIPLIERS.put("hundred", BigInteger.valueOf(100));
        for (int i = 0; i < THOUSANDS_IN_ORDER.size(); i++) {
            MULTIPLIERS.put(THOUSANDS_IN_ORDER.get(i), BigInteger.TEN.pow(3 * (i + 1)));
        }
        MULTIPLIERS.forEach((name, number) -> {
            SUFFIXED_MULTIPLIERS.put(name + "s", new Suffixed<>(number, "s"));
            SUFFIXED_MULTIPLIERS.put(name + "th", new Suffixed<>(number, "th"));
        });
        List.of(
                        ZEROS,
                        ONES.keySet(),
                        SUFFIXED_ONES.keySet(),
                        TENS.keySet(),
                        SUFFIXED_TENS.keySet(),
                        MULTIPLIERS.keySet(),
                        SUFFIXED_MULTIPLIERS.keySet(),
                        SIGNS_BEFORE.keySet(),
                        CURRENCIES.keySet(),
                        PERCENT,
                        SPECIAL)
                .forEach(WORDS::addAll);
    }

    private final List<String> out = new ArrayList<>();

    /** The sign or currency of the number, or of the next word. */
    private String sign = "";

    /** The number so far, null between numbers. */
    private @Nullable NumberValue value;

    private EnglishNumbers() {}

    /** Returns the text, in lower case and without symbols except those of numbers, with digits. */
    static String normalize(String text) {
        List<String> words = TextRules.split(prepare(text));
        return finish(String.join(" ", new EnglishNumbers().process(words)));
    }

    private static String prepare(String text) {
        String separated = DIGIT_AFTER_LETTER.matcher(halves(text)).replaceAll("$1 $2");
        separated = LETTER_AFTER_DIGIT.matcher(separated).replaceAll("$1 $2");
        return SPACE_BEFORE_SUFFIX.matcher(separated).replaceAll("$1$2");
    }

    /** Replaces {@code and a half} behind a number by {@code point five}. */
    private static String halves(String text) {
        List<String> parts = new ArrayList<>();
        Matcher half = AND_A_HALF.matcher(text);
        int start = 0;
        while (half.find()) {
            String before = text.substring(start, half.start());
            List<String> words = TextRules.split(before);
            if (!words.isEmpty()) {
                parts.add(before);
                String last = words.get(words.size() - 1);
                parts.add(isDecimal(last) || MULTIPLIERS.containsKey(last) ? "point five" : "and a half");
            }
            start = half.end();
        }
        parts.add(text.substring(start));
        return String.join(" ", parts);
    }

    private static String finish(String text) {
        String combined = AMOUNT_AND_CENTS
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(match.group(1) + match.group(2) + "."
                        + "0".repeat(2 - match.group(3).length()) + match.group(3)));
        combined = ONLY_CENTS.matcher(combined).replaceAll(match -> "¢" + Integer.parseInt(match.group(1)));
        return ONE.matcher(combined).replaceAll("one$1");
    }

    private List<String> process(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String previous = i == 0 ? null : words.get(i - 1);
            String next = i + 1 == words.size() ? null : words.get(i + 1);
            if (accept(previous, words.get(i), next)) {
                i++;
            }
        }
        flush();
        return out;
    }

    /** Processes a word, and returns whether the next one is processed, too. */
    private boolean accept(@Nullable String previous, String word, @Nullable String next) {
        boolean signed = SIGNS.indexOf(word.charAt(0)) >= 0;
        String unsigned = signed ? word.substring(1) : word;
        if (isNumber(unsigned)) {
            acceptDigits(word, signed ? word.substring(0, 1) : "", unsigned);
        } else if (!WORDS.contains(word)) {
            flush();
            emit(word);
        } else if (ZEROS.contains(word)) {
            append("0");
        } else if (ONES.containsKey(word)) {
            addOnes(ONES.get(word), previous);
        } else if (SUFFIXED_ONES.containsKey(word)) {
            Suffixed<Integer> ones = SUFFIXED_ONES.get(word);
            addOnes(ones.number(), previous);
            emit(value + ones.suffix());
        } else if (TENS.containsKey(word)) {
            addTens(TENS.get(word));
        } else if (SUFFIXED_TENS.containsKey(word)) {
            Suffixed<Integer> tens = SUFFIXED_TENS.get(word);
            addTens(tens.number());
            emit(value + tens.suffix());
        } else if (MULTIPLIERS.containsKey(word)) {
            multiply(MULTIPLIERS.get(word));
        } else if (SUFFIXED_MULTIPLIERS.containsKey(word)) {
            Suffixed<BigInteger> multiplier = SUFFIXED_MULTIPLIERS.get(word);
            multiply(multiplier.number());
            emit(value + multiplier.suffix());
        } else if (SIGNS_BEFORE.containsKey(word)) {
            flush();
            if (isNumeric(next)) {
                sign = SIGNS_BEFORE.get(word);
            } else {
                emit(word);
            }
        } else if (CURRENCIES.containsKey(word)) {
            if (value == null) {
                emit(word);
            } else {
                sign = CURRENCIES.get(word);
                flush();
            }
        } else if (PERCENT.contains(word)) {
            return acceptPercent(word, next);
        } else {
            return acceptSpecial(word, previous, next);
        }
        return false;
    }

    private void acceptDigits(String word, String ownSign, String number) {
        if (value != null && value.endsWithPoint()) {
            value.append(word);
            return;
        }
        flush();
        sign = ownSign.isEmpty() ? sign : ownSign;
        value = NumberValue.parse(number);
    }

    private void addOnes(int ones, @Nullable String previous) {
        if (value == null) {
            value = NumberValue.of(ones);
        } else {
            value.addOnes(
                    ones,
                    previous != null && ONES.containsKey(previous),
                    previous != null && TENS.containsKey(previous));
        }
    }

    private void addTens(int tens) {
        if (value == null) {
            value = NumberValue.of(tens);
        } else {
            value.addTens(tens);
        }
    }

    private void multiply(BigInteger multiplier) {
        if (value == null) {
            value = NumberValue.of(multiplier);
        } else if (value.isSequence() || value.isZero()) {
            BigInteger product = value.times(multiplier);
            if (product == null) {
                flush();
            }
            value = NumberValue.of(product == null ? multiplier : product);
        } else {
            value.multiplyLastThousand(multiplier);
        }
    }

    private boolean acceptPercent(String word, @Nullable String next) {
        boolean perCent = word.equals("per") && "cent".equals(next);
        if (value != null && (perCent || word.equals("percent"))) {
            emit(value + "%");
            return perCent;
        }
        flush();
        emit(word);
        return false;
    }

    private boolean acceptSpecial(String word, @Nullable String previous, @Nullable String next) {
        if (next == null || !isNumeric(next)) {
            flush();
            emit(word);
            return false;
        }
        switch (word) {
            case "and" -> {
                if (previous == null || !MULTIPLIERS.containsKey(previous)) {
                    flush();
                    emit(word);
                }
            }
            case "point" -> {
                if (isDecimal(next) || isNumber(next)) {
                    append(".");
                }
            }
            default -> {
                if (ONES.containsKey(next) || ZEROS.contains(next)) {
                    append(String.valueOf(ONES.getOrDefault(next, 0)).repeat(word.equals("double") ? 2 : 3));
                    return true;
                }
                flush();
                emit(word);
            }
        }
        return false;
    }

    private void append(String text) {
        if (value == null) {
            value = NumberValue.ofDigits(text);
        } else {
            value.append(text);
        }
    }

    /** Writes the number, if there is one. */
    private void flush() {
        if (value != null) {
            emit(value.toString());
        }
    }

    /** Writes a word with the sign that stands before it, and ends the number. */
    private void emit(String word) {
        out.add(sign + word);
        sign = "";
        value = null;
    }

    private static boolean isNumeric(@Nullable String word) {
        return word != null && (WORDS.contains(word) || isNumber(word));
    }

    private static boolean isNumber(String word) {
        return NUMBER.matcher(word).matches();
    }

    private static boolean isDecimal(String word) {
        return ONES.containsKey(word) || TENS.containsKey(word) || ZEROS.contains(word);
    }
}
