package io.github.whisperspeedtest.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.program.testing.Browser;
import io.github.whisperspeedtest.transcription.Language;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The server's page in a real browser, whose microphone plays a recording. Without Chromium these tests are skipped. */
@Tag("end-to-end")
class PageTest {
    /** Puts a file on the page as a mouse does. */
    private static final String DROP = """
            const [name, text] = arguments;
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            const dropped = new DataTransfer();
            dropped.items.add(new File([bytes], name));
            document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: dropped }));
            """;

    /** Behaves as Firefox, which connects a microphone to a context of its own rate only. */
    private static final String LIKE_FIREFOX = """
            const create = AudioContext.prototype.createMediaStreamSource;
            AudioContext.prototype.createMediaStreamSource = function (stream) {
              if (this.sampleRate === 16000) {
                throw new DOMException("different sample-rate", "NotSupportedError");
              }
              window.usedRate = this.sampleRate;
              return create.call(this, stream);
            };
            """;

    @TempDir
    private static Path shared;

    private static Browser chromium;
    private static ChromeDriver browser;
    private static DemoService service;
    private static String server;
    private static Path recording;

    @TempDir
    private Path downloads;

    @BeforeAll
    static void startBrowserAndServer() throws IOException {
        // The fake device plays from the moment that the page asks for the microphone.
        Path spoken =
                Recordings.writeWav(Recordings.samples(Recordings.SENTENCE, 8, 4), shared.resolve("microphone.wav"));
        chromium = Browser.start(
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--use-file-for-fake-audio-capture=" + spoken + "%noloop");
        browser = chromium.driver();
        service = DemoService.start(shared);
        server = service.serve();
        recording = Recordings.write(Recordings.SENTENCES, shared.resolve("my talk.flac"));
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void allowDownloads() {
        chromium.forgetLogs();
        browser.executeCdpCommand(
                "Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", downloads.toString()));
    }

    /** Answers with errors are the subject of some tests; Chromium reports each as a message. */
    @AfterEach
    void findsNoErrorsOfScriptsAndNoForeignRequests() {
        assertThat(chromium.messages()).allMatch(message -> message.contains("Failed to load resource"));
        assertThat(chromium.requests())
                .allMatch(url -> url.startsWith("http://127.0.0.1:")
                        || url.startsWith("blob:http://127.0.0.1:")
                        || url.startsWith("data:"));
    }

    @Test
    void transcribesADroppedRecordingWithTimes() throws IOException {
        open(server);
        assertThat(new Select(find("#model")).getFirstSelectedOption().getText())
                .isEqualTo("faster/micro");

        drop(recording);

        waitFor(() -> status().equals("Done."));
        assertThat(transcript()).isEqualTo(Recordings.SENTENCES.reference());
        assertThat(texts("#segments button.time")).startsWith("0:00", "0:01").hasSizeGreaterThan(4);
        assertThat(texts("#segments .text")).startsWith("Call Anna.", "The weather is cold.");
        assertThat(problem()).isEmpty();
        assertThat(chromium.messages()).isEmpty();
        assertThat(chromium.requests())
                .filteredOn(url -> url.contains("/v1/audio/"))
                .as("one request has the text and its times")
                .containsExactly(server + "v1/audio/transcriptions");
    }

    @Test
    void playsTheRecordingFromATime() {
        open(server);
        choose(recording);
        waitFor(() -> status().equals("Done."));
        assertThat(texts("#segments .text").get(2)).isEqualTo("Open the window in the bedroom.");

        browser.findElements(By.cssSelector("#segments button.time")).get(2).sendKeys(Keys.ENTER);

        waitFor(() -> (Boolean) browser.executeScript("return !document.getElementById('player').paused"));
        assertThat(((Number) browser.executeScript("return document.getElementById('player').currentTime"))
                        .doubleValue())
                .as("the third sentence starts at 3.6 s")
                .isCloseTo(3.6, within(2.0));
        waitFor(() -> !browser.findElements(By.cssSelector("#segments li[aria-current='true']"))
                .isEmpty());
    }

    @Test
    void savesTheSubtitlesThatTheServerWouldSend() throws Exception {
        open(server);
        choose(recording);
        waitFor(() -> status().equals("Done."));

        find("#srt").click();
        find("#vtt").click();

        assertThat(downloaded("my talk.srt")).isEqualTo(answer("srt"));
        assertThat(downloaded("my talk.vtt")).isEqualTo(answer("vtt"));
    }

    @Test
    void copiesTheText() {
        browser.executeCdpCommand(
                "Browser.grantPermissions",
                Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
        open(server);
        choose(recording);
        waitFor(() -> status().equals("Done."));

        find("#copy").click();

        waitFor(() -> status().equals("Copied."));
        assertThat((String) browser.executeAsyncScript("navigator.clipboard.readText().then(arguments[0])"))
                .startsWith("Call Anna.\nThe weather is cold.\n");
    }

    @Test
    void translatesAndTranscribesAgain() {
        open(server);
        choose(recording);
        waitFor(() -> status().equals("Done."));
        new Select(find("#task")).selectByValue("translate");

        find("#again").click();

        waitFor(() -> status().equals("Done.") || status().equals("No speech found."));
        assertThat(problem()).isEmpty();
        assertThat(chromium.requests()).contains(server + "v1/audio/translations");
    }

    @Test
    void showsWordsWhileTheyAreSpoken() {
        open(server);
        new Select(find("#language")).selectByValue("en");

        find("#microphone").click();

        waitFor(() -> status().startsWith("Listening"));
        waitFor(() -> transcript().contains(Recordings.SENTENCE.reference()));
        assertThat(find("#player").isDisplayed())
                .as("the player while listening")
                .isFalse();
        find("#stop").click();
        waitFor(() -> status().equals("Done."));
        assertThat(transcript()).isEqualTo(Recordings.SENTENCE.reference());
        assertThat(problem()).isEmpty();
        assertThat(chromium.messages()).isEmpty();
        waitFor(() -> find("#player").isDisplayed());
        waitFor(() -> duration() > 4);
        assertThat(browser.findElements(By.cssSelector("#segments button.time:enabled")))
                .hasSize(1);

        find("#again").click();

        waitFor(() -> chromium.requests().contains(server + "v1/audio/transcriptions"));
        // The demo model hears nothing in so much silence; that the recording is accepted matters.
        waitFor(() -> status().equals("Done.") || status().equals("No speech found."));
        assertThat(problem()).isEmpty();
    }

    @Test
    void resamplesWhereTheBrowserDoesNot() {
        String script = (String)
                browser.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", LIKE_FIREFOX))
                        .get("identifier");
        try {
            open(server);
            new Select(find("#language")).selectByValue("en");

            find("#microphone").click();

            waitFor(() -> transcript().contains(Recordings.SENTENCE.reference()));
            assertThat(((Number) browser.executeScript("return window.usedRate")).intValue())
                    .isNotEqualTo(16_000);
            find("#stop").click();
            waitFor(() -> status().equals("Done."));
            assertThat(problem()).isEmpty();
        } finally {
            browser.executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", script));
        }
    }

    @Test
    void showsErrorsOfTheServerAsText() throws IOException {
        open(server);
        String hostile = "faster/<img src=x onerror=document.title='broken'>";
        browser.executeScript(
                "const model = document.getElementById('model'); model.add(new Option(arguments[0]));"
                        + " model.value = arguments[0]",
                hostile);

        choose(recording);

        waitFor(() -> !problem().isEmpty());
        assertThat(problem()).contains(hostile).contains("faster/micro");
        assertThat(browser.getTitle()).doesNotContain("broken");
        new Select(find("#model")).selectByIndex(0);
        choose(Files.writeString(downloads.resolve("notes.txt"), "These are notes."));
        waitFor(() -> problem().contains("notes.txt")
                || !problem().contains(hostile) && !problem().isEmpty());
        assertThat(problem()).doesNotContain("status 400");
        assertThat(find("#again").isEnabled()).isTrue();
    }

    @Test
    void showsWhyARecordingIsRefused() {
        open(service.serve(settings -> settings.withMaxUpload(10_000)));

        choose(recording);

        waitFor(() -> !problem().isEmpty());
        assertThat(problem()).containsPattern("\\d").doesNotContain("does not answer", "status 413");
        assertThat(status()).isEmpty();
    }

    @Test
    void asksForTheKeyAndKeepsItForThisTabOnly() {
        String locked = service.serve(settings -> settings.withApiKey("secret-1"));
        open(locked);
        waitFor(() -> find("#key").isDisplayed());
        assertThat(problem()).contains("API key");

        find("#key").sendKeys("wrong", Keys.ENTER);
        waitFor(() -> problem().contains("wrong"));
        find("#key").sendKeys("secret-1", Keys.ENTER);

        waitFor(() -> find("#model").isEnabled());
        assertThat(problem()).isEmpty();
        assertThat(find("#key").isDisplayed()).isFalse();
        choose(recording);
        waitFor(() -> status().equals("Done."));
        assertThat(transcript()).isEqualTo(Recordings.SENTENCES.reference());
        find("#microphone").click();
        waitFor(() -> status().startsWith("Listening"));
        find("#stop").click();
        waitFor(() -> find("#microphone").isEnabled());
        assertThat(problem()).isEmpty();
        assertThat(browser.executeScript("return localStorage.length")).isEqualTo(0L);
        assertThat(browser.manage().getCookies()).isEmpty();
    }

    @Test
    void offersTheLanguagesOfWhisper() {
        open(server);

        Map<String, String> shown = new Select(find("#language"))
                .getOptions().stream()
                        .filter(option -> !option.getAttribute("value").isEmpty())
                        .collect(Collectors.toMap(
                                option -> option.getAttribute("value"),
                                option -> option.getText().toLowerCase(Locale.ROOT)));
        Map<String, String> known = Language.codes().stream()
                .collect(Collectors.toMap(code -> code, code -> new Language.Fixed(code).englishName()));
        assertThat(shown).isEqualTo(known);
    }

    @Test
    void everyControlHasANameAndIsReachedByKeyboard() {
        open(server);
        choose(recording);
        waitFor(() -> status().equals("Done."));

        List<WebElement> controls = browser.findElements(By.cssSelector("button, select, input")).stream()
                .filter(control -> control.isDisplayed() || "file".equals(control.getAttribute("id")))
                .toList();

        assertThat(controls).hasSizeGreaterThan(10).allSatisfy(control -> {
            assertThat(control.getAccessibleName()).isNotBlank();
            assertThat(browser.executeScript("return arguments[0].tabIndex", control))
                    .isEqualTo(0L);
        });
        assertThat(find("#file").getAccessibleName()).isEqualTo("Choose a recording");
        assertThat(find("#status").getAriaRole()).isEqualTo("status");
    }

    @Test
    void fitsANarrowScreenInBothColorSchemes() {
        for (String scheme : List.of("light", "dark")) {
            browser.executeCdpCommand(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", 360, "height", 740, "deviceScaleFactor", 1, "mobile", true));
            browser.executeCdpCommand(
                    "Emulation.setEmulatedMedia",
                    Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
            try {
                open(server);
                choose(recording);
                waitFor(() -> status().equals("Done."));

                assertThat((Long) browser.executeScript("return document.documentElement.scrollWidth"))
                        .isLessThanOrEqualTo(360L);
                assertThat(browser.executeScript("return getComputedStyle(document.body).backgroundColor"))
                        .isEqualTo(scheme.equals("dark") ? "rgb(20, 24, 29)" : "rgb(255, 255, 255)");
            } finally {
                browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
                browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
            }
        }
    }

    private static void open(String address) {
        browser.get(address);
        waitFor(() -> find("#model").isEnabled() || find("#key").isDisplayed());
    }

    private static void choose(Path file) {
        find("#file").sendKeys(file.toString());
    }

    private static void drop(Path file) throws IOException {
        browser.executeScript(
                DROP, file.getFileName().toString(), Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
    }

    private static WebElement find(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    private static String status() {
        return find("#status").getText();
    }

    private static String problem() {
        return find("#problem").getText();
    }

    private static double duration() {
        Object seconds = browser.executeScript("return document.getElementById('player').duration");
        return seconds instanceof Number number ? number.doubleValue() : 0;
    }

    private static String transcript() {
        return String.join(" ", texts("#segments .text"));
    }

    private static List<String> texts(String selector) {
        // In one call, because the page may replace elements at any time.
        Object texts = browser.executeScript(
                "return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent)", selector);
        return ((List<?>) texts).stream().map(String::valueOf).collect(Collectors.toList());
    }

    private String downloaded(String name) throws IOException {
        Path file = downloads.resolve(name);
        waitFor(() -> Files.exists(file));
        return Files.readString(file);
    }

    /** Returns what the server sends for the recording in another format. */
    private static String answer(String format) throws IOException, InterruptedException {
        String boundary = "----boundary";
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\n" + format
                + "\r\n--" + boundary
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"talk.flac\"\r\n\r\n";
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + "v1/audio/transcriptions"))
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.concat(
                        HttpRequest.BodyPublishers.ofString(head),
                        HttpRequest.BodyPublishers.ofFile(recording),
                        HttpRequest.BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                .body();
    }

    private static void waitFor(Supplier<Boolean> condition) {
        new WebDriverWait(browser, Duration.ofMinutes(2))
                .withMessage(() -> "The page shows: " + find("main").getText())
                .until(driver -> condition.get());
    }
}
