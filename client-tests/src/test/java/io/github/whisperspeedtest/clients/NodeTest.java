package io.github.whisperspeedtest.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.program.SearchPath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's JavaScript library, in the version of {@code package-lock.json}. Without Node.js, npm or the network the tests are skipped. */
@Tag("end-to-end")
class NodeTest {
    private static final SearchPath PROGRAMS = SearchPath.ofProcess();

    @TempDir
    private static Path directory;

    private static DemoService service;
    private static String server;

    @BeforeAll
    static void installLibraryAndStartServer() throws Exception {
        assumeTrue(
                PROGRAMS.find("node").isPresent() && PROGRAMS.find("npm").isPresent(),
                "no node or no npm on the search path");
        for (String file : List.of("package.json", "package-lock.json")) {
            try (InputStream in = Objects.requireNonNull(NodeTest.class.getResourceAsStream(file))) {
                Files.copy(in, directory.resolve(file));
            }
        }
        Command install = Command.run(
                directory,
                List.of(
                        PROGRAMS.find("npm").orElseThrow().toString(),
                        "ci",
                        "--ignore-scripts",
                        "--no-audit",
                        "--no-fund",
                        "--prefer-offline",
                        "--fetch-retries=0"));
        assumeTrue(install.exitCode() == 0, "npm cannot install the package openai: " + install.errors());
        Recordings.write(Recordings.SENTENCES, directory.resolve("talk.flac"));
        service = DemoService.start(directory);
        server = service.serve();
    }

    @AfterAll
    static void stopServer() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void documentedProgramStreams() throws Exception {
        assertThat(run(DocumentedCommands.block("js", server))).isEqualTo(Recordings.SENTENCES.reference());
    }

    @Test
    void transcribesInEveryFormat() throws Exception {
        String program = """
                import fs from "node:fs";
                import OpenAI from "openai";
                const client = new OpenAI({ baseURL: "http://127.0.0.1:8000/v1", apiKey: "none" });
                const ask = (options) => client.audio.transcriptions.create(
                    { file: fs.createReadStream("talk.flac"), model: "faster/micro", ...options });
                console.log((await ask({})).text);
                console.log((await ask({ response_format: "text" })).trim());
                const verbose = await ask({ response_format: "verbose_json", timestamp_granularities: ["segment", "word"] });
                console.log(verbose.segments.map((segment) => segment.text).join("").trim());
                console.log(verbose.words.map((word) => word.word).join(" "));
                console.log((await ask({ response_format: "srt" })).split("\\n")[2]);
                console.log((await ask({ response_format: "vtt" })).split("\\n")[0]);
                const translation = await client.audio.translations.create(
                    { file: fs.createReadStream("talk.flac"), model: "faster/micro" });
                console.log(typeof translation.text);
                for await (const model of client.models.list()) console.log(model.id);
                try {
                  await ask({ model: "faster/none" });
                } catch (error) {
                  console.log(error instanceof OpenAI.NotFoundError, error.code, error.param);
                }
                """;
        String text = Recordings.SENTENCES.reference();

        assertThat(run(DocumentedCommands.at(program, server)).lines())
                .containsExactly(
                        text,
                        text,
                        text,
                        text,
                        "Call Anna.",
                        "WEBVTT",
                        "string",
                        "faster/micro",
                        "true model_not_found model");
    }

    private static String run(String program) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("program.mjs"), program);
        Command run = Command.run(
                directory, List.of(PROGRAMS.find("node").orElseThrow().toString(), file.toString()));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return run.output();
    }
}
