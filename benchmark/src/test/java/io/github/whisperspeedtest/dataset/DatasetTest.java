package io.github.whisperspeedtest.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.whisperspeedtest.audio.AudioFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every layout with real recordings. */
class DatasetTest {
    @TempDir
    private Path directory;

    @Test
    void readsAFolderOfRecordingsAndTexts() throws IOException {
        Recording.at(directory.resolve("b/two.flac"));
        Recording.at(directory.resolve("one.FLAC"));
        Recording.at(directory.resolve("silent.flac"));
        Recording.at(directory.resolve(".hidden.flac"));
        Recording.at(directory.resolve(".cache/three.flac"));
        write("b/two.txt", "\uFEFFTwo.\r\n");
        write("one.TXT", "One.\n");
        write("silent.txt", " ... \n");
        write("README.txt", "About.");
        write("notes.csv", "a,b\n1,2\n");

        Dataset dataset = Dataset.read(directory);

        assertThat(dataset.layout()).isEqualTo(DatasetLayout.FOLDER);
        assertThat(dataset.entries())
                .extracting(DatasetEntry::name, DatasetEntry::text, DatasetEntry::language)
                .containsExactly(
                        tuple("b/two.flac", "Two.", null),
                        tuple("one.FLAC", "One.", null),
                        tuple("silent.flac", null, null));
        assertThat(dataset.unusedTexts()).containsExactly("README.txt");
        assertThat(dataset.entries())
                .allSatisfy(entry ->
                        assertThat(AudioFiles.read(entry.file()).duration()).isPositive());
    }

    @Test
    void readsLibriSpeech() throws IOException {
        Recording.at(directory.resolve("84/121123/84-121123-0000.flac"));
        Recording.at(directory.resolve("84/121123/84-121123-0001.flac"));
        Recording.at(directory.resolve("84/121550/84-121550-0000.flac"));
        write(
                "84/121123/84-121123.trans.txt",
                "84-121123-0000 GO DO YOU HEAR\n84-121123-0002 LOST\n84-121123-0001 BUT\n");
        write("84/121550/84-121550.trans.txt", "84-121550-0000 BUT WITH FULL RAVISHMENT");

        Dataset dataset = Dataset.read(directory);

        assertThat(dataset.layout()).isEqualTo(DatasetLayout.LIBRISPEECH);
        Path transcript = directory.resolve("84/121123/84-121123.trans.txt");
        assertThat(dataset.entries())
                .extracting(DatasetEntry::name, DatasetEntry::text)
                .containsExactly(
                        tuple("84/121123/84-121123-0000.flac", "GO DO YOU HEAR"),
                        tuple("84/121123/84-121123-0001.flac", "BUT"),
                        tuple("84/121550/84-121550-0000.flac", "BUT WITH FULL RAVISHMENT"));
        assertThat(dataset.entries().get(1).origin()).isEqualTo(transcript + ", line 3");
        assertThat(dataset.unusedTexts()).containsExactly(transcript + ", line 2");
    }

    /** The name alone does not decide: here it is the text of one recording. */
    @Test
    void readsAFileNamedLikeTranscriptsAsText() throws IOException {
        Recording.at(directory.resolve("talk.trans.flac"));
        write("talk.trans.txt", "Two seven ten.");
        Dataset dataset = Dataset.read(directory);
        assertThat(dataset.layout()).isEqualTo(DatasetLayout.FOLDER);
        assertThat(dataset.entries()).extracting(DatasetEntry::text).containsExactly("Two seven ten.");
    }

    @Test
    void readsCommonVoice() throws IOException {
        Recording.at(directory.resolve("clips/common_voice_de_1.flac"));
        Recording.at(directory.resolve("clips/common_voice_de_2.flac"));
        write(
                "test.tsv",
                "client_id\tpath\tsentence\tup_votes\tlocale\n"
                        + "x\tcommon_voice_de_2.flac\t\"Ja\", sagte sie, \"genau.\t2\tde-DE\n"
                        + "x\tcommon_voice_de_1.flac\tNein.\t2\tsv-SE\n");

        Dataset dataset = Dataset.read(directory);

        assertThat(dataset.layout()).isEqualTo(DatasetLayout.COMMON_VOICE);
        assertThat(dataset.entries())
                .extracting(DatasetEntry::name, DatasetEntry::text, DatasetEntry::language)
                .containsExactly(
                        tuple("clips/common_voice_de_1.flac", "Nein.", "sv"),
                        tuple("clips/common_voice_de_2.flac", "\"Ja\", sagte sie, \"genau.", "de"));
    }

