package io.github.whisperspeedtest.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Recording from a microphone instead of reading a file. */
final class RecordOptions {
    private static final double LONGEST_HOURS = 24;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--record",
            order = 8,
            description = "Record from a microphone until you press Enter. The recording is kept beside the results.")
    private boolean record;

    @Option(
            names = "--device-name",
            order = 9,
            paramLabel = "NAME",
            description = "Microphone, or a part of its name (default: that of the system; see 'list microphones').")
    private @Nullable String deviceName;

    @Option(
            names = "--record-duration",
            order = 10,
            paramLabel = "SECONDS",
            description = "Stop recording after SECONDS.")
    private @Nullable Double seconds;

    RecordOptions() {}

    /**
     * Returns what records, null if there is nothing to record.
     *
     * @throws ParameterException if the options contradict each other, or nothing could stop the recording
     */
    @Nullable
    VoiceRecorder recorder(Terminal terminal) {
        if (!record) {
            if (deviceName != null || seconds != null) {
                throw new ParameterException(
                        spec.commandLine(), "--device-name and --record-duration apply to --record only");
            }
            return null;
        }
        if (seconds != null && !(seconds >= VoiceRecorder.SHORTEST_SECONDS && seconds <= LONGEST_HOURS * 3600)) {
            throw new ParameterException(spec.commandLine(), "--record-duration must be from 1 to 86400 seconds");
        }
        if (seconds == null && !terminal.inIsTerminal()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Enter cannot stop the recording, because standard input is not a terminal. Add --record-duration SECONDS");
        }
        return new VoiceRecorder(
                terminal, deviceName, seconds == null ? null : Duration.ofMillis(Math.round(seconds * 1000)));
    }

    /** Refuses other recordings beside {@code --record}. */
    void checkAlone(boolean others, String names) {
        if (record && others) {
            throw new ParameterException(spec.commandLine(), "--record cannot be combined with " + names);
        }
    }

    /** Returns whether a microphone is wanted. */
    boolean isWanted() {
        return record;
    }
}
