package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedReportTest {
    @TempDir
    private Path directory;

    @Test
    void newestIsFirstAndDamagedFilesAreLast() throws IOException {
        save("b", 1);
        save("a", 3);
        save("c", 2);
        Files.writeString(directory.resolve("foreign.json"), "{\"name\": 1}");
        Files.writeString(directory.resolve("notes.txt"), "not JSON");
        Files.writeString(directory.resolve(".hidden.partial"), "half");
        Files.createDirectory(directory.resolve("sub"));

        List<SavedReport> all = SavedReport.in(directory);

        assertThat(all).extracting(SavedReport::name).containsExactly("a", "c", "b", "notes.txt", "foreign");
        assertThat(all.subList(0, 3))
                .allSatisfy(saved -> assertThat(saved.problem()).isNull());
        assertThat(all.subList(3, 5))
                .allSatisfy(saved ->
                        assertThat(saved.problem()).contains(saved.file().toString()));
    }

    @Test
    void missingDirectoryIsEmpty() throws IOException {
        assertThat(SavedReport.in(directory.resolve("none"))).isEmpty();
    }

    private void save(String name, int day) throws IOException {
        Files.writeString(
                directory.resolve(name + ".json"),
                JsonReport.render(SavedRuns.report(day, SavedRuns.result("faster", "base", 1, 1))));
    }
}
