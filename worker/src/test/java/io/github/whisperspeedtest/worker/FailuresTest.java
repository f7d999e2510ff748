package io.github.whisperspeedtest.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.AudioTooLongException;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.worker.JobEnd.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/usr/bin/ffmpeg exited with code 1 | ffmpeg exited with code 1",
                "Cannot read '/tmp/uploads/x1.bin': damage | Cannot read 'x1.bin': damage",
                "C:\\Users\\me\\model.bin is damaged | model.bin is damaged",
                "see (/a/b/c), /d/e; /f/g. | see (c), e; g.",
                "faster/micro and 1/2 of https://huggingface.co/a/b | faster/micro and 1/2 of https://huggingface.co/a/b",
                "Run: whisper-speedtest download -i a -m b | Run: whisper-speedtest download -i a -m b",
            })
    void absolutePathsBecomeNames(String message, String expected) {
        assertThat(Failures.withoutPaths(message, List.of())).isEqualTo(expected);
    }

    @Test
    void knownFilesMayHaveSpacesInTheirPaths() {
        Path file = Path.of("my uploads", "a b.wav").toAbsolutePath();

        assertThat(Failures.withoutPaths("file:" + file + ": Invalid data; " + file, List.of(file)))
                .isEqualTo("a b.wav: Invalid data; a b.wav");
    }

    @Test
    void reasonFollowsTheException() {
        assertThat(reason(new AudioException("a"))).isEqualTo(Reason.BAD_RECORDING);
        assertThat(reason(new AudioTooLongException(Duration.ofSeconds(1), "a", null)))
                .isEqualTo(Reason.TOO_LONG);
        assertThat(reason(new UnsupportedOptionException("faster", "task=x", "Leave it out.")))
                .isEqualTo(Reason.UNSUPPORTED);
        assertThat(reason(new ModelException("a"))).isEqualTo(Reason.MODEL);
        assertThat(reason(new EngineException("a"))).isEqualTo(Reason.ENGINE);
        assertThat(reason(new OperationCancelledException("a"))).isEqualTo(Reason.CANCELLED);
        assertThat(Failures.of(new IllegalStateException("/secret"), List.of()))
                .isEqualTo(new JobEnd.Failed(Reason.ENGINE, "The engine failed. Try again."));
        assertThat(Failures.of(new OutOfMemoryError("heap"), List.of()).message())
                .contains("out of memory");
    }

    private static Reason reason(RuntimeException thrown) {
        return Failures.of(thrown, List.of()).reason();
    }
}
