package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlReportTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\"[^>]*>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);

    /** What would end a script element, hide the rest of the page, or be replaced when the page is filled. */
    private static final String HOSTILE =
            "</script><script>alert(1)</script><!-- <script> {{script}} ]]> \u2028 &lt; \"";

    @Test
    void containsTheReportAsItIs() throws IOException {
        String report = JsonReport.render(Reports.full());

        assertThat(data(HtmlReport.render(List.of(report)))).containsExactly(JSON.readTree(report));
    }

    @ParameterizedTest
    @ValueSource(strings = {"report-version-1.json", "report-without-origins.json"})
    void acceptsReportsOfEarlierVersions(String name) throws IOException {
        String report = HtmlReports.resource(name);

        assertThat(data(HtmlReport.render(List.of(report)))).containsExactly(JSON.readTree(report));
    }

    @Test
    void containsSeveralReportsInTheirOrder() throws IOException {
        String first = HtmlReports.resource("report-version-1.json");
        String second = JsonReport.render(Reports.full());

        assertThat(data(HtmlReport.render(List.of(first, second))))
                .containsExactly(JSON.readTree(first), JSON.readTree(second));
    }

    @Test
    void hostileTextStaysInsideItsDataBlock() throws IOException {
        ObjectNode report = (ObjectNode) JSON.readTree(JsonReport.render(Reports.full()));
        ((ObjectNode) report.at("/settings/audios/0")).put("name", HOSTILE).put("reference", HOSTILE);
        ((ObjectNode) report.at("/results/0/audios/0")).put("audio", HOSTILE).put("text", HOSTILE);
        ((ObjectNode) report.at("/results/2")).put("reason", HOSTILE);
        ((ObjectNode) report.at("/environment")).put("chip", HOSTILE);

        String page = HtmlReport.render(List.of(report.toString()));

        assertThat(data(page)).containsExactly(report);
        assertThat(page).doesNotContain("alert(1)</script").doesNotContain("<!--");
        assertThat(all(Pattern.compile("<script"), page)).hasSize(3);
        assertThat(all(Pattern.compile("</script"), page)).hasSize(3);
    }

    @Test
    void policyAllowsItsOwnScriptsAndStyleOnly() throws Exception {
        String page = HtmlReport.render(List.of(JsonReport.render(Reports.full())));
        List<String> scripts = all(SCRIPT, page);

        assertThat(scripts).hasSize(2);
        assertThat(policy(page))
                .isEqualTo("default-src 'none'; script-src " + hash(scripts.get(0)) + " " + hash(scripts.get(1))
                        + "; style-src " + hash(all(STYLE, page).get(0))
                        + "; img-src data:; base-uri 'none'; form-action 'none'");
    }

    /** The chart library names its project's pages in comments, which no browser follows. */
    @Test
    void namesNoOtherResource() throws IOException {
        String page = HtmlReport.render(List.of(JsonReport.render(Reports.full())));
        String own = page.replace(all(SCRIPT, page).get(0), "")
                .replace(all(DATA, page).get(0), "");

        assertThat(all(
                        Pattern.compile("(?i)(https?:|\\bsrc=|@import|\\burl\\(|fetch\\(|XMLHttpRequest|import\\()"),
                        own))
                .isEmpty();
        assertThat(all(Pattern.compile("href=\"([^\"]*)\""), own)).containsExactlyInAnyOrder("data:,", "#candidates");
        assertThat(page).doesNotContain("sourceMappingURL").doesNotContain("innerHTML");
    }

    @Test
    void containsTheLicenceOfTheChartLibrary() {
        assertThat(HtmlReport.render(List.of(JsonReport.render(Reports.full()))))
                .contains("The MIT License (MIT)", "Chart.js Contributors", "Permission is hereby granted");
    }

    @Test
    void isSmallWithoutItsReports() {
        String report = JsonReport.render(Reports.full());

        assertThat(HtmlReport.render(List.of(report)).length() - report.length())
                .isLessThan(400_000);
    }

    @Test
    void refusesWhatIsNoReport() {
        String report = JsonReport.render(Reports.full());

        assertThatThrownBy(() -> HtmlReport.render(List.of(report, "{\"a\":1}")))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContaining("Report 2");
        assertThatThrownBy(() -> HtmlReport.render(List.of(report + "<script>")))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContaining("Report 1");
        assertThatThrownBy(() -> HtmlReport.render(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<JsonNode> data(String page) throws IOException {
        List<JsonNode> reports = new ArrayList<>();
        for (String text : all(DATA, page)) {
            reports.add(JSON.readTree(text));
        }
        return reports;
    }

    private static String policy(String page) {
        return all(Pattern.compile("Content-Security-Policy\" content=\"([^\"]*)\""), page)
                .get(0);
    }

    private static String hash(String content) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
        return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    }

    private static List<String> all(Pattern pattern, String page) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(page);
        while (matcher.find()) {
            found.add(matcher.group(matcher.groupCount()));
        }
        return found;
    }
}
