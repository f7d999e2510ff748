package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.program.SearchPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * CTranslate2, in the release that the user has installed for Python. Its program {@code ctranslate2_bench.py} loads a model once and measures each
 * request: a line with the number of windows to decode together, answered by a line of JSON.
 */
final class CTranslate2Bench implements SpeedContestant {
    /** The name of its candidates. */
    static final String NAME = "ctranslate2";

    private static final String PYTHON = "python3";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedReader answers;
    private final Writer requests;
    private final int windows;
    private final int batch;
    private final String version;

    /**
     * Starts the program and measures once, so that a release with another API shows before the first round.
     *
     * @param command the program and its arguments
     * @param windows the windows of each recording
     * @param batch the recordings that are decoded together
     * @throws EngineUnavailableException if the program does not start, or reports an error
     */
    CTranslate2Bench(List<String> command, int windows, int batch) {
        this.windows = windows;
        this.batch = batch;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw unavailable(e);
        }
        answers = process.inputReader(StandardCharsets.UTF_8);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        try {
            version = answer().path("version").asText();
            run();
        } catch (IOException e) {
            close();
            throw unavailable(e);
        }
    }

    /**
     * Returns the command for a model and the Python on the search path.
     *
     * @param directory a directory with a {@code model.bin}
     */
    static List<String> command(Path directory, int threads) {
        Path python = SearchPath.ofProcess()
                .find(PYTHON)
                .orElseThrow(() -> new EngineUnavailableException("No " + PYTHON + " is on the PATH. Install Python"
                        + " and run `" + PYTHON + " -m pip install ctranslate2`."));
        return List.of(python.toString(), script().toString(), directory.toString(), Integer.toString(threads));
    }

    /** Returns the program that is measured. */
    static Path script() {
        try {
            return Path.of(Objects.requireNonNull(CTranslate2Bench.class.getResource("ctranslate2_bench.py"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the release of CTranslate2. */
    String version() {
        return version;
    }

    @Override
    public Times run() throws IOException {
        double total = 0;
        double encoder = 0;
        for (int window = 0; window < windows; window++) {
            requests.write(batch + "\n");
            requests.flush();
            JsonNode answer = answer();
            int tokens = answer.path("tokens").asInt();
            if (tokens != batch * TOKENS) {
                throw new IOException("CTranslate2 wrote " + tokens + " tokens for " + batch + " windows instead of "
                        + batch * TOKENS + ", so its time cannot be compared");
            }
            total += answer.path("total_ms").asDouble(Double.NaN);
            encoder += answer.path("encoder_ms").asDouble(Double.NaN);
        }
        if (Double.isNaN(total + encoder)) {
            throw new IOException("CTranslate2's program sent no times");
        }
        return new Times(total / batch, encoder / batch, (total - encoder) / (windows * batch * TOKENS));
    }

    private JsonNode answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("CTranslate2's program ended without an answer");
        }
        JsonNode answer;
        try {
            answer = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException("CTranslate2's program sent a line that is no JSON: " + line, e);
        }
        if (answer.has("error")) {
            throw new IOException(answer.path("error").asText());
        }
        return answer;
    }

    private static EngineUnavailableException unavailable(IOException cause) {
        return new EngineUnavailableException(
                "Cannot measure CTranslate2: " + cause.getMessage() + ". Run `" + PYTHON
                        + " -m pip install --upgrade ctranslate2`.",
                cause);
    }

    /** Ends the program, which stops at the end of its input. */
    @Override
    public void close() {
        try {
            requests.close();
            process.waitFor();
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }
}
