package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.system.HostSystem;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

class RootCommandTest {
    private static final String PARSER_JARGON =
            "(?i)unmatched|index \\d|positional|missing required|invalid value|\\bis not an?\\b";

    private final CapturedTerminal terminal = new CapturedTerminal();

    @ParameterizedTest
    @ValueSource(strings = {"benchmark", "list", "--help", "no-such-command"})
    void refusesJavaForIntelOnAppleSilicon(String command) {
        HostSystem translated = new HostSystem("Mac OS X", "x86_64", "15.1", Path.of("/"), unused -> "1\n");

        assertThat(Main.run(terminal.terminal(), translated, command)).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(terminal.err())
                .isEqualToNormalizingNewlines(
                        "error: This Java is for Intel processors, and this Mac has Apple silicon. Install an ARM64 (AArch64) JDK 17 or"
                                + " later, and set JAVA_HOME to it.\n");
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void runsOnMacWithIntelProcessor() {
        HostSystem intel = new HostSystem("Mac OS X", "x86_64", "12.7", Path.of("/"), unused -> "");

        assertThat(Main.run(terminal.terminal(), intel, "--version")).isEqualTo(ExitCode.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"benchmark", "transcribe", "convert", "list", "recommend"})
    void explainsEveryCommand(String command) {
        String[] footer = RootCommand.commandLine(new CommandFactory(terminal.terminal()), List.of(command))
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
    void makesOnlyTheCommandThatIsCalled() {
        assertThat(commands("list", "--json")).containsExactly("list");
        assertThat(commands("transcribe", "list")).containsExactly("transcribe");
        assertThat(commands())
                .contains("benchmark", "list", "help", "generate-completion")
                .isEqualTo(commands("--verbose", "list"))
                .isEqualTo(commands("help", "list"))
                .isEqualTo(commands("generate-completion"))
                .isEqualTo(commands("lst"));
    }

    private Set<String> commands(String... arguments) {
        return RootCommand.commandLine(new CommandFactory(terminal.terminal()), List.of(arguments))
                .getSubcommands()
                .keySet();
    }

    @Test
    void printsHelp() {
        assertThat(terminal.run("--help")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("benchmark", "transcribe", "list", "Examples:", "Exit codes:");
        assertThat(terminal.out().lines())
                .as("no line is wrapped")
                .contains(RootCommand.class.getAnnotation(Command.class).footer());
    }

    @Test
    void printsItsVersion() {
        assertThat(terminal.run("--version")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("whisper-speedtest ", System.getProperty("java.version"));
    }

    @Test
    void showsItsHelpWithoutACommand() {
        assertThat(terminal.run()).isEqualTo(ExitCode.OK);
        CapturedTerminal help = new CapturedTerminal();
        assertThat(help.run("help")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out())
                .startsWith("Usage: whisper-speedtest [OPTIONS] [COMMAND]")
                .isEqualTo(help.out());
        assertThat(terminal.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"benchmark", "transcribe", "cache list", "results compare", "generate-completion"})
    void helpCommandAndHelpOptionPrintSameText(String command) {
        String[] words = command.split(" ");
        assertThat(terminal.run(
                        Stream.concat(Stream.of("help"), Stream.of(words)).toArray(String[]::new)))
                .isEqualTo(ExitCode.OK);
        CapturedTerminal option = new CapturedTerminal();
        option.run(Stream.concat(Stream.of(words), Stream.of("--help")).toArray(String[]::new));
        assertThat(terminal.out()).isNotEmpty().isEqualTo(option.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "benchmrk                       | whisper-speedtest benchmark",
                "help benchmrk                  | whisper-speedtest benchmark",
                "cache lst                      | whisper-speedtest cache list",
                "results sho                    | whisper-speedtest results show",
                "foo.wav                        | whisper-speedtest transcribe foo.wav",
                "foo.wav -m base                | whisper-speedtest transcribe foo.wav -m base",
                "tiny                           | whisper-speedtest download -m tiny",
                "download tiny                  | whisper-speedtest download -m tiny",
                "check-models base              | whisper-speedtest check-models -m base",
                "benchmark talk.mp3             | whisper-speedtest benchmark --audio talk.mp3",
                "benchmark faster               | whisper-speedtest benchmark -i faster",
                "-                              | whisper-speedtest transcribe -",
                "benchmark -                    | whisper-speedtest benchmark --audio -",
                "list --jsn                     | --json",
                "benchmark --runs=2 --warmupp=0 | --warmup=0",
                "transcribe a.wav --no-vdd      | --no-vad",
                "benchmark -i whispercp         | whispercpp",
                "check-models -i whispercp      | whispercpp",
                "benchmark -m smal              | small",
            })
    void makesOneSuggestion(String line, String meant) {
        assertThat(terminal.run(line.split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).startsWith("error: ").containsOnlyOnce("Did you mean '" + meant + "'?");
        assertThat(terminal.err().split("Did you mean", -1)).hasSize(2);
        assertThat(terminal.err()).doesNotContainPattern(PARSER_JARGON);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--frobnicate             | unknown option '--frobnicate'",
                "frobnicate               | unknown command 'frobnicate'",
                "cache                    | missing command: list, path or adopt",
                "list frobnicate          | unknown command 'frobnicate'",
                "transcribe               | missing argument FILE, or --record",
                "convert micro            | missing option --to ID",
                "convert micro --to       | missing option --to ID",
                "benchmark --runs         | --runs needs a value: N",
                "benchmark --runs many    | --runs must be a whole number, but was 'many'",
                "benchmark --runs 1 -n 2  | --runs is given more than once",
                "transcribe a --patience x | --patience must be a number, but was 'x'",
                "transcribe a --temperature 0,x | --temperature must be a number, but was 'x'",
                "transcribe a --task sing | --task must be transcribe or translate, but was 'sing'",
                "transcribe a --logprob-threshold x | --logprob-threshold: 'x' is neither a number nor off",
            })
    void explainsUsageErrors(String line, String message) {
        assertThat(terminal.run(line.split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err())
                .startsWith("error: " + message + System.lineSeparator())
                .contains("--help' for usage.")
                .doesNotContainPattern(PARSER_JARGON);
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 120})
    void helpFitsTheTerminalAndGroupsItsOptions(int columns) {
        for (String command : List.of(
                "benchmark",
                "transcribe",
                "check-models",
                "download",
                "copy",
                "convert",
                "score",
                "cache",
                "results",
                "results list",
                "results show",
                "results compare",
                "results merge",
                "recommend",
                "spark",
                "list",
                "help",
                "")) {
            CapturedTerminal narrow = new CapturedTerminal().columns(columns);
            narrow.run((command + " --help").strip().split(" "));
            assertThat(narrow.out().lines()).as(command).allMatch(line -> line.length() <= columns);
            assertThat(narrow.out().lines().takeWhile(line -> line.startsWith("Usage: ") || line.startsWith("  ")))
                    .as("%s: synopsis", command)
                    .hasSizeBetween(1, 2);
        }
        terminal.run("transcribe", "--help");
        assertThat(terminal.out())
                .containsSubsequence(
                        "Common options:",
                        "--model",
                        "--implementation",
                        "--language",
                        "--help",
                        "Decoding options:",
                        "--patience",
                        "Engine options:",
                        "--threads",
                        "Model options:",
                        "--download",
                        "--offline",
                        "Output options:",
                        "--format",
                        "--verbose",
                        "Examples:");
    }

    @Test
    void listWrapsAtTerminalWidthButNotInPipe() {
        terminal.columns(80).run("list");
        assertThat(terminal.out().lines())
                .allMatch(line -> line.length() <= 80 || !line.strip().contains(" "));
        CapturedTerminal pipe = new CapturedTerminal();
        pipe.run("list");
        assertThat(pipe.out()).containsPattern("whispercpp +whisper.cpp 1.7.1 .*CPU.* micro");
    }

    @Test
    void listsModelsWithSizesAndLanguages() {
        assertThat(terminal.run("list", "models")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out())
                .containsPattern("(?m)^micro +English, German +built in +all +all$")
                .containsPattern("(?m)^turbo +multilingual +1.\\d+ GB.* +all$")
                .containsPattern("(?m)^base-q8_0 +multilingual +[\\d.]+ MB +whispercpp$")
                .containsPattern("(?m)^distil-small.en +English +[\\d.]+ MB")
                .containsPattern("(?m)^tiny-mlx-8bit +multilingual +[\\d.]+ MB +mlx$");
    }

    @Test
    void readsWidthFromEnvironmentThenTerminal() {
        assertThat(Width.of(Map.of("COLUMNS", "120"), "90")).isEqualTo(new Width(120, true));
        assertThat(Width.of(Map.of("COLUMNS", "x"), "90")).isEqualTo(new Width(90, false));
        assertThat(Width.of(Map.of(), "")).isEqualTo(new Width(80, false));
        assertThat(Width.of(Map.of("COLUMNS", "20"), null)).isEqualTo(new Width(60, true));
    }

    @Test
    void showsSizesInSuitableUnit() {
        assertThat(ByteSize.of(999)).isEqualTo("999 B");
        assertThat(ByteSize.of(50_000)).isEqualTo("50.0 kB");
        assertThat(ByteSize.of(32_500_000)).isEqualTo("32.5 MB");
        assertThat(ByteSize.of(999_950_000)).isEqualTo("1.00 GB");
        assertThat(ByteSize.of(1_620_000_000)).isEqualTo("1.62 GB");
    }

    @Test
    void showsReasonOfFallback() {
        assertThat(DeviceText.of(new Availability.Available("r", "CPU", true, "No CoreML here.")))
                .isEqualTo(new DeviceText("CPU (fallback: no CoreML here)", ""));
        assertThat(DeviceText.of(
                        new Availability.Available("r", "CPU (ONNX Runtime)", true, "MLX is missing. Install it.")))
                .isEqualTo(new DeviceText("CPU (fallback: MLX is missing)", "Install it."));
        assertThat(DeviceText.of(new Availability.Available("r", "CPU (AVX2)")))
                .isEqualTo(new DeviceText("CPU (AVX2)", ""));
    }

    @Test
    void generatesShellCompletion() {
        assertThat(terminal.run("generate-completion")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out())
                .contains("_picocli_whisper-speedtest", "--models-dir")
                .contains("\"whispercpp\"", "\"srt\"", "\"translate\"", "\"yue\"", "\"word\"");
    }

    @Test
    void documentsActualExitCodes() throws Exception {
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
    void listsImplementations() {
        assertThat(terminal.run("list")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("Available:", "whispercpp", "whisper.cpp 1.7.1", "Device", "micro");
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
                {"default":"auto","support":"any"}""");
        assertThat(capabilities.at("/transcribe_options/vad-pad")).hasToString("""
                {"default":"400","support":"any"}""");
        assertThat(capabilities.at("/transcribe_options/batch-size")).hasToString("""
                {"default":"auto","support":"default","values":[]}""");
        assertThat(capabilities.get("vad_by_default").asBoolean()).isFalse();
        assertThat(capabilities.get("batching").asText()).isEqualTo("none");
        JsonNode faster = implementation(json, "faster").get("capabilities");
        assertThat(faster.get("vad_by_default").asBoolean()).isTrue();
        assertThat(faster.get("batching").asText()).isEqualTo("speech");
        assertThat(capabilities.at("/transcribe_options/prompt/support").asText())
                .isEqualTo("any");
        assertThat(capabilities.get("devices")).extracting(JsonNode::asText).containsExactly("auto", "cpu", "gpu");
        assertThat(capabilities.get("max_threads").asInt()).isEqualTo(512);
        assertThat(capabilities.at("/engine_options/library/choices"))
                .extracting(JsonNode::asText)
                .containsExactly("auto", "bundled");
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
    void expandsTildeAfterAnEqualsSign() throws IOException {
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
    void listsTheReasonOfAFallback() throws IOException {
        assertThat(terminal.run("list", "--json")).isEqualTo(ExitCode.OK);
        JsonNode mlx = implementation(new ObjectMapper().readTree(terminal.out()), "mlx");
        assumeTrue(mlx.get("runtime").asText().startsWith("ONNX"), "MLX is on this machine");
        assertThat(mlx.get("fallback").asBoolean()).isTrue();
        assertThat(mlx.get("note").asText()).contains("mlx-c");

        CapturedTerminal human = new CapturedTerminal();
        assertThat(human.run("list")).isEqualTo(ExitCode.OK);
        String reason = mlx.get("note").asText().split("\\. ", 2)[0];
        assertThat(human.out()).contains("CPU (fallback: " + reason + ")", "mlx: Build mlx-c");
    }

    private static JsonNode implementation(JsonNode list, String id) {
        return StreamSupport.stream(list.get("implementations").spliterator(), false)
                .filter(implementation -> implementation.get("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void lackOfMemoryOrDiskIsAnEnvironmentError() {
        CapturedTerminal other = new CapturedTerminal();
        assertThat(other.print(new OutOfMemoryError("Java heap space"))).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(other.err()).contains("-Xmx");
        assertThat(other.print(new IOException("No space left on device"))).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(other.err()).contains("No space left on device");
    }

    @Test
    void honoursNoColorAndDumbTerminals() {
        assertThat(Terminal.wantsColor(Map.of())).isTrue();
        assertThat(Terminal.wantsColor(Map.of("NO_COLOR", ""))).isTrue();
        assertThat(Terminal.wantsColor(Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Terminal.wantsColor(Map.of("TERM", "dumb"))).isFalse();
    }
}