    @Test
    void readsJsonLines() throws IOException {
        Path outside = Recording.at(directory.resolve("elsewhere/c.flac"));
        Recording.at(directory.resolve("set/a.flac"));
        Recording.at(directory.resolve("set/b.flac"));
        Path manifest = write(
                "set/manifest.json",
                "\uFEFF{\"audio_filepath\": \"a.flac\", \"duration\": 2.1, \"text\": \"One.\", \"lang\": \"german\"}\r\n\r\n"
                        + "{\"audio\": {\"path\": \"./b.flac\", \"bytes\": null}, \"transcription\": \"Two.\", \"offset\": 0}\r\n"
                        + "{\"audio\": \"../elsewhere/c.flac\", \"sentence\": null, \"language\": \"auto\"}\r\n");

        Dataset dataset = Dataset.read(manifest);

        assertThat(dataset.layout()).isEqualTo(DatasetLayout.JSONL);
        assertThat(dataset.entries())
                .extracting(DatasetEntry::name, DatasetEntry::text, DatasetEntry::language, DatasetEntry::origin)
                .containsExactly(
                        tuple("../elsewhere/c.flac", null, null, manifest + ", line 4"),
                        tuple("a.flac", "One.", "de", manifest + ", line 1"),
                        tuple("b.flac", "Two.", null, manifest + ", line 3"));
        assertThat(dataset.entries().get(0).file()).isEqualTo(outside);
        assertThat(Dataset.read(manifest.getParent()).layout()).isEqualTo(DatasetLayout.JSONL);
    }

    @Test
    void readsCsv() throws IOException {
        Recording.at(directory.resolve("a.flac"));
        Recording.at(directory.resolve("b.flac"));
        Path manifest = write(
                "set.csv",
                "\uFEFF\"Text\";\"File_Name\";language\r\n\"One;\r\ntwo \"\"three\"\".\";a.flac;en\r\n\r\nFour.;b.flac;\r\n");

        Dataset dataset = Dataset.read(manifest);

        assertThat(dataset.layout()).isEqualTo(DatasetLayout.CSV);
        assertThat(dataset.entries())
                .extracting(DatasetEntry::name, DatasetEntry::text, DatasetEntry::language, DatasetEntry::origin)
                .containsExactly(
                        tuple("a.flac", "One;\r\ntwo \"three\".", "en", manifest + ", line 2"),
                        tuple("b.flac", "Four.", null, manifest + ", line 5"));
    }

    @Test
    void readsATableWithTabsAndQuotationMarks() throws IOException {
        Recording.at(directory.resolve("a.flac"));
        Path manifest = write("set.tsv", "\"audio\"\t\"text\"\n\"a.flac\"\t\"One\ttwo.\"\n");
        assertThat(Dataset.read(manifest).entries())
                .extracting(DatasetEntry::name, DatasetEntry::text)
                .containsExactly(tuple("a.flac", "One\ttwo."));
    }

    /** An ending says nothing: a file with commas may be called {@code .tsv}, and JSON {@code .csv}. */
    @Test
    void decidesByTheContent() throws IOException {
        Recording.at(directory.resolve("a.flac"));
        assertThat(Dataset.read(write("x.tsv", "audio_filepath,text\na.flac,One.\n"))
                        .layout())
                .isEqualTo(DatasetLayout.CSV);
        assertThat(Dataset.read(write("y.csv", "{\"audio\": \"a.flac\"}")).layout())
                .isEqualTo(DatasetLayout.JSONL);
        assertThat(Dataset.read(write("z.list", "audio\na.flac\n")).layout()).isEqualTo(DatasetLayout.CSV);
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
