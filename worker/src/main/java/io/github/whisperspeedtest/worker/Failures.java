package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.AudioTooLongException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** Describes failures to clients, who must not learn where files of this machine are. */
final class Failures {
    /** The name in messages of a recording without one. */
    static final String RECORDING = "recording";

    /** An absolute path, except in a URL; its last part is what remains of it. */
    private static final Pattern PATH =
            Pattern.compile("(?<![\\w/:.])(?:[A-Za-z]:)?(?:[/\\\\][^\\s'\",;:()/\\\\]+)+[/\\\\]([^\\s'\",;:()/\\\\]+)");

    private Failures() {}

    /** Returns how a job ends that an exception ended. */
    static JobEnd.Failed of(Throwable thrown, Collection<Path> files) {
        return new JobEnd.Failed(reason(thrown), message(thrown, files));
    }

    private static JobEnd.Reason reason(Throwable thrown) {
        if (thrown instanceof AudioTooLongException) {
            return JobEnd.Reason.TOO_LONG;
        }
        if (thrown instanceof AudioException) {
            return JobEnd.Reason.BAD_RECORDING;
        }
        if (thrown instanceof UnsupportedOptionException) {
            return JobEnd.Reason.UNSUPPORTED;
        }
        if (thrown instanceof OperationCancelledException) {
            return JobEnd.Reason.CANCELLED;
        }
        return thrown instanceof WhisperSpeedtestException known && known.kind() == ErrorKind.MODEL
                ? JobEnd.Reason.MODEL
                : JobEnd.Reason.ENGINE;
    }

    private static String message(Throwable thrown, Collection<Path> files) {
        if (thrown instanceof OutOfMemoryError) {
            return "The engine ran out of memory. Try again, or use a shorter recording or a smaller model.";
        }
        String message = thrown.getMessage();
        return thrown instanceof WhisperSpeedtestException && message != null
                ? withoutPaths(message, files)
                : "The engine failed. Try again.";
    }

    /**
     * Returns a message without absolute paths.
     *
     * @param files the files that the message is likely to name, and that may have spaces in their paths
     */
    static String withoutPaths(String message, Collection<Path> files) {
        String result = message;
        for (Path file : files) {
            for (String path : List.of(file.toString(), file.toAbsolutePath().toString())) {
                result = result.replace("file:" + path, nameOf(file)).replace(path, nameOf(file));
            }
        }
        return PATH.matcher(result).replaceAll("$1");
    }

    private static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? "file" : name.toString();
    }
}
