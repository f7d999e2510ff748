package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("end-to-end")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LiveTranscriptionTest {
    private static final SpeechSample TALK = MicroSamples.named("en_long_01.ogg");
    private static final SpeechSample SENTENCE = MicroSamples.named("de_single_03.flac");

    @TempDir
    private static Path home;

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeAll
    static void useAHomeOfItsOwn() {
        System.setProperty(ToolHome.HOME_PROPERTY, home.toString());
    }

    @AfterAll
    static void forgetIt() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"faster", "whispercpp"})
    void writesTextAndFilesAsTheyGrow(String implementation) throws IOException {
        Path out = directory.resolve("out");
        assertThat(terminal.run(
                        "transcribe",
                        copy(TALK).toString(),
                        "--live",
                        "--speed",
                        "max",
                        "-i",
                        implementation,
                        "-l",
                        "en",
                        "-f",
                        "srt,vtt,jsonl",
                        "-o",
                        out.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(ErrorRate.of(TALK.reference(), terminal.out(), "en").rate()).isLessThan(0.1);
        assertThat(terminal.out().lines().count()).isGreaterThan(10);
        assertThat(terminal.err())
                .contains(
                        "silero-vad is not on this machine", "demo model", "(median; 95 % within", "real-time factor");

        StringBuilder confirmed = new StringBuilder();
        double at = 0;
        for (String line : Files.readAllLines(out.resolve("en_long_01.jsonl"))) {
            JsonNode event = new ObjectMapper().readTree(line);
            assertThat(event.get("at").asDouble()).isGreaterThanOrEqualTo(at);
            at = event.get("at").asDouble();
            if (event.get("event").asText().equals("confirmed")) {
                event.get("words")
                        .forEach(word -> confirmed.append(word.get("word").asText()));
            }
        }
        assertThat(confirmed.toString()).isEqualToNormalizingWhitespace(terminal.out());
        assertThat(Files.readString(out.resolve("en_long_01.vtt"))).startsWith("WEBVTT\n\n");
        String srt = Files.readString(out.resolve("en_long_01.srt"));
        assertThat(srt).startsWith("1\n00:00:0").endsWith("\n\n");
        assertThat(srt.lines().filter(line -> line.contains("-->"))).isSorted();
    }

    @Test
    void transcribesAtTheSpeedOfTime() throws IOException {
        long start = System.nanoTime();
        assertThat(terminal.run("transcribe", copy(SENTENCE).toString(), "--live", "-i", "faster", "-f", "txt"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).isEqualToIgnoringNewLines(SENTENCE.reference() + "\n");
        double length = SENTENCE.utterances().get(0).end().toMillis() / 1e3;
        assertThat((System.nanoTime() - start) / 1e9).isGreaterThan(length);
    }

    @Test
    void showsPartialWordsDimOnATerminal() throws IOException {
        assertThat(terminal.watched()
                        .run("transcribe", copy(SENTENCE).toString(), "--live", "--speed", "max", "-i", "faster"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).contains("\u001b[2m");
        assertThat(terminal.out()).isEqualToIgnoringNewLines(SENTENCE.reference() + "\n");
    }

    @Test
    void keepsTheConfirmedTextOnInterrupt() throws Exception {
        Path recording = copy(TALK);
        AtomicInteger exitCode = new AtomicInteger(-1);
        Thread command = new Thread(() -> exitCode.set(terminal.run(
                "transcribe",
                recording.toString(),
                "--live",
                "-i",
                "faster",
                "-f",
                "jsonl",
                "-o",
                directory.toString())));
        command.start();
        Path file = directory.resolve("en_long_01.jsonl");
        while (command.isAlive()
                && !(Files.exists(file) && Files.readString(file).contains("\"confirmed\""))) {
            Thread.sleep(50);
        }
        command.interrupt();
        command.join();
        assertThat(exitCode.get()).as(terminal.err()).isEqualTo(ExitCode.INTERRUPTED);
        String events = Files.readString(file);
        assertThat(events.lines().reduce((one, last) -> last).orElseThrow()).contains("\"utterance_end\"");
        assertThat(terminal.out()).isNotBlank().endsWith("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--speed max|--speed applies to --live only; add --live",
                "--latency 1|--latency applies to --live only; add --live",
                "--live --speed 3|--speed must be 1 or max, but is '3'",
                "--live --latency 0.1|latency must be from 0.5 to 20 seconds, but was 0.1",
                "--live --no-vad|live audio requires voice activity detection",
                "--live --offset 3|live audio cannot be transcribed with clip-timestamps=3.0",
                "--live -f json|Unknown live format 'json'. Use one of: txt, srt, vtt, jsonl.",
                "--live -f srt,vtt|-o DIR is required for several formats",
                "--live -m micro,tiny|--live takes one recording and one model"
            })
    void explainsWrongOptions(String options, String message) throws IOException {
        String[] line = ("transcribe RECORDING -i faster " + options).split(" ");
        line[1] = copy(SENTENCE).toString();
        assertThat(terminal.run(line)).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains(message);
    }

    private Path copy(SpeechSample sample) throws IOException {
        Path target = directory.resolve(sample.name());
        try (InputStream in = sample.open()) {
            Files.copy(in, target);
        }
        return target;
    }
}
