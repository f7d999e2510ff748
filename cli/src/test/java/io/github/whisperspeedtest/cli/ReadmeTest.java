package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's program for library users, compiled and run unchanged. */
@Tag("end-to-end")
class ReadmeTest {
    @TempDir
    private Path directory;

    @Test
    void exampleProgramTranscribes() throws Exception {
        String code = DocumentedCode.of(Path.of("..", "README.md")).get("Transcribe");
        assertThat(code).isNotNull();
        Path source = Files.writeString(directory.resolve("Transcribe.java"), code);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        List.of(
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        "-d",
                                        directory.toString(),
                                        source.toString())
                                .toArray(String[]::new));
        assertThat(result).as("javac's exit code").isZero();

        SpeechSample sample = MicroSamples.named("de_single_03.flac");
        Path recording = directory.resolve(sample.name());
        try (InputStream in = sample.open()) {
            Files.copy(in, recording);
        }
        assertThat(run(recording)).isEqualToIgnoringNewLines(sample.reference() + "\n");
    }

    private String run(Path recording) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setProperty(ToolHome.HOME_PROPERTY, directory.resolve("home").toString());
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass("Transcribe").getMethod("main", String[].class).invoke(null, (Object)
                    new String[] {recording.toString()});
        } finally {
            System.setOut(before);
            System.clearProperty(ToolHome.HOME_PROPERTY);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
