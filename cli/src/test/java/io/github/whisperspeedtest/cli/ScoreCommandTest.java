package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreCommandTest {
    private final CapturedTerminal terminal = new CapturedTerminal();

    @TempDir
    private Path directory;

    private Path references;
    private Path transcripts;

    @BeforeEach
    void createFolders() throws IOException {
        references = Files.createDirectory(directory.resolve("references"));
        transcripts = Files.createDirectory(directory.resolve("transcripts"));
    }

    @Test
    void comparesTextsAfterNormalization() {
        assertThat(terminal.run("score", "Twenty dollars, Dr. Grey!", "$20 doctor gray said"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).isEqualTo("""
                WER         33.33 % (1 error in 3 words)
                Errors      0 substitutions, 0 deletions, 1 insertion
                Normalizer  english (language en)
                """.replace("\n", System.lineSeparator()));
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void readsFilesAndCountsCharactersOfJapanese() throws IOException {
        Path reference = Files.writeString(directory.resolve("r.txt"), "\uFEFF今日は、いい天気。\n");
        Path transcript = Files.writeString(directory.resolve("t.txt"), "今日は良い天気");

        assertThat(terminal.run("score", reference.toString(), transcript.toString(), "-l", "Japanese", "--diff"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out())
                .contains("REF: 今日はいい天気", "HYP: 今日は良い天気", "           S")
                .contains("CER         14.29 % (1 error in 7 characters)", "Normalizer  basic (language ja)");
    }

    @Test
    void marksDifferencesWithinTheWidth() {
        terminal.columns(60)
                .run("score", "the cat sat on the mat ".repeat(5), "the cat sat in the big mat ".repeat(5), "--diff");

        assertThat(terminal.out().lines()).allMatch(line -> line.length() <= 60);
        assertThat(terminal.out().lines().takeWhile(line -> !line.isEmpty()))
                .startsWith(
                        "REF: the cat sat on the *** mat the cat sat on the *** mat",
                        "HYP: the cat sat in the big mat the cat sat in the big mat",
                        "                 S      I                   S      I")
                .hasSize(9);
    }

    @Test
    void sumsFilesOfTwoFolders() throws IOException {
        Files.writeString(references.resolve("a.txt"), "Twenty-five dollars.");
        Files.writeString(transcripts.resolve("a.txt"), "$25");
        Files.writeString(references.resolve("b.txt"), "good morning everybody");
        Files.writeString(transcripts.resolve("b.txt"), "good evening");
        Files.writeString(references.resolve("silence.txt"), "[Music]");
        Files.writeString(transcripts.resolve("silence.txt"), "Thank you.");
        Files.writeString(references.resolve("notes.md"), "no text");

        assertThat(terminal.run("score", references.toString(), transcripts.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out())
                .containsPattern("(?m)^a.txt +0.00 % +0 +1$")
                .containsPattern("(?m)^b.txt +66.67 % +2 +3$")
                .containsPattern("(?m)^silence.txt +skipped +0$")
                .contains("Skipped     1 reference text without a word")
                .doesNotContain("notes.md");
    }

    @Test
    void failsPartlyWithoutATranscript() throws IOException {
        Files.writeString(references.resolve("a.txt"), "good morning");
        Files.writeString(references.resolve("b.txt"), "good night");
        Files.writeString(transcripts.resolve("a.txt"), "good morning");
        Files.writeString(transcripts.resolve("c.txt"), "hello");

        assertThat(terminal.run("score", references.toString(), transcripts.toString(), "--json"))
                .isEqualTo(ExitCode.FAILED);

        JsonNode json = new ObjectMapper().readTree(terminal.out());
        assertThat(json.get("missing")).extracting(JsonNode::asText).containsExactly("b.txt");
        assertThat(json.get("scored").asInt()).isEqualTo(1);
        assertThat(terminal.err())
                .contains("error: there is no transcript 'b.txt' in " + transcripts)
                .contains("warning: there is no reference text 'c.txt' in " + references);
    }

    @Test
    void printsJson() throws IOException {
        assertThat(terminal.run("score", "good morning to you", "good mourning you all", "--json", "--diff"))
                .isEqualTo(ExitCode.OK);

        JsonNode json = new ObjectMapper().readTree(terminal.out());
        assertThat(json.get("language").asText()).isEqualTo("en");
        assertThat(json.get("normalizer").asText()).isEqualTo("english");
        assertThat(json.get("unit").asText()).isEqualTo("word");
        assertThat(json.get("rate").asDouble()).isEqualTo(0.75);
        assertThat(json.get("reference_length").asInt()).isEqualTo(4);
        JsonNode alignment = json.at("/texts/0/alignment");
        assertThat(alignment).extracting(pair -> pair.get("kind").asText()).contains("match", "substitution");
        assertThat(alignment.get(1)).hasToString("""
                {"kind":"substitution","reference":"morning","hypothesis":"mourning"}""");
    }

    @Test
    void anEmptyTranscriptHasOnlyDeletions() {
        assertThat(terminal.run("score", "good morning", "")).isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).startsWith("WER         100.00 % (2 errors in 2 words)");
    }

    @Test
    void explainsBadInput() throws IOException {
        Path file = Files.writeString(directory.resolve("a.txt"), "one");
        Path latin = Files.write(directory.resolve("latin.txt"), "für".getBytes(StandardCharsets.ISO_8859_1));
        Path large = Files.writeString(directory.resolve("large.txt"), "a ".repeat(6_000_000));

        fails("There is no file 'missing.txt' with a transcript. Check its name", file.toString(), "missing.txt");
        fails("The reference text " + latin + " is not UTF-8.", latin.toString(), "one");
        fails("has 12.0 MB, and the limit is 10.0 MB.", file.toString(), large.toString());
        fails("has no word in it", "[Music]", "one");
        fails("is a folder, and", references.toString(), file.toString());
        fails("is a folder, and", "one", transcripts.toString());
        fails("There is no file *.txt in the folder " + references, references.toString(), transcripts.toString());
        fails("Unknown language 'klingon'", "one", "one", "-l", "klingon");
        fails("--language must be the language of the texts, but was 'auto'", "one", "one", "-l", "auto");
        fails("missing argument TRANSCRIPT", "one");
        Files.writeString(references.resolve("a.txt"), "(laughs)");
        Files.writeString(transcripts.resolve("a.txt"), "ha");
        fails("has a word in it. Check the files.", references.toString(), transcripts.toString());
    }

    private static void fails(String message, String... arguments) {
        CapturedTerminal failing = new CapturedTerminal();
        String[] line = new String[arguments.length + 1];
        line[0] = "score";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        assertThat(failing.run(line)).as(message).isEqualTo(ExitCode.USAGE);
        assertThat(failing.err()).startsWith("error: ").contains(message);
        assertThat(failing.out()).isEmpty();
    }
}
