package io.github.whisperspeedtest.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One or more JSON reports as a single HTML page with tables, charts and transcripts.
 *
 * <p>The page is one file without links to others and needs no network: it contains the JSON reports as data, its script, its style sheet
 * and the chart library. Its content security policy forbids every request and every script that is not in the file as rendered. All text
 * of the reports is data to the page's script, never markup.
 */
public final class HtmlReport {
    private static final String CHARTS = "META-INF/maven/org.webjars.npm/chart.js/pom.properties";
    private static final String CHARTS_DIRECTORY = "META-INF/resources/webjars/chart.js/";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");
    private static final Pattern SOURCE_MAP = Pattern.compile("(?m)^//# sourceMappingURL=.*$");

    private HtmlReport() {}

    /**
     * Returns the whole page, to be saved as UTF-8.
     *
     * @param jsonReports reports that {@link JsonReport#render} wrote, one for each machine or run; several become one page that compares them
     * @throws IllegalArgumentException if there is no report
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if one is not such a report; the message names its position and the
     *     field
     */
    public static String render(List<String> jsonReports) {
        if (jsonReports.isEmpty()) {
            throw new IllegalArgumentException("There is no report to render.");
        }
        for (int i = 0; i < jsonReports.size(); i++) {
            JsonReport.parse(jsonReports.get(i), "Report " + (i + 1));
        }
        String style = resource("report.css");
        String charts = charts();
        String script = resource("report.js");
        String policy = "default-src 'none'; script-src " + hash(charts) + " " + hash(script) + "; style-src "
                + hash(style) + "; img-src data:; base-uri 'none'; form-action 'none'";
        return fill(
                resource("report.html"),
                Map.of(
                        "policy", policy,
                        "style", style,
                        "reports", data(jsonReports),
                        "charts", charts,
                        "script", script));
    }

    /** Returns one data block for each report. The text stays as it is, so that the page can offer the file for download. */
    private static String data(List<String> jsonReports) {
        return IntStream.range(0, jsonReports.size())
                .mapToObj(i -> "<script type=\"application/json\" id=\"report-" + (i + 1) + "\">"
                        + escape(jsonReports.get(i)) + "</script>")
                .collect(Collectors.joining("\n"));
    }

    /**
     * Escapes what could end or change a script element of HTML. In JSON this character is only inside strings, where its escape means the
     * same.
     */
    private static String escape(String json) {
        return json.replace("<", "\\u003c");
    }

    /** Replaces each placeholder once: a report may contain text that looks like a placeholder. */
    private static String fill(String template, Map<String, String> values) {
        StringBuilder page = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(template);
        int end = 0;
        while (placeholder.find()) {
            page.append(template, end, placeholder.start()).append(values.get(placeholder.group(1)));
            end = placeholder.end();
        }
        return page.append(template, end, template.length()).toString();
    }

    /** Returns the library with its licence, which every copy must include. */
    private static String charts() {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(classPath(CHARTS)));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + CHARTS, e);
        }
        String directory = CHARTS_DIRECTORY + properties.getProperty("version");
        String library = SOURCE_MAP
                .matcher(classPath(directory + "/dist/chart.umd.min.js"))
                .replaceAll("")
                .strip();
        return "/*!\n" + classPath(directory + "/LICENSE.md").strip() + "\n*/\n" + library;
    }

    private static String hash(String content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static String resource(String name) {
        return text(HtmlReport.class.getResourceAsStream(name), name);
    }

    /** Resources of other jars are found by the class loader only, if this library runs as a named module. */
    private static String classPath(String name) {
        return text(HtmlReport.class.getClassLoader().getResourceAsStream(name), name);
    }

    /** HTML has line feeds only; with other line ends the hashes of the policy would differ from the browser's. */
    private static String text(@Nullable InputStream resource, String name) {
        if (resource == null) {
            throw new IllegalStateException(
                    name + " is not on the class path. Add the dependencies of whisper-speedtest-benchmark.");
        }
        try (resource) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + name, e);
        }
    }
}
