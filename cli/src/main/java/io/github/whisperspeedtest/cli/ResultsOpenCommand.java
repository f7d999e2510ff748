package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.SavedReport;
import io.github.whisperspeedtest.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Opens saved results as an HTML page in the browser. */
@Command(
        name = "open",
        description = "Open saved results as a page in the browser; the page is written beside the results.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {"", "Examples:", "  whisper-speedtest results open", "  whisper-speedtest results open 2"})
final class ResultsOpenCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @Parameters(
            paramLabel = "RESULTS",
            arity = "0..1",
            defaultValue = ResultsDirectory.LATEST,
            description = "A number or name of 'results list', a file, or latest (default: ${DEFAULT-VALUE}).")
    private String name;

    ResultsOpenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        SavedReport saved = ResultsDirectory.of(common.library()).find(name);
        BenchmarkReport report = Objects.requireNonNull(saved.report(), "report");
        Path page = ResultsDirectory.pageOf(saved.file().toAbsolutePath());
        AtomicFiles.write(page, BenchmarkExports.html(report).getBytes(StandardCharsets.UTF_8));
        terminal.out().println(page);
        terminal.out().flush();
        try {
            new ProcessBuilder(opener(page.toUri().toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            terminal.err().println("Cannot start a browser. Open the file above yourself.");
        }
        return ExitCode.OK;
    }

    private static List<String> opener(String url) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.contains("mac")) {
            return List.of("open", url);
        }
        return system.contains("windows")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", url)
                : List.of("xdg-open", url);
    }
}
