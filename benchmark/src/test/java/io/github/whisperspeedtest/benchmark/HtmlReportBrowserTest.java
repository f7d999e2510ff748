package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.program.testing.Browser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.print.PrintOptions;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a real browser. Without Chromium and chromedriver on the search path these tests are skipped. */
@Tag("end-to-end")
class HtmlReportBrowserTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static Browser chromium;
    private static ChromeDriver browser;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startBrowser() {
        chromium = Browser.start();
        browser = chromium.driver();
    }

    @AfterAll
    static void stopBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void forgetLogs() {
        chromium.forgetLogs();
    }

    static Stream<List<String>> reports() {
        return Stream.of(
                List.of(JsonReport.render(Reports.full())),
                List.of(JsonReport.render(Reports.empty())),
                List.of(JsonReport.render(Reports.withWarning("The recording is quiet."))),
                List.of(HtmlReports.resource("report-version-1.json")),
                List.of(HtmlReports.resource("report-without-origins.json")),
                List.of(HtmlReports.sweep("Apple M2", 40)),
                List.of(HtmlReports.sweep("Apple M2", 1)),
                List.of(
                        HtmlReports.sweep("Apple M2", 12),
                        HtmlReports.sweep("Apple M4", 6),
                        HtmlReports.sweep("Apple M4", 3)));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("reports")
    void showsEveryReportWithoutErrorsAndRequests(List<String> reports) throws IOException {
        open(reports);

        for (WebElement section : browser.findElements(By.cssSelector("main section"))) {
            assertThat(section.findElements(By.cssSelector("p, table, figure, ul, pre")))
                    .as(section.getAttribute("id"))
                    .isNotEmpty();
        }
        assertThat(text("body")).doesNotContain("cannot be shown", "undefined", "NaN", "[object");
        assertThat(chromium.messages()).isEmpty();
        assertThat(chromium.requests())
                .isNotEmpty()
                .allMatch(url -> url.startsWith("file:") || url.startsWith("data:,"));
    }

    @Test
    void showsHostileTextAsText() throws IOException {
        ObjectNode report = (ObjectNode) JSON.readTree(HtmlReports.sweep("Apple M2", 3));
        String hostile =
                "</script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">";
        ((ObjectNode) report.at("/environment")).put("chip", hostile);
        ((ObjectNode) report.at("/settings/audios/0")).put("name", hostile).put("reference", hostile);
        for (JsonNode result : report.withArray("results")) {
            if (result.has("audios")) {
                ((ObjectNode) result.at("/audios/0")).put("audio", hostile).put("text", hostile + " end");
            } else {
                ((ObjectNode) result).put("reason", hostile).put("remedy", hostile);
            }
        }

        open(List.of(report.toString()));

        assertThat(browser.getTitle()).doesNotContain("broken");
        assertThat(browser.findElements(By.cssSelector("main script, main img, header script, header img")))
                .isEmpty();
        assertThat(text("#subtitle")).contains(hostile);
        assertThat(text("#recordings")).contains(hostile);
        assertThat(text(".transcript.reference")).contains(hostile);
        assertThat(text("#failures")).contains(hostile);
        assertThat(chromium.messages()).isEmpty();
    }

    @Test
    void sortsByMouseAndKeyboard() throws IOException {
        open(List.of(JsonReport.render(Reports.full())));
        assertThat(column("#candidates", 1)).startsWith("whispercpp/micro", "faster/micro", "mlx/micro");

        heading("#candidates", "Word error rate").click();
        assertThat(column("#candidates", 1)).startsWith("whispercpp/micro", "faster/micro", "mlx/micro");
        heading("#candidates", "Word error rate").sendKeys(Keys.ENTER);

        assertThat(column("#candidates", 1)).startsWith("mlx/micro", "faster/micro", "whispercpp/micro");
        assertThat(column("#candidates", 1).subList(3, 6))
                .containsExactlyInAnyOrder("coreml/micro", "insanely/micro", "mps/micro");
        assertThat(browser.findElements(By.cssSelector("#candidates th[aria-sort]")))
                .singleElement()
                .satisfies(th -> assertThat(th.getAttribute("aria-sort")).isEqualTo("descending"));
    }

    @Test
    void showsFallbacksFailuresAndWarnings() throws IOException {
        open(List.of(JsonReport.render(Reports.full())));

        assertThat(text("#candidates")).contains("not gpu as requested").contains("failed: timed out");
        assertThat(text("#failures"))
                .contains("the process ended with code 134")
                .contains("Ask for fewer runs.");
        assertThat(text("#warnings"))
                .contains("The first run of whispercpp took 998 ms", "count.wav differ", "grüße|2.wav differ")
                .containsOnlyOnce("Weigh speed against the transcripts");
    }

    @Test
    void showsRanksIntervalsAndCandidatesOfASweep() throws IOException {
        open(List.of(HtmlReports.sweep("Apple M2", 4)));

        assertThat(text("#verdict")).isEqualTo("faster/base t1 is the fastest.");
        assertThat(text("#candidates"))
                .contains("1–2", "380 ms – 420 ms", "95 % confidence interval", "on the Pareto front");
        assertThat(text("#speed")).contains("Ratio of times", "1.25×", "1.20×", "1.30×");
        assertThat(text("#warnings")).contains("The processor was throttled.");
        assertThat(text("#repeat"))
                .contains("whisper-speedtest benchmark --repeat whisper-speedtest-2026-11-22T10-15-30.json");
    }

    @Test
    void comparesMachines() throws IOException {
        open(List.of(HtmlReports.sweep("Apple M2", 2), HtmlReports.sweep("Apple M4", 1)));

        assertThat(text("#machines")).contains("Apple M2", "Apple M4", "★").contains("not run");
    }

    @Test
    void marksDifferencesFromTheReference() throws IOException {
        open(List.of(JsonReport.render(Reports.full())));

        List<WebElement> cards = browser.findElements(By.cssSelector(".transcript"));
        assertThat(cards.get(0).getText()).contains("Reference text", "alpha bravo charlie delta");
        assertThat(marks(cards.get(1), "ins, del")).isEmpty();
        assertThat(cards.get(2).getText()).contains("faster");
        assertThat(marks(cards.get(2), "del")).containsExactly("charlie");
        assertThat(cards.get(3).getText()).contains("The transcript is empty.");

        new Select(browser.findElement(By.cssSelector("#transcripts select"))).selectByVisibleText("grüße|2.wav");

        assertThat(text("#transcripts")).contains("There is no reference text.");
    }

    @Test
    void comparesTextsWithoutSpacesByCharacter() throws IOException {
        ObjectNode report = (ObjectNode) JSON.readTree(HtmlReports.sweep("Apple M2", 1));
        ((ObjectNode) report.at("/settings/audios/0")).put("reference", "今日は天気がいい。");
        ((ObjectNode) report.at("/results/0/audios/0")).put("text", "今日は電気がいい");

        open(List.of(report.toString()));

        WebElement card = browser.findElements(By.cssSelector(".transcript")).get(1);
        assertThat(marks(card, "del")).containsExactly("天");
        assertThat(marks(card, "ins")).containsExactly("電");
    }

    @Test
    void showsLongTextsThatDifferCompletelyWithoutMarks() throws IOException {
        ObjectNode report = (ObjectNode) JSON.readTree(HtmlReports.sweep("Apple M2", 1));
        ((ObjectNode) report.at("/settings/audios/0")).put("reference", "one ".repeat(20_000));
        ((ObjectNode) report.at("/results/0/audios/0")).put("text", "two ".repeat(20_000));

        open(List.of(report.toString()));

        assertThat(text("#transcripts")).contains("The texts differ too much to mark the differences.");
    }

    @Test
    void hoveringAChartShowsATooltip() throws IOException {
        open(List.of(JsonReport.render(Reports.full())));
        WebElement canvas = browser.findElement(By.cssSelector("#speed canvas"));
        browser.executeScript("arguments[0].scrollIntoView({block: 'center'})", canvas);

        new Actions(browser).moveToElement(canvas, 0, -20).perform();

        assertThat(browser.executeScript(
                        "const tooltip = Chart.getChart(arguments[0]).tooltip; return [tooltip.opacity > 0, tooltip.title[0]]",
                        canvas))
                .isEqualTo(List.of(true, "faster/micro"));
    }

    @Test
    void choosesTheLinesOfTheRounds() throws IOException {
        open(List.of(HtmlReports.sweep("Apple M2", 40)));
        assertThat(lines()).isEqualTo(8L);

        browser.findElement(By.cssSelector("#rounds summary")).click();
        browser.findElements(By.cssSelector("#rounds input:not(:checked)"))
                .get(0)
                .sendKeys(Keys.SPACE);

        assertThat(lines()).isEqualTo(9L);
        assertThat(text("#rounds summary")).endsWith("9 of 40");
    }

    @Test
    void followsTheColorsOfTheSystemAndTheButton() throws IOException {
        open(List.of(JsonReport.render(Reports.full())));
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
        assertThat(background()).isEqualTo("rgb(20, 24, 29)");
        assertThat(text("#theme")).isEqualTo("Light mode");

        browser.findElement(By.id("theme")).click();

        assertThat(background()).isEqualTo("rgb(255, 255, 255)");
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }

    @Test
    void fitsANarrowScreen() throws IOException {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 400, "height", 800, "deviceScaleFactor", 1, "mobile", false));
        try {
            open(List.of(HtmlReports.sweep("Apple M2", 40)));

            assertThat((Long) browser.executeScript("return document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(400L);
        } finally {
            browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        }
    }

    @Test
    void printsInLightColorsAndKeepsTheTheme() throws IOException {
        open(List.of(HtmlReports.sweep("Apple M2", 12)));
        browser.findElement(By.id("theme")).click();
        browser.executeScript(
                "addEventListener('beforeprint', () => (window.printed = document.documentElement.dataset.theme))");

        String pdf = browser.print(new PrintOptions()).getContent();

        assertThat(new String(Base64.getDecoder().decode(pdf), StandardCharsets.ISO_8859_1))
                .startsWith("%PDF-");
        assertThat(browser.executeScript("return window.printed")).isEqualTo("light");
        assertThat(background()).isEqualTo("rgb(20, 24, 29)");
        assertThat(chromium.messages()).isEmpty();
    }

    @Test
    void downloadsTheReport() throws IOException {
        browser.executeCdpCommand(
                "Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", directory.toString()));
        String report = HtmlReports.sweep("Apple M2", 2);
        open(List.of(report));

        browser.findElement(By.cssSelector("#repeat button")).click();

        Path file = directory.resolve("whisper-speedtest-2026-11-22T10-15-30.json");
        new WebDriverWait(browser, Duration.ofSeconds(60)).until(driver -> Files.exists(file));
        assertThat(JSON.readTree(file.toFile())).isEqualTo(JSON.readTree(report));
        assertThat(chromium.messages()).isEmpty();
    }

    private void open(List<String> reports) throws IOException {
        Path page = Files.writeString(directory.resolve("report.html"), HtmlReport.render(reports));
        browser.get(page.toUri().toString());
    }

    private static String text(String selector) {
        return browser.findElement(By.cssSelector(selector)).getText();
    }

    private static String background() {
        return (String) browser.executeScript("return getComputedStyle(document.body).backgroundColor");
    }

    private static Object lines() {
        return browser.executeScript(
                "return Chart.getChart(document.querySelector('#rounds canvas')).data.datasets.length");
    }

    private static WebElement heading(String section, String label) {
        return browser.findElements(By.cssSelector(section + " thead button")).stream()
                .filter(button -> button.getText().startsWith(label))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the first line of each cell. */
    private static List<String> column(String section, int number) {
        return browser
                .findElements(By.cssSelector(section + " > div > .scroll tbody tr > :nth-child(" + number + ")"))
                .stream()
                .map(cell -> cell.getText().lines().findFirst().orElse(""))
                .toList();
    }

    private static List<String> marks(WebElement card, String selector) {
        return card.findElements(By.cssSelector(selector)).stream()
                .map(WebElement::getText)
                .toList();
    }
}
