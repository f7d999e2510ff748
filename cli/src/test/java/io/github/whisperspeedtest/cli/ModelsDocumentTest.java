package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.model.ModelCatalog;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.Implementation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names in docs/models.md are names that the commands accept. */
class ModelsDocumentTest {
    private static final Pattern MODEL_OPTION = Pattern.compile("-m ([^\\s`]+)");

    @Test
    void everyNameIsAccepted(@TempDir Path home) throws IOException {
        WhisperSpeedtest library =
                WhisperSpeedtest.builder().home(ToolHome.at(home)).build();
        List<String> names = MODEL_OPTION
                .matcher(Files.readString(Path.of("..", "docs", "models.md")))
                .results()
                .flatMap(match -> Stream.of(match.group(1).split(",")))
                .distinct()
                .toList();

        assertThat(names).hasSizeGreaterThan(10);
        for (String name : names) {
            boolean accepted = name.startsWith("./")
                    || library.models().isRepository(name)
                    || library.implementations().stream()
                            .anyMatch(implementation -> knows(library, implementation, name));
            // The one that the page shows as an error.
            assertThat(accepted).as(name).isEqualTo(!name.equals("trubo"));
        }
    }

    private static boolean knows(WhisperSpeedtest library, Implementation implementation, String name) {
        ModelCatalog catalog = library.models().catalog();
        try {
            return catalog.require(implementation, name) != null;
        } catch (UnknownNameException e) {
            return false;
        }
    }
}
