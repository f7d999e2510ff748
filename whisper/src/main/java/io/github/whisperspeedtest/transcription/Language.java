package io.github.whisperspeedtest.transcription;

import static java.util.Map.entry;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.whisperspeedtest.error.UnknownNameException;
import java.util.IllformedLocaleException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The language of a recording: a fixed language or automatic detection. */
public sealed interface Language {
    /** Returns the option to detect the language from the first window. */
    static Language auto() {
        return Auto.INSTANCE;
    }

    /**
     * Returns the language of the given code or English name.
     *
     * @param codeOrName such as {@code de}, {@code German}, {@code de-AT} or {@code de_DE.UTF-8}; the country and other
     *     suffixes are ignored, as is case
     * @throws UnknownNameException if Whisper does not know such a language
     */
    static Language of(String codeOrName) {
        String wanted = codeOrName.strip().toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> language : Fixed.NAMES.entrySet()) {
            if (language.getKey().equals(wanted) || language.getValue().equals(wanted)) {
                return new Fixed(language.getKey());
            }
        }
        String code = Fixed.languageOfTag(wanted);
        String known = Fixed.ALIASES.getOrDefault(wanted, Fixed.ALIASES.getOrDefault(code, code));
        if (Fixed.NAMES.containsKey(known)) {
            return new Fixed(known);
        }
        throw unknown(codeOrName);
    }

    /**
     * Parses the value of a language option.
     *
     * @param value {@code auto}, or a value accepted by {@link #of}
     */
    @JsonCreator
    static Language parse(String value) {
        return value.strip().equalsIgnoreCase("auto") ? auto() : of(value);
    }

    /** Returns the codes of Whisper's languages in the order of their tokens; the last one came with large-v3. */
    static List<String> codes() {
        return List.copyOf(Fixed.NAMES.keySet());
    }

    /** Returns {@code auto} or the code. */
    @JsonValue
    String code();

    private static UnknownNameException unknown(String wanted) {
        return new UnknownNameException("Unknown language '" + wanted + "'. Use 'auto' or one of: "
                + String.join(", ", Fixed.NAMES.keySet()) + ".");
    }

    /** Automatic detection. */
    enum Auto implements Language {
        /** The only instance. */
        INSTANCE;

        @Override
        public String code() {
            return "auto";
        }
    }

    /**
     * A named language.
     *
     * @param code the code that Whisper's language token has, such as {@code de}
     */
    record Fixed(String code) implements Language {
        /** Codes and names in the order of the language tokens; source: {@code LANGUAGES} in openai/whisper's tokenizer. */
        private static final Map<String, String> NAMES = inOrder(List.of(
                entry("en", "english"),
                entry("zh", "chinese"),
                entry("de", "german"),
                entry("es", "spanish"),
                entry("ru", "russian"),
                entry("ko", "korean"),
                entry("fr", "french"),
                entry("ja", "japanese"),
                entry("pt", "portuguese"),
                entry("tr", "turkish"),
                entry("pl", "polish"),
                entry("ca", "catalan"),
                entry("nl", "dutch"),
                entry("ar", "arabic"),
                entry("sv", "swedish"),
                entry("it", "italian"),
                entry("id", "indonesian"),
                entry("hi", "hindi"),
                entry("fi", "finnish"),
                entry("vi", "vietnamese"),
                entry("he", "hebrew"),
                entry("uk", "ukrainian"),
                entry("el", "greek"),
                entry("ms", "malay"),
                entry("cs", "czech"),
                entry("ro", "romanian"),
                entry("da", "danish"),
                entry("hu", "hungarian"),
                entry("ta", "tamil"),
                entry("no", "norwegian"),
                entry("th", "thai"),
                entry("ur", "urdu"),
                entry("hr", "croatian"),
                entry("bg", "bulgarian"),
                entry("lt", "lithuanian"),
                entry("la", "latin"),
                entry("mi", "maori"),
                entry("ml", "malayalam"),
                entry("cy", "welsh"),
                entry("sk", "slovak"),
                entry("te", "telugu"),
                entry("fa", "persian"),
                entry("lv", "latvian"),
                entry("bn", "bengali"),
                entry("sr", "serbian"),
                entry("az", "azerbaijani"),
                entry("sl", "slovenian"),
                entry("kn", "kannada"),
                entry("et", "estonian"),
                entry("mk", "macedonian"),
                entry("br", "breton"),
                entry("eu", "basque"),
                entry("is", "icelandic"),
                entry("hy", "armenian"),
                entry("ne", "nepali"),
                entry("mn", "mongolian"),
                entry("bs", "bosnian"),
                entry("kk", "kazakh"),
                entry("sq", "albanian"),
                entry("sw", "swahili"),
                entry("gl", "galician"),
                entry("mr", "marathi"),
                entry("pa", "punjabi"),
                entry("si", "sinhala"),
                entry("km", "khmer"),
                entry("sn", "shona"),
                entry("yo", "yoruba"),
                entry("so", "somali"),
                entry("af", "afrikaans"),
                entry("oc", "occitan"),
                entry("ka", "georgian"),
                entry("be", "belarusian"),
                entry("tg", "tajik"),
                entry("sd", "sindhi"),
                entry("gu", "gujarati"),
                entry("am", "amharic"),
                entry("yi", "yiddish"),
                entry("lo", "lao"),
                entry("uz", "uzbek"),
                entry("fo", "faroese"),
                entry("ht", "haitian creole"),
                entry("ps", "pashto"),
                entry("tk", "turkmen"),
                entry("nn", "nynorsk"),
                entry("mt", "maltese"),
                entry("sa", "sanskrit"),
                entry("lb", "luxembourgish"),
                entry("my", "myanmar"),
                entry("bo", "tibetan"),
                entry("tl", "tagalog"),
                entry("mg", "malagasy"),
                entry("as", "assamese"),
                entry("tt", "tatar"),
                entry("haw", "hawaiian"),
                entry("ln", "lingala"),
                entry("ha", "hausa"),
                entry("ba", "bashkir"),
                entry("jw", "javanese"),
                entry("su", "sundanese"),
                entry("yue", "cantonese")));

        /**
         * Other names and codes; source of the names: {@code TO_LANGUAGE_CODE} in openai/whisper's tokenizer. The codes are those that
         * ISO 639 has for languages to which Whisper's tokens give an older, a wider or a narrower one.
         */
        private static final Map<String, String> ALIASES = Map.ofEntries(
                entry("burmese", "my"),
                entry("valencian", "ca"),
                entry("flemish", "nl"),
                entry("haitian", "ht"),
                entry("letzeburgesch", "lb"),
                entry("pushto", "ps"),
                entry("panjabi", "pa"),
                entry("moldavian", "ro"),
                entry("moldovan", "ro"),
                entry("sinhalese", "si"),
                entry("castilian", "es"),
                entry("mandarin", "zh"),
                entry("cmn", "zh"),
                entry("fil", "tl"),
                entry("jv", "jw"),
                entry("nb", "no"));

        /**
         * Checks the code.
         *
         * @throws UnknownNameException if Whisper has no such language
         */
        public Fixed {
            if (!NAMES.containsKey(code)) {
                throw unknown(code);
            }
        }

        /** Returns the English name in lower case, such as {@code german}; source: openai/whisper's tokenizer. */
        public String englishName() {
            return NAMES.getOrDefault(code, code);
        }

        /** Returns the language of a BCP 47 tag or of the name of a POSIX locale, empty where the text is neither. */
        private static String languageOfTag(String text) {
            try {
                return new Locale.Builder()
                        .setLanguageTag(text.replaceFirst("[.@].*", "").replace('_', '-'))
                        .build()
                        .getLanguage();
            } catch (IllformedLocaleException e) {
                return "";
            }
        }

        private static Map<String, String> inOrder(List<Map.Entry<String, String>> entries) {
            Map<String, String> map = new LinkedHashMap<>();
            entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
            return map;
        }
    }
}
