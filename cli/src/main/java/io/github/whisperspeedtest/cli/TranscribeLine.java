package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.Candidate;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Vad;
import org.jspecify.annotations.Nullable;

/** The command line that transcribes as a candidate of a benchmark does. */
final class TranscribeLine {
    private TranscribeLine() {}

    /**
     * Returns the command with the options that a benchmark can vary and that differ from their defaults. {@code FILE} stands for the recording.
     *
     * @param language code of the language, null for that of the candidate
     */
    static String of(Candidate candidate, @Nullable String language) {
        LoadOptions load = candidate.load();
        StringBuilder line = new StringBuilder("whisper-speedtest transcribe FILE -i ")
                .append(quoted(candidate.implementation()))
                .append(" -m ")
                .append(quoted(candidate.model()));
        if (!load.computeType().equals(LoadOptions.AUTO)) {
            line.append(" --compute-type ").append(quoted(load.computeType()));
        }
        if (!load.device().equals(LoadOptions.AUTO)) {
            line.append(" --device ").append(quoted(load.device()));
        }
        if (load.threads() != LoadOptions.defaultThreads()) {
            line.append(" -t ").append(load.threads());
        }
        TranscribeOptions options = candidate.transcribe();
        String spoken = language != null || options == null
                ? language
                : options.language().code();
        if (spoken != null && !spoken.equals("auto")) {
            line.append(" -l ").append(spoken);
        }
        if (options != null) {
            append(line, options);
        }
        return line.toString();
    }

    private static void append(StringBuilder line, TranscribeOptions options) {
        if (options.beamSize() != TranscribeOptions.defaults().beamSize()) {
            line.append(" --beam-size ").append(options.beamSize());
        }
        if (options.vad() != Vad.AUTO) {
            line.append(options.vad() == Vad.ON ? " --vad" : " --no-vad");
        }
        if (options.batchSize() != null) {
            line.append(" --batch-size ").append(options.batchSize());
        }
    }

    /** Quotes a word for a POSIX shell if it needs quotes. */
    static String quoted(String word) {
        return word.matches("[A-Za-z0-9@%+=:,./_-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
