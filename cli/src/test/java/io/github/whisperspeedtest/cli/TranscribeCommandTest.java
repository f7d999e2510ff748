package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("end-to-end")
class TranscribeCommandTest {
    private static final SpeechSample ENGLISH = MicroSamples.named("en_single_04.flac");
    private static final SpeechSample GERMAN = MicroSamples.named("de_single_03.flac");

    @TempDir
    private static Path home;

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    private Path english;
    private Path german;

    @BeforeAll
    static void useAHomeOfItsOwn() {
        System.setProperty(ToolHome.HOME_PROPERTY, home.toString());
    }

    @AfterAll
    static void forgetIt() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @BeforeEach
    void copyRecordings() throws IOException {
        english = copy(ENGLISH);
        german = copy(GERMAN);
    }

    @Test
    void printsOnlyTheText() {
        assertThat(terminal.run("transcribe", english.toString(), "-i", "whispercpp"))
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).isEqualToIgnoringNewLines(ENGLISH.reference() + "\n");
        assertThat(terminal.err()).contains("demo model", "times real time", "whisper.cpp", "CPU");
    }

    @Test
    void printsJson() throws IOException {
        assertThat(terminal.run("transcribe", german.toString(), "-f", "json", "-i", "whispercpp"))
                .isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(terminal.out());
        assertThat(json.get("text").asText().strip()).isEqualTo(GERMAN.reference());
        assertThat(json.get("language").asText()).isEqualTo("de");
        assertThat(json.get("segments")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"coreml", "faster", "insanely", "mlx", "mps", "whispercpp"})
    void dividesSubtitlesOfEveryImplementation(String implementation) {
        assertThat(terminal.run(
                        "transcribe",
                        english.toString(),
                        "-i",
                        implementation,
                        "-l",
                        "en",
                        "-f",
                        "srt",
                        "--max-line-width",
                        "12",
                        "--max-line-count",
                        "1"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        List<String> lines = Arrays.stream(terminal.out().split("\n\n"))
                .map(cue -> cue.split("\n", 3)[2])
                .toList();
        assertThat(lines).hasSizeGreaterThan(1).allMatch(line -> line.length() <= 12);
        assertThat(String.join(" ", lines)).isEqualTo(ENGLISH.reference());
    }

    @Test
    void highlightsWordsInVtt() {
        assertThat(terminal.run(
                        "transcribe",
                        english.toString(),
                        "-i",
                        "faster",
                        "-f",
                        "vtt",
                        "--highlight-words",
                        "--timestamps=word",
                        "--max-words-per-line",
                        "2"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        String[] words = ENGLISH.reference().split(" ");
        assertThat(terminal.out())
                .startsWith("WEBVTT\n\n00:0")
                .contains(
                        "\n<u>" + words[0] + "</u> " + words[1] + "\n", "\n" + words[0] + " <u>" + words[1] + "</u>\n");
    }

    @Test
    void transcribesTruncatedRecordingWithWarning() throws IOException {
        byte[] whole = Files.readAllBytes(english);
        Path cut = Files.write(directory.resolve("cut.flac"), Arrays.copyOf(whole, whole.length * 3 / 4));

        assertThat(terminal.run("transcribe", cut.toString(), "-f", "json", "-i", "whispercpp"))
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.err()).contains("warning: " + cut + ": The recording is truncated: ");
        assertThat(new ObjectMapper().readTree(terminal.out()).at("/warnings/0").asText())
                .startsWith("The recording is truncated: ");
    }

    @Test
    void writesEveryFormatOfEveryFileInADirectory() throws IOException {
        Path output = directory.resolve("output/new");
        assertThat(terminal.run(
                        "transcribe", directory.toString(), "-f", "txt,srt,vtt,tsv,json", "-o", output.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).isEmpty();
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "en_single_04.txt",
                            "en_single_04.srt",
                            "en_single_04.vtt",
                            "en_single_04.tsv",
                            "en_single_04.json",
                            "de_single_03.txt",
                            "de_single_03.srt",
                            "de_single_03.vtt",
                            "de_single_03.tsv",
                            "de_single_03.json");
        }
        assertThat(output.resolve("de_single_03.txt")).hasContent(GERMAN.reference());
        assertThat(output.resolve("en_single_04.srt"))
                .content()
                .startsWith("1\n00:00:00,")
                .contains(" --> 00:00:0", ENGLISH.reference());
    }

    @Test
    void continuesAfterAnUnreadableFile() throws IOException {
        Path broken = Files.writeString(directory.resolve("a-broken.wav"), "RIFF");
        assertThat(terminal.run("transcribe", broken.toString(), english.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(terminal.out()).isEqualToIgnoringNewLines(ENGLISH.reference() + "\n");
        assertThat(terminal.err()).contains("error: ").contains(broken.toString());
    }

    @Test
    void writesTranscriptsWithTheLongestNames() throws IOException {
        Path recordings = Files.createDirectory(directory.resolve("long"));
        String name = "あ".repeat(83);
        Files.move(english, recordings.resolve(name + ".flac"));
        Path output = directory.resolve("out");
        assertThat(terminal.run("transcribe", recordings.toString(), "-i", "whispercpp", "-o", output.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(output.resolve(name + ".txt")).hasContent(ENGLISH.reference());
    }

    @Test
    void continuesAfterAnUnwritableTranscript() throws IOException {
        Path recordings = Files.createDirectory(directory.resolve("recordings"));
        Files.move(english, recordings.resolve("a.flac"));
        Path tooLong = Files.copy(recordings.resolve("a.flac"), recordings.resolve("b".repeat(252) + ".au"));
        Files.move(german, recordings.resolve("c.flac"));
        Path output = directory.resolve("out");
        Path occupied = Files.createDirectories(output.resolve("a.txt"));
        assertThat(terminal.run(
                        "transcribe",
                        recordings.resolve("a.flac").toString(),
                        tooLong.toString(),
                        recordings.resolve("c.flac").toString(),
                        "-i",
                        "whispercpp",
                        "-o",
                        output.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(terminal.err())
                .contains(
                        "Cannot write " + occupied,
                        "there is a directory of that name",
                        tooLong.toString(),
                        "name too long")
                .doesNotContain("--debug", "a.flac: 2");
        assertThat(output.resolve("c.txt")).hasContent(GERMAN.reference());
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files).containsExactlyInAnyOrder(occupied, output.resolve("c.txt"));
        }
    }

    @Test
    void showsProgressOnATerminal() {
        terminal.watched().run("transcribe", english.toString(), german.toString(), "-i", "whispercpp");
        String states = terminal.err();
        int reading = states.indexOf(english.getFileName() + ": reading");
        int transcribing = states.indexOf(english.getFileName() + ": transcribing");
        assertThat(states.indexOf("loading micro with whispercpp"))
                .isNotNegative()
                .isLessThan(reading);
        assertThat(transcribing).isGreaterThan(reading);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | nobody        | transcribe ENGLISH -i nobody",
                "2 | gigantic      | transcribe ENGLISH -m gigantic",
                "2 | klingon       | transcribe ENGLISH -l klingon",
                "2 | docx          | transcribe ENGLISH -f docx",
                "2 | -o DIR is required | transcribe ENGLISH -f srt,vtt",
                "2 | --max-line-width applies to srt and vtt only; add -f srt | transcribe ENGLISH --max-line-width 42",
                "2 | --highlight-words applies to srt and vtt only | transcribe ENGLISH -f json --highlight-words",
                "2 | --max-line-width must be at least 1, but was 0 | transcribe ENGLISH -f srt --max-line-width 0",
                "2 | --max-line-width must be a whole number | transcribe ENGLISH -f srt --max-line-width wide",
                "2 | --max-line-count has no effect without --max-line-width | transcribe ENGLISH -f srt --max-line-count 2",
                "2 | --max-words-per-line and --max-line-width exclude each other | transcribe ENGLISH -f srt --max-line-width 9 --max-words-per-line 2",
                "2 | needs word timestamps; leave out --timestamps none | transcribe ENGLISH -f srt --highlight-words --timestamps none",
                "2 | -o DIR is required | transcribe ENGLISH GERMAN -f srt",
                "3 | VAD model silero-vad is not installed | transcribe ENGLISH --vad -i faster",
                "3 | download -i whispercpp -m micro | transcribe ENGLISH --vad -i whispercpp",
                "3 | download -i mps -m micro | transcribe ENGLISH --vad --batch-size 4 -i mps",
                "2 | vad-threshold=0.6. It has an effect only with | transcribe ENGLISH --vad-threshold 0.6 -i mps",
                "2 | batch-size=4. It decodes only chunks of speech | transcribe ENGLISH --batch-size 4 -i mps",
                "2 | batch-size=4 | transcribe ENGLISH --vad --batch-size 4 -i whispercpp",
                "2 | vad maximum speech must be | transcribe ENGLISH --vad --vad-max-speech 0.5",
                "2 | device=abacus | transcribe ENGLISH --device abacus",
                "2 | beamSize      | transcribe ENGLISH --beam-size 0",
                "2 | threads       | transcribe ENGLISH -t 0",
                "2 | threads=9999  | transcribe ENGLISH -t 9999",
                "2 | temperatures  | transcribe ENGLISH --temperature 1,0",
                "2 | no file       | transcribe no-such-file.wav",
                "2 | Cannot write  | transcribe ENGLISH -o GERMAN/below-a-file",
                "2 | --frobnicate  | transcribe ENGLISH --frobnicate",
                "2 | FILE          | transcribe",
                "3 | ggml-base     | transcribe ENGLISH -m base -i whispercpp",
            })
    void failsWithExitCodeAndReason(int code, String reason, String command) {
        String[] args = Stream.of(command.split(" "))
                .map(word -> word.replace("ENGLISH", english.toString()))
                .map(word -> word.replace("GERMAN", german.toString()))
                .toArray(String[]::new);
        assertThat(terminal.run(args)).isEqualTo(code);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).contains("error: ", reason).doesNotContain("\tat ");
    }

    @Test
    void printsStackTracesOnlyWithDebug() throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.wav"), "RIFF");
        terminal.run("transcribe", broken.toString(), "--debug");
        assertThat(terminal.err()).contains("\tat ");
    }

    @Test
    void loadsModelFileByPath() throws IOException {
        terminal.run("transcribe", english.toString(), "-i", "whispercpp");
        Path model;
        try (Stream<Path> files = Files.walk(home)) {
            model = files.filter(file -> file.getFileName().toString().startsWith("ggml-"))
                    .findFirst()
                    .orElseThrow();
        }
        Path copy = Files.copy(model, directory.resolve("mine.bin"));
        CapturedTerminal second = new CapturedTerminal();
        assertThat(second.run("transcribe", english.toString(), "-m", copy.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(second.out()).isEqualToIgnoringNewLines(ENGLISH.reference() + "\n");
    }

    private Path copy(SpeechSample sample) throws IOException {
        Path file = directory.resolve(sample.name());
        try (InputStream in = sample.open()) {
            Files.copy(in, file);
        }
        return file;
    }
}
