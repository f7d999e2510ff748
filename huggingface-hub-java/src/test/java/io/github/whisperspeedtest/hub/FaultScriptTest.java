package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs a hundred reproducible fault scripts. */
@Tag("processes")
@Timeout(180)
class FaultScriptTest {
    private static final int SCRIPTS = Integer.getInteger("huggingface.hub.test.scripts", 100);

    @TempDir
    private Path temporary;

    @Test
    void everyScriptEndsWithCompleteModelOrClearMessageAndLogsNoSecret() throws IOException, InterruptedException {
        Path output = temporary.resolve("output.txt");
        // A separate process logs everything; the JVM of the other tests has logging disabled.
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        FaultScripts.class.getName(),
                        temporary.resolve("caches").toString(),
                        String.valueOf(SCRIPTS))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.waitFor(10, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        int exit = process.exitValue();

        String log = Files.readString(output);
        assertThat(exit).as(log.substring(Math.max(0, log.length() - 4000))).isZero();
        assertThat(log).contains("DEBUG", "Attempt 2 at 'model.bin'", "good at once: ");
        assertThat(log).doesNotContain(FaultScripts.TOKEN).doesNotContain("sig=secret");
    }
}
