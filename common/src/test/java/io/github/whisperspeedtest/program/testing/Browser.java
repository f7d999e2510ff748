package io.github.whisperspeedtest.program.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.program.SearchPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.json.Json;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window. */
public final class Browser implements AutoCloseable {
    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /**
     * Starts Chromium. Without Chromium and chromedriver on the search path the test is skipped.
     *
     * @param arguments further arguments of Chromium
     */
    public static Browser start(String... arguments) {
        Optional<Path> chromium = program("chromium.binary", "chromium", "google-chrome", "chromium-browser");
        Optional<Path> driver = program("webdriver.chrome.driver", "chromedriver");
        assumeTrue(
                chromium.isPresent() && driver.isPresent(),
                "No Chromium or no chromedriver on the search path. Install Debian's packages chromium and chromium-driver, or set"
                        + " -Dchromium.binary and -Dwebdriver.chrome.driver.");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        // A container has a small /dev/shm.
        options.addArguments("--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1280,1000");
        options.addArguments(arguments);
        if (System.getProperty("user.name").equals("root")) {
            // Chromium does not start with its sandbox as root.
            options.addArguments("--no-sandbox");
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        return new Browser(new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.get().toFile())
                        .build(),
                options));
    }

    /** Returns the driver, for everything else. */
    public ChromeDriver driver() {
        return driver;
    }

    /** Returns errors of scripts and violations of the content security policy since the last call. */
    public List<String> messages() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    /** Returns the URLs of all requests since the last call, also that of the page itself. */
    public List<String> requests() {
        List<String> urls = new ArrayList<>();
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            Map<?, ?> message = child(new Json().toType(entry.getMessage(), Json.MAP_TYPE), "message");
            if ("Network.requestWillBeSent".equals(message.get("method"))) {
                urls.add((String) child(child(message, "params"), "request").get("url"));
            }
        }
        return urls;
    }

    private static Map<?, ?> child(Map<?, ?> parent, String name) {
        return (Map<?, ?>) parent.get(name);
    }

    /** Discards messages and requests. */
    public void forgetLogs() {
        driver.manage().logs().get(LogType.BROWSER);
        driver.manage().logs().get(LogType.PERFORMANCE);
    }

    @Override
    public void close() {
        driver.quit();
    }

    private static Optional<Path> program(String property, String... names) {
        String configured = System.getProperty(property);
        if (configured != null) {
            return Optional.of(Path.of(configured));
        }
        SearchPath path = SearchPath.ofProcess();
        return Arrays.stream(names).flatMap(name -> path.find(name).stream()).findFirst();
    }
}
