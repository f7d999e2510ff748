package io.github.whisperspeedtest.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.files.testing.DocumentedCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java programs of the page about the server, compiled and run with no change but the port. */
@Tag("end-to-end")
class JavaExamplesTest {
    @TempDir
    private static Path shared;

    private static DemoService service;
    private static String server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startServer() {
        service = DemoService.start(shared);
        server = service.serve();
    }

    @AfterAll
    static void stopServer() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"WithOpenAi", "WithSpringAi", "WithLangChain4j"})
    void librariesTranscribe(String program) throws Exception {
        Path recording = Recordings.write(Recordings.SENTENCE, directory.resolve("talk.flac"));

        assertThat(run(program, recording.toString()))
                .isEqualToIgnoringNewLines(Recordings.SENTENCE.reference() + "\n");
    }

    @Test
    void liveClientPrintsTheUtterance() throws Exception {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(Recordings.samples(Recordings.SENTENCE, 0, 1)));
        try {
            assertThat(run("LiveClient"))
                    .contains("\"event\":\"utterance_end\"")
                    .contains(Recordings.SENTENCE.reference())
                    .doesNotContain("error");
        } finally {
            System.setIn(before);
        }
    }

    private String run(String name, String... arguments) throws Exception {
        Map<String, String> code = DocumentedCode.of(DocumentedCommands.PAGE);
        assertThat(code).containsKey(name);
        Path source =
                Files.writeString(directory.resolve(name + ".java"), DocumentedCommands.at(code.get(name), server));
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-proc:none",
                        "-d",
                        directory.toString(),
                        source.toString());
        assertThat(result).as("javac's exit code").isZero();
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
