package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.program.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The benchmark of whisper.cpp, {@code whisper-bench}, in the release that the user has installed: one window through the encoder, and single
 * tokens through the decoder without a choice among them.
 */
final class WhisperBench implements SpeedContestant {
    /** The name of the program, and of its candidates. */
    static final String PROGRAM = "whisper-bench";

    private static final Pattern TIME = Pattern.compile("(encode|decode) time = .*\\(\\s*([\\d.]+) ms per run\\)");

    private final List<String> command;
    private final int windows;

    /**
     * Describes a run.
     *
     * @param model a GGML file
     * @param windows how many windows the others have to transcribe
     */
    WhisperBench(Path program, Path model, int threads, int windows) {
        this.windows = windows;
        command = List.of(program.toString(), "-m", model.toString(), "-t", Integer.toString(threads), "-ng");
    }

    /** Returns the program on the search path. */
    static Optional<Path> installed() {
        return SearchPath.ofProcess().find(PROGRAM);
    }

    @Override
    public Times run() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed: " + output);
        }
        double encoder = Double.NaN;
        double token = Double.NaN;
        Matcher matcher = TIME.matcher(output);
        while (matcher.find()) {
            double millis = Double.parseDouble(matcher.group(2));
            if (matcher.group(1).equals("encode")) {
                encoder = millis;
            } else {
                token = millis;
            }
        }
        if (Double.isNaN(encoder + token)) {
            throw new IOException(command + " printed no times: " + output);
        }
        return new Times(windows * (encoder + TOKENS * token), windows * encoder, token);
    }
}
