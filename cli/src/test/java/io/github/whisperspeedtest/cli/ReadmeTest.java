package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.files.testing.DocumentedCode;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        compile(Path.of("..", "README.md"), "Transcribe");

        SpeechSample sample = MicroSamples.named("de_single_03.flac");
        Path recording = directory.resolve(sample.name());
        try (InputStream in = sample.open()) {
            Files.copy(in, recording);
        }
        assertThat(run("Transcribe", recording.toString())).isEqualToIgnoringNewLines(sample.reference() + "\n");
    }

    @Test
    void exampleForLiveAudioPrintsTheUtterance() throws Exception {
        compile(Path.of("..", "docs", "streaming.md"), "Captions");
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        ByteBuffer raw;
        try (InputStream in = sample.open()) {
            Audio audio = AudioFiles.read(sample.name(), in);
            float[] samples = new float[Math.toIntExact(audio.sampleCount())];
            audio.read(0, samples, 0, samples.length);
            raw = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : samples) {
                raw.putShort((short) Math.max(-32768, Math.min(32767, Math.round(value * 32768))));
            }
        }
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(raw.array()));
        try {
            assertThat(run("Captions"))
                    .isEqualToIgnoringNewLines(
                            sample.reference() + "\n" + sample.reference().split(" ").length + " words\n");
        } finally {
            System.setIn(before);
        }
    }

    /** Compiles a class that a page shows. */
    private void compile(Path page, String name) throws IOException {
        String code = DocumentedCode.of(page).get(name);
        assertThat(code).isNotNull();
        Path source = Files.writeString(directory.resolve(name + ".java"), code);
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
    }

    private String run(String name, String... arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setProperty(ToolHome.HOME_PROPERTY, directory.resolve("home").toString());
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
            System.clearProperty(ToolHome.HOME_PROPERTY);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
