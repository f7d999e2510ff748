package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile.StoredTensor;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred damaged files. None that crashes the native loader may reach it. */
@Tag("hostile-files")
class DamagedModelTest {
    private static final int FILES = 200;
    private static final int FILES_AT_ONCE = 20;

    @TempDir
    private static Path directory;

    @Test
    void damagedFilesNeverCrashAndAreNamed() throws IOException {
        new GgmlWriter().write(EmbeddedModel.checkpoint(), "q5_1", directory, List.of("valid.bin"));
        Path valid = directory.resolve("valid.bin");
        List<StoredTensor> tensors = GgmlModelFile.inspect(valid).tensors();
        Random random = new Random(20);
        int loaded = 0;
        for (int done = 0; done < FILES; done += FILES_AT_ONCE) {
            List<Path> files = new ArrayList<>();
            for (int i = 0; i < FILES_AT_ONCE; i++) {
                files.add(damage(valid, tensors, done + i, random));
            }
            List<String> begun = new ArrayList<>();
            ChildOutcome<List<String>> outcome = ChildJvm.builder()
                    .timeLimit(Duration.ofMinutes(5))
                    .build()
                    .run(LoadFilesTask.class, new LoadFilesTask.Input(files), begun::add);
            assertThat(outcome)
                    .as(() -> "after " + begun.get(begun.size() - 1) + ": " + outcome.describe())
                    .isInstanceOf(ChildOutcome.Completed.class);
            List<String> messages = ((ChildOutcome.Completed<List<String>>) outcome).value();
            for (int i = 0; i < FILES_AT_ONCE; i++) {
                if (messages.get(i).equals("loaded")) {
                    loaded++;
                } else {
                    assertThat(messages.get(i)).contains(files.get(i).toString());
                }
                Files.delete(files.get(i));
            }
        }
        // Damage to weights, filters or token texts is undetectable, but must be the minority.
        assertThat(loaded).isBetween(1, FILES / 2);
    }

    /** Cuts the file, or flips bytes in its header, vocabulary, tensor table, or weights. */
    private static Path damage(Path valid, List<StoredTensor> tensors, int number, Random random) throws IOException {
        Path file = directory.resolve("damaged-" + number + ".bin");
        Files.copy(valid, file, StandardCopyOption.REPLACE_EXISTING);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            long firstTensor = tensors.get(0).offset();
            switch (number % 5) {
                case 0 -> access.setLength((long) (random.nextDouble() * access.length()));
                case 1 -> flip(access, random.nextInt(12 * Integer.BYTES), random);
                case 2 -> flip(access, (long) (random.nextDouble() * firstTensor), random);
                case 3 -> {
                    StoredTensor tensor = tensors.get(random.nextInt(tensors.size()));
                    int headerLength = (3 + tensor.sizes().size()) * Integer.BYTES
                            + tensor.name().length();
                    flip(access, tensor.offset() - 1 - random.nextInt(headerLength), random);
                }
                default -> {
                    for (int i = 0; i < 100; i++) {
                        flip(access, (long) (random.nextDouble() * access.length()), random);
                    }
                }
            }
        }
        return file;
    }

    private static void flip(RandomAccessFile access, long at, Random random) throws IOException {
        access.seek(at);
        int old = access.read();
        access.seek(at);
        access.write(old ^ 1 + random.nextInt(255));
    }
}
