package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class RootCommandTest {
    private final CapturedTerminal terminal = new CapturedTerminal();

    @ParameterizedTest
    @ValueSource(strings = {"benchmark", "transcribe", "convert", "list"})
    void explainsEveryCommand(String command) {
        String[] footer = new CommandLine(RootCommand.class, new CommandFactory(terminal.terminal()))
                .getSubcommands()
                .get(command)
                .getCommandSpec()
                .usageMessage()
                .footer();
        assertThat(terminal.run(command, "--help")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("Usage: whisper-speedtest " + command, "--models-dir");
        assertThat(List.of(footer))
                .as("no line is wrapped")
                .isSubsetOf(terminal.out().lines().toList());
    }

    @Test
    void explainsItself() {
        assertThat(terminal.run("--help")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("benchmark", "transcribe", "list", "Examples:", "Exit codes:");
        assertThat(terminal.out().lines())
                .as("no line is wrapped")
                .contains(RootCommand.class.getAnnotation(Command.class).footer());
    }

    @Test
    void tellsItsVersion() {
        assertThat(terminal.run("--version")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("whisper-speedtest ", System.getProperty("java.version"));
    }

    @Test
    void wantsACommand() {
        assertThat(terminal.run()).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("Missing command", "--help");
    }

    @Test
    void suggestsWhatWasMeant() {
        assertThat(terminal.run("benchmrk")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("benchmrk", "benchmark");
    }

    @Test
    void completesInAShell() {
        assertThat(terminal.run("generate-completion")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out())
                .contains("_picocli_whisper-speedtest", "--models-dir")
                .contains("\"whispercpp\"", "\"srt\"", "\"translate\"", "\"yue\"", "\"word\"");
    }

    @Test
    void explainsExitCodesAsTheyAre() throws Exception {
        Set<Integer> codes = new TreeSet<>();
        for (Field field : ExitCode.class.getDeclaredFields()) {
            if (field.getType() == int.class) {
                codes.add(field.getInt(null));
            }
        }
        assertThat(codes).contains(ExitCode.OK, ExitCode.INTERRUPTED);

        terminal.run("--help");
        String help = terminal.out().substring(terminal.out().indexOf("Exit codes:"));
        assertThat(numbers("\\b(\\d+) ", help)).containsExactlyElementsOf(codes);

        String guide = Files.readString(Path.of("..", "docs", "user-guide.md"));
        String table = guide.substring(guide.indexOf("## Exit codes"), guide.indexOf("## Environment variables"));
        assertThat(numbers("(?m)^\\| (\\d+) \\|", table)).containsExactlyElementsOf(codes);
    }

    private static List<Integer> numbers(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> Integer.valueOf(match.group(1)))
                .toList();
    }

    @Test
    void listsWhatCanRunHere() {
        assertThat(terminal.run("list")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("Available:", "whispercpp", "whisper.cpp 1.7.1", "device:", "micro, ");
    }

    @Test
    void listsAsJson(@TempDir Path models) throws IOException {
        assertThat(terminal.run("list", "--json", "--models-dir", models.toString()))
                .isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(terminal.out());
        assertThat(json.get("models_directory").asText()).isEqualTo(models.toString());
        assertThat(json.get("implementations"))
                .extracting(implementation -> implementation.get("id").asText())
                .contains("whispercpp")
                .isSorted();
        JsonNode whispercpp = implementation(json, "whispercpp");
        assertThat(whispercpp.get("available").asBoolean()).isTrue();
        assertThat(whispercpp.get("note").isNull()).isTrue();
        assertThat(whispercpp.get("models")).extracting(JsonNode::asText).contains("micro", "large");
        JsonNode capabilities = whispercpp.get("capabilities");
        assertThat(capabilities.at("/transcribe_options/beam-size")).hasToString("""
                {"default":"1","support":"range","minimum":1.0,"maximum":8.0}""");
        assertThat(capabilities.at("/transcribe_options/vad")).hasToString("""
                {"default":"auto","support":"default","values":[]}""");
        assertThat(capabilities.at("/transcribe_options/prompt/support").asText())
                .isEqualTo("any");
        assertThat(capabilities.get("devices")).extracting(JsonNode::asText).containsExactly("auto", "cpu", "gpu");
        assertThat(capabilities.get("max_threads").asInt()).isEqualTo(512);
        assertThat(capabilities.get("engine_options")).isEmpty();
        assertThat(implementation(json, "faster")
                        .at("/capabilities/engine_options/dump-graph/kind")
                        .asText())
                .isEqualTo("path");
        assertThat(capabilities.get("formats_read"))
                .extracting(JsonNode::asText)
                .containsExactly("ggml");
        System.clearProperty(ToolHome.MODELS_PROPERTY);
    }

    @Test
    void tildeBehindAnEqualsSignIsTheHomeDirectory() throws IOException {
        assertThat(terminal.run("list", "--json", "--models-dir=~/no/such")).isEqualTo(ExitCode.OK);
        assertThat(new ObjectMapper()
                        .readTree(terminal.out())
                        .get("models_directory")
                        .asText())
                .isEqualTo(
                        Settings.ofProcess().paths().home().resolve("no/such").toString());
        assertThat(Path.of("~")).doesNotExist();
        System.clearProperty(ToolHome.MODELS_PROPERTY);
    }

    @Test
    void listsWhatAFallbackLacks() throws IOException {
        assertThat(terminal.run("list", "--json")).isEqualTo(ExitCode.OK);
        JsonNode mlx = implementation(new ObjectMapper().readTree(terminal.out()), "mlx");
        assumeTrue(mlx.get("runtime").asText().startsWith("ONNX"), "MLX is on this machine");
        assertThat(mlx.get("fallback").asBoolean()).isTrue();
        assertThat(mlx.get("note").asText()).contains("mlx-c");

        CapturedTerminal human = new CapturedTerminal();
        assertThat(human.run("list")).isEqualTo(ExitCode.OK);
        assertThat(human.out()).contains("    note:    " + mlx.get("note").asText());
    }

    private static JsonNode implementation(JsonNode list, String id) {
        return StreamSupport.stream(list.get("implementations").spliterator(), false)
                .filter(implementation -> implementation.get("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void blamesTheMachineForWantOfMemoryOrDisk() {
        CapturedTerminal other = new CapturedTerminal();
        assertThat(other.print(new OutOfMemoryError("Java heap space"))).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(other.err()).contains("-Xmx");
        assertThat(other.print(new IOException("No space left on device"))).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(other.err()).contains("No space left on device");
    }

    @Test
    void leavesColoursOutWhereTheyAreNotWanted() {
        assertThat(Terminal.wantsColor(Map.of())).isTrue();
        assertThat(Terminal.wantsColor(Map.of("NO_COLOR", ""))).isTrue();
        assertThat(Terminal.wantsColor(Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Terminal.wantsColor(Map.of("TERM", "dumb"))).isFalse();
    }
}
