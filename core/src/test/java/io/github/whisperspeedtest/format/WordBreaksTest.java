package io.github.whisperspeedtest.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordBreaksTest {
    /** A bar stands for each place where a line may end. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                " Two words; Two| words",
                "well-known e.g. 3.14, $5 a/b;well-known| e.g.| 3.14,| $5| a/b",
                "Quoi ? Non !;Quoi ?| Non !",
                "Il dit « Oui » ;Il| dit| « Oui »| ",
                "»Ja« und;»Ja«| und",
                "no\u00a0break;no\u00a0break",
                "안녕하세요 여러분;안녕하세요| 여러분",
                "今天天气很好。;今|天|天|气|很|好。",
                "他说：“你好”！;他|说：|“你|好”！",
                "「はい」、きょうは;「は|い」、|きょ|う|は",
                "コーヒー、１００円;コー|ヒー、|１|０|０|円",
                "人々が（東京）へ;人々|が|（東|京）|へ",
                "用iPhone手机;用|iPhone|手|机",
                "วันนี้อากาศดีมาก;วัน|นี้|อากาศ|ดี|มาก",
                "中👩🏽‍💻文🇩🇪;中|👩🏽‍💻|文|🇩🇪",
            })
    void dividesTextWhereALineMayEnd(String text, String divided) {
        assertThat(String.join("|", WordBreaks.words(text))).isEqualTo(divided);
    }

    @ParameterizedTest
    @CsvSource({
        "5, Donaudampfschiff, Donaudampfschiff",
        "12, Eisenbahn-Gewerkschafts-Haus, Eisenbahn-|Gewerkschafts-|Haus",
        "20, Eisenbahn-und-Gewerkschafts-Haus, Eisenbahn-und-|Gewerkschafts-Haus",
        "4, -known, -known",
        "4, ສະບາຍດີ, ສະບາ|ຍດີ",
        "3, ເດັກເດັກ, ເດັກ|ເດັກ",
        "3, ກກເດັກ, ກກ|ເດັກ",
        "3, ស្វាគមន៍, ស្វាគ|មន៍",
    })
    void dividesAWordThatIsTooWide(int width, String word, String divided) {
        assertThat(String.join("|", WordBreaks.parts(word, width))).isEqualTo(divided);
    }

    @ParameterizedTest
    @CsvSource({"abc, 3", "e\u0301te\u0301, 3", "你好, 2", "ที่นี่, 2", "👩🏽‍💻🇩🇪, 2"})
    void widthIsTheNumberOfCharactersThatAReaderSees(String text, int width) {
        assertThat(WordBreaks.width(text)).isEqualTo(width);
    }

    @Test
    void dividedTextIsComplete() {
        String text = " a  b\t\u3000c 你 好\n";
        assertThat(String.join("", WordBreaks.words(text))).isEqualTo(text);
    }
}
