package io.github.whisperspeedtest.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.whisperspeedtest.program.SearchPath;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the page about the server. */
@Tag("end-to-end")
class CurlTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path directory;

    @Test
    void documentedCommandsPrintWhatTheySay() throws Exception {
        assumeTrue(SearchPath.ofProcess().find("curl").isPresent(), "no curl on the search path");
        String text = Recordings.SENTENCE.reference();
        Recordings.write(Recordings.SENTENCE, directory.resolve("talk.flac"));
        try (DemoService service = DemoService.start(directory)) {
            List<String> commands =
                    DocumentedCommands.block("sh", service.serve()).lines().toList();
            assertThat(commands).hasSize(6);

            assertThat(JSON.readTree(run(commands.get(0))).path("text").asText())
                    .isEqualTo(text);
            assertThat(run(commands.get(1))).startsWith("1\n00:00:").contains(" --> ", text);
            JsonNode verbose = JSON.readTree(run(commands.get(2)));
            assertThat(verbose.path("words")).hasSize(text.split(" ").length);
            assertThat(verbose.path("words").path(0).path("word").asText()).isEqualTo("Turn");
            assertThat(run(commands.get(3)))
                    .contains("data: {\"type\":\"transcript.text.delta\",\"delta\":\"" + text + "\"}\n\n")
                    .contains("data: {\"type\":\"transcript.text.done\"");
            assertThat(JSON.readTree(run(commands.get(4))).path("text").asText())
                    .isNotBlank();
            assertThat(JSON.readTree(run(commands.get(5))).at("/data/0/id").asText())
                    .isEqualTo("faster/micro");
        }
    }

    private String run(String command) throws Exception {
        Command run = Command.run(directory, List.of("sh", "-c", command));
        assertThat(run.exitCode()).as(command + "\n" + run.errors()).isZero();
        return run.output();
    }
}
