package io.github.whisperspeedtest.dataset;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetErrorsTest {
    private static final String A = "{\"audio_filepath\": \"a.flac\"}\n";

    @TempDir
    private Path directory;

    @BeforeEach
    void writeARecording() throws IOException {
        Recording.at(directory.resolve("a.flac"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"audio_filepath": "no.flac"}                    | there is no recording 'no.flac', looked for
            {"audio_filepath": "../../../no.flac"}           | there is no recording '../../../no.flac', looked for
            {"audio_filepath": "."}                          | '.' is not a file
            {"audio_filepath": "a\\u0000"}                   | is not a path
            {"audio_filepath": ""}                           | there is no path of a recording. Add 'audio_filepath'
            {"text": "One."}                                 | there is no path of a recording
            {"audio": {"bytes": ""}}                         | there is no path of a recording
            {"audio_filepath": 7}                            | 'audio_filepath' must be a string, but is 7
            {"audio_filepath": "b.flac", "text": ["x"]}      | 'text' must be a string, but is ["x"]
            {"audio_filepath": "b.flac", "lang": "xx"}       | Unknown language 'xx'
            {"audio_filepath": "b.flac", "offset": 1.5}      | 'offset' is 1.5, but only whole recordings
            {"audio_filepath": "./a.flac"}                   | './a.flac' is already listed in line 1
            {"audio_filepath": "b.flac"} {}                  | it is not one JSON object
            {"audio": "b.flac", "audio": "b.flac"}           | Duplicate field 'audio'
            {"audio_filepath": "b.flac"                      | it is not one JSON object
            ["b.flac"]                                       | it is not a JSON object
            """)
    void namesTheLineOfJson(String line, String message) throws IOException {
        Recording.at(directory.resolve("b.flac"));
        Path manifest = write("set.jsonl", A + "\n" + line + "\n");
        assertRefused(manifest, manifest + ", line 3: ", message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            b.flac,One.,en,0,more  | the row has 5 fields, but the header has 4. Quote
            b.flac                 | the row has 1 fields, but the header has 4
            no.flac,,,             | there is no recording 'no.flac'
            ,One.,,                | there is no path of a recording
            b.flac,One.,klingon,   | Unknown language 'klingon'
            b.flac,One.,en,3.0     | 'offset' is 3.0
            a.flac,One.,en,0       | 'a.flac' is already listed in line 2
            b.flac,"One.,en,0      | the row cannot be read: Missing closing quote
            b.flac,"One."x,en,0    | the row cannot be read: Unexpected character
            """)
    void namesTheLineOfCsv(String row, String message) throws IOException {
        Recording.at(directory.resolve("b.flac"));
        Path manifest = write("set.csv", "path,text,lang,offset\r\na.flac,\"x\r\ny\",,0.00\r\n" + row + "\r\n");
        assertRefused(manifest, manifest + ", line 4: ", message);
    }

    @Test
    void refusesAColumnTwice() throws IOException {
        Path manifest = write("set.csv", "path,text,Text\na.flac,One.,Two.\n");
        assertRefused(manifest, manifest + ", line 1: two columns are called 'text'");
    }

    @Test
    void namesTheLineThatIsNotUtf8() throws IOException {
        Path manifest = Files.write(
                directory.resolve("set.jsonl"), (A + "{\"text\": \"Grüße\"}").getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(manifest, manifest + ", line 2: byte fc is not UTF-8");
        Path text = Files.write(directory.resolve("a.txt"), new byte[] {'a', '\n', (byte) 0xe2, (byte) 0x82});
        Files.delete(manifest);
        assertRefused(directory, text + ", line 2: byte e2 is not UTF-8");
    }

    @Test
    void refusesAHugeLineAndAHugeFile() throws IOException {
        Path manifest = write("set.jsonl", A + "{\"text\": \"" + "x".repeat(1 << 20) + "\"}");
        assertRefused(manifest, manifest + ", line 2: the line has 1048588 characters, but at most 1048576 are read");
        try (RandomAccessFile file = new RandomAccessFile(manifest.toFile(), "rw")) {
            file.setLength(1L << 33);
        }
        assertRefused(manifest, "Cannot read " + manifest + ": it has 8589934592 bytes, but");
    }

    @Test
    void refusesWhatIsNoDataSet() throws IOException {
        assertRefused(directory.resolve("none"), "There is no data set " + directory.resolve("none"));
        Path recording = directory.resolve("a.flac");
        assertRefused(recording, recording + " is a recording, not a data set. Name it with -a");
        Path empty = write("empty.jsonl", "\n \r\n");
        assertRefused(empty, empty + " is empty");
        Path header = write("header.csv", "path,text\n\n");
        assertRefused(header, header + " lists no recording");
        Path other = write("other.csv", "\nname,score\nx,1\n");
        assertRefused(
                other, other + ", line 2: this is neither a JSON object nor a header with a column audio_filepath");
        Path nothing = Files.createDirectory(directory.resolve("nothing"));
        Files.writeString(nothing.resolve("a.txt"), "One.");
        assertRefused(nothing, "There is no recording in the directory " + nothing);
    }

    @Test
    void refusesToChooseAManifest() throws IOException {
        write("test.tsv", "path\tsentence\na.flac\tOne.\n");
        write("train.tsv", "path\tsentence\na.flac\tOne.\n");
        assertRefused(
                directory,
                "There are several manifests in " + directory + ": test.tsv, train.tsv. Name one of them, such as "
                        + directory.resolve("test.tsv"));
    }

    @Test
    void refusesTwoTextsOfLibriSpeech() throws IOException {
        Path transcript = write("x.trans.txt", "a ONE\n\na TWO\n");
        assertRefused(directory, transcript + ", line 3: 'a' already has a text in line 1");
    }

    @Test
    void refusesBrokenLinks() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("b.flac"), Path.of("missing.flac"));
        assertRefused(directory, "Cannot read " + link + ": it is a link to nothing");
        Files.delete(link);
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), directory);
        assertRefused(directory, "Cannot read " + loop + ": ");
    }

    @Test
    void refusesADevice() throws IOException {
        Path device = Path.of("/dev/null");
        assumeThat(device).exists();
        assertRefused(device, "Cannot read " + device + ": it is not a file");
    }

    private void assertRefused(Path dataset, String... parts) {
        assertThatThrownBy(() -> Dataset.read(dataset))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContainingAll(parts)
                .extracting(failure -> ((WhisperSpeedtestException) failure).kind())
                .isEqualTo(ErrorKind.USER);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}
