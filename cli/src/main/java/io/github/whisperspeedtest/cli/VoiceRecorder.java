package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.WavRecording;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.microphone.Microphone;
import io.github.whisperspeedtest.microphone.MicrophoneException;
import io.github.whisperspeedtest.microphone.Microphones;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Records from a microphone into a file, with a level meter, until the user presses Enter. */
final class VoiceRecorder {
    /** Less is no sentence. */
    static final double SHORTEST_SECONDS = 1;

    /** When a recording of nothing but zeros gets a warning. */
    private static final Duration SILENCE_CHECK = Duration.ofSeconds(2);

    private static final String NO_SIGNAL = "Unmute it, or choose another one (--device-name)."
            + " On macOS allow it for your terminal in System Settings, Privacy & Security, Microphone, then start the terminal again.";

    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("'recording-'yyyyMMdd-HHmmss", Locale.ROOT);

    private final Terminal terminal;
    private final @Nullable String deviceName;
    private final @Nullable Duration limit;

    VoiceRecorder(Terminal terminal, @Nullable String deviceName, @Nullable Duration limit) {
        this.terminal = terminal;
        this.deviceName = deviceName;
        this.limit = limit;
    }

    /** Returns the file of a recording that begins now, in the tool home, beside the results. */
    static Path newFile(WhisperSpeedtest library) {
        Path directory = library.home().data().resolve("recordings");
        String name = LocalDateTime.now().format(NAME);
        Path file = directory.resolve(name + ".wav");
        for (int i = 2; Files.exists(file); i++) {
            file = directory.resolve(name + "-" + i + ".wav");
        }
        return file;
    }

    /**
     * Records.
     *
     * @throws MicrophoneException if there is no microphone, or it gave no sound
     * @throws AudioException if the recording is too short, or the file cannot be written
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted; the file stays
     */
    void record(Path file) {
        createDirectory(file);
        LevelMeter meter = new LevelMeter();
        boolean[] warned = new boolean[1];
        try (Microphone microphone = Microphones.open(deviceName);
                WavRecording writer = WavRecording.create(file);
                ProgressLine progress = new ProgressLine(terminal)) {
            terminal.onInterrupt(() -> "interrupted; " + kept(file));
            terminal.err()
                    .println("Recording from " + microphone.name()
                            + (limit == null
                                    ? "; press Enter to stop."
                                    : String.format(Locale.ROOT, " for %.1f s.", limit.toMillis() / 1e3)));
            EnterKey enter = new EnterKey(terminal);
            try {
                microphone.record(
                        (samples, offset, length) -> {
                            writer.accept(samples, offset, length);
                            if (meter.add(samples, offset, length)) {
                                progress.show("recording " + seconds(writer.duration()) + "  "
                                        + meter.show(terminal.unicode()));
                            }
                            if (!warned[0] && writer.duration().compareTo(SILENCE_CHECK) >= 0) {
                                warned[0] = true;
                                warnOfZeros(meter, microphone);
                            }
                        },
                        () -> enter.isPressed()
                                || limit != null && writer.duration().compareTo(limit) >= 0);
            } catch (MicrophoneException e) {
                if (isTooShort(writer)) {
                    throw e;
                }
                progress.clear();
                terminal.err().println("warning: " + e.getMessage());
            }
            progress.clear();
            check(writer, meter, microphone, file);
            terminal.err().println("Recorded " + seconds(writer.duration()) + "; " + kept(file) + ".");
        }
    }

    /** Tells who speaks into a microphone that is off before the end. */
    private void warnOfZeros(LevelMeter meter, Microphone microphone) {
        if (meter.isZero()) {
            terminal.err()
                    .println(
                            "warning: The microphone '" + microphone.name() + "' gives no signal so far. " + NO_SIGNAL);
        }
    }

    private static void check(WavRecording writer, LevelMeter meter, Microphone microphone, Path file) {
        if (isTooShort(writer)) {
            throw new AudioException(String.format(
                    Locale.ROOT,
                    "The recording %s has %s, but needs at least %.0f s. Record again.",
                    file,
                    seconds(writer.duration()),
                    SHORTEST_SECONDS));
        }
        if (meter.isSilent()) {
            throw new MicrophoneException("The microphone '" + microphone.name() + "' gives no signal: "
                    + seconds(writer.duration()) + " are silent (" + file + "). " + NO_SIGNAL);
        }
    }

    private static boolean isTooShort(WavRecording writer) {
        return writer.duration().toMillis() < SHORTEST_SECONDS * 1000;
    }

    private static void createDirectory(Path file) {
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new AudioException(
                    "Cannot write " + file + ": " + DiskErrors.reason(e) + ". Make room, or check its permissions.", e);
        }
    }

    private static String kept(Path file) {
        return "the recording is kept in " + file;
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
}
