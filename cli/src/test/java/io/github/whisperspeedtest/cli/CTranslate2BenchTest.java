package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.program.SearchPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The requests and answers with a program in the place of CTranslate2's, and that program with a module in the place of CTranslate2. */
class CTranslate2BenchTest {
    private static final String NUMPY = """
            float32 = "float32"

            class random:
                def default_rng(seed):
                    return random

                def standard_normal(shape, dtype):
                    return [shape[1:]] * shape[0]
            """;
    private static final String CTRANSLATE2 = """
            __version__ = "9.8.7"

            class StorageView:
                def from_array(array):
                    return array

            class Result:
                def __init__(self, tokens):
                    self.sequences_ids = [[0] * tokens]

            class models:
                class Whisper:
                    is_multilingual = True
                    n_mels = 80

                    def __init__(self, directory, intra_threads, compute_type, **options):
                        assert intra_threads == 2 and compute_type == "int8"

                    def encode(self, features):
                        assert all(shape == (80, 3000) for shape in features)
                        return "encoded %d" % len(features)

                    def generate(self, encoded, prompts, beam_size, suppress_tokens, max_length, **options):
                        assert encoded == "encoded %d" % len(prompts) and beam_size == 1
                        end_of_text = 1
                        return [Result(max_length // 2 if end_of_text in suppress_tokens else 3) for _ in prompts]
            """;

    @TempDir
    private Path directory;

    @Test
    void dividesTimesOfAllWindowsByRecordings() throws Exception {
        try (CTranslate2Bench bench = new CTranslate2Bench(program("tokens=224"), 3, 2)) {
            SpeedContestant.Times times = bench.run();

            assertThat(bench.version()).isEqualTo("1.2.3");
            assertThat(times.total()).isEqualTo(3 * 548.0 / 2);
            assertThat(times.encoder()).isEqualTo(3 * 100.0 / 2);
            assertThat(times.token()).isEqualTo(448.0 / (2 * 224));
        }
    }

    @Test
    void asksForWholeBatchWindowByWindowAndEndsProgram() throws Exception {
        CTranslate2Bench bench = new CTranslate2Bench(program("tokens=224"), 2, 8);
        bench.run();
        bench.close();

        assertThat(directory.resolve("requests.txt")).hasContent("8\n8\n8\n8");
    }

    @ParameterizedTest
    @CsvSource({
        "tokens=223, wrote 446 tokens for 2 windows instead of 448",
        "error=no module of that name, Cannot measure CTranslate2: no module of that name. Run `python3 -m pip",
        "end, ended without an answer",
        "text, sent a line that is no JSON: Segmentation fault",
        "times, sent no times"
    })
    void reportsProgramThatCannotMeasure(String behaviour, String message) throws URISyntaxException {
        List<String> command = program(behaviour);

        assertThatThrownBy(() -> new CTranslate2Bench(command, 1, 2))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining(message);
    }

    @Test
    void reportsProgramThatDoesNotStart() {
        List<String> command = List.of(directory.resolve("no-python").toString());

        assertThatThrownBy(() -> new CTranslate2Bench(command, 1, 1))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("no-python");
    }

    @Test
    void scriptDecodesMaximumOfTokens() throws Exception {
        try (CTranslate2Bench bench = new CTranslate2Bench(script(CTRANSLATE2), 1, 2)) {
            SpeedContestant.Times times = bench.run();

            assertThat(bench.version()).isEqualTo("9.8.7");
            assertThat(times.encoder()).isBetween(0.0, times.total());
        }
    }

    @Test
    void scriptReportsModuleThatCannotBeImported() throws IOException {
        List<String> command = script("raise ImportError('libctranslate2.so.4: cannot open shared object file')");

        assertThatThrownBy(() -> new CTranslate2Bench(command, 1, 1))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("ImportError: libctranslate2.so.4: cannot open shared object file");
    }

    private List<String> program(String behaviour) throws URISyntaxException {
        Path classes = Path.of(Program.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes.toString(),
                Program.class.getName(),
                behaviour,
                directory.resolve("requests.txt").toString());
    }

    private List<String> script(String module) throws IOException {
        Optional<Path> python = SearchPath.ofProcess().find("python3");
        assumeThat(python).isPresent();
        Files.writeString(directory.resolve("numpy.py"), NUMPY);
        Files.writeString(directory.resolve("ctranslate2.py"), module);
        Files.writeString(directory.resolve("vocabulary.json"), "[\"a\", \"<|endoftext|>\"]");
        String start = "import runpy, sys; sys.path.insert(0, sys.argv[1]);"
                + " runpy.run_path(sys.argv.pop(2), run_name='__main__')";
        return List.of(
                python.orElseThrow().toString(),
                "-c",
                start,
                directory.toString(),
                CTranslate2Bench.script().toString(),
                "2");
    }

    /** Answers as the program of CTranslate2 does, with fixed times, and writes the requests to a file when its input ends. */
    static final class Program {
        private Program() {}

        /** Runs it. */
        public static void main(String[] arguments) throws IOException {
            String[] behaviour = arguments[0].split("=");
            List<String> requests = new ArrayList<>();
            switch (behaviour[0]) {
                case "end" -> System.exit(1);
                case "text" -> System.out.println("Segmentation fault");
                case "error" -> System.out.println("{\"error\": \"" + behaviour[1] + "\"}");
                default -> System.out.println("{\"version\": \"1.2.3\"}");
            }
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                requests.add(line);
                int tokens = Integer.parseInt(line)
                        * (behaviour[0].equals("tokens") ? Integer.parseInt(behaviour[1]) : SpeedContestant.TOKENS);
                String times = behaviour[0].equals("times") ? "" : "\"encoder_ms\": 100, \"total_ms\": 548, ";
                System.out.println("{" + times + "\"tokens\": " + tokens + "}");
            }
            Files.write(Path.of(arguments[1]), requests);
        }
    }
}
