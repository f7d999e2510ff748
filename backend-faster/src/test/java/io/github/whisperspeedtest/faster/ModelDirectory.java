package io.github.whisperspeedtest.faster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A directory with a model in CTranslate2's format. */
final class ModelDirectory {
    private ModelDirectory() {}

    static Path write(Checkpoint checkpoint, String quantization, Path directory) throws IOException {
        new CTranslate2Writer().write(checkpoint, quantization, directory, List.of());
        return directory;
    }

    static ModelFiles files(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return ModelFiles.of("tiny", paths.sorted().toList());
        }
    }

    static CTranslate2Checkpoint read(Path directory) throws IOException {
        return CTranslate2Checkpoint.read(files(directory));
    }

    static Tensor tensor(Checkpoint checkpoint, String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name), name);
    }

    static float[] values(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.elementCount())];
        tensor.copyTo(0, values);
        return values;
    }

    /** Checks that two models have the same dimensions and vocabulary, and weights of the same value. */
    static void assertSameValues(Checkpoint read, Checkpoint expected) {
        assertThat(read.dimensions()).isEqualTo(expected.dimensions());
        assertThat(read.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(expected.tensors().keySet());
        expected.tensors()
                .forEach((name, tensor) -> assertThat(Arrays.mismatch(values(tensor(read, name)), values(tensor)))
                        .as(name)
                        .isEqualTo(-1));
        assertThat(read.tokenizer().tokens())
                .usingElementComparator(Arrays::compare)
                .isEqualTo(expected.tokenizer().tokens());
    }
}
