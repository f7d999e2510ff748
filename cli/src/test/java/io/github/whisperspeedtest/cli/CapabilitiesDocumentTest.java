package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelOrigin;
import io.github.whisperspeedtest.spi.SupportedValues;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of the user guide match what the implementations declare. */
class CapabilitiesDocumentTest {
    private static final Path PAGE = Path.of("..", "docs", "user-guide.md");

    private final List<Implementation> implementations =
            WhisperSpeedtest.create().implementations();

    @Test
    void theTableOfTranscriptionOptionsIsUpToDate() throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("option", "default", Implementation::id));
        for (TranscribeOption option : TranscribeOption.values()) {
            rows.add(row(
                    "`" + option.label() + "`",
                    option.defaultText(),
                    implementation -> cell(implementation.capabilities().values(option))));
        }
        assertThat(Files.readString(PAGE)).contains(markdown(rows));
    }

    @Test
    void theTableOfLoadOptionsAndFormatsIsUpToDate() throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("id", "engine options", "reads", "writes", "models from", "most threads"));
        for (Implementation implementation : implementations) {
            Capabilities declared = implementation.capabilities();
            rows.add(List.of(
                    "`" + implementation.id() + "`",
                    joined(declared.engineOptions().keySet()),
                    joined(declared.formatsRead()),
                    joined(declared.formatsWritten()),
                    joined(declared.modelOrigins().stream()
                            .map(ModelOrigin::label)
                            .toList()),
                    String.valueOf(declared.maxThreads())));
        }
        assertThat(Files.readString(PAGE)).contains(markdown(rows));
    }

    @Test
    void tableOfImplementationsNamesEveryDeviceAndComputeType() throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("## Implementations"));
        for (Implementation implementation : implementations) {
            String rows = section.lines()
                    .filter(line ->
                            line.startsWith("|") && line.split("\\|")[1].contains("`" + implementation.id() + "`"))
                    .collect(Collectors.joining("\n"));
            Capabilities declared = implementation.capabilities();
            assertThat(declared.devices()).allSatisfy(device -> assertThat(rows).contains("`" + device + "`"));
            if (!rows.contains("that of the file")) {
                assertThat(declared.computeTypes())
                        .allSatisfy(type -> assertThat(rows).contains("`" + type + "`"));
            }
        }
    }

    private List<String> row(String first, String second, Function<Implementation, String> cell) {
        List<String> row = new ArrayList<>(List.of(first, second));
        implementations.forEach(implementation -> row.add(cell.apply(implementation)));
        return row;
    }

    private static String cell(SupportedValues values) {
        if (values instanceof SupportedValues.Any) {
            return "any";
        }
        return values.describe().isEmpty() ? "–" : values.describe();
    }

    private static String joined(Collection<String> values) {
        return values.isEmpty() ? "–" : String.join(", ", values);
    }

    private static String markdown(List<List<String>> rows) {
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            table.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                table.append("|---".repeat(rows.get(0).size())).append("|\n");
            }
        }
        return table.toString();
    }
}
