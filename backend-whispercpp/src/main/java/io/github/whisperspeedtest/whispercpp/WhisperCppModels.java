package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The models that whisper.cpp's users download, under the names of the sizes. */
final class WhisperCppModels {
    private static final String REPOSITORY = "ggerganov/whisper.cpp";
    private static final long MIB = 1L << 20;

    /** Sizes on disk are those of whisper.cpp's models/README.md, and of its quantised files, to the MiB. */
    private static final List<Published> PUBLISHED = List.of(
            new Published("tiny", "tiny-q5_1", 31),
            new Published("tiny.en", "tiny.en-q5_1", 31),
            new Published("base", "base-q5_1", 57),
            new Published("base.en", "base.en-q5_1", 57),
            new Published("small", "small", 466),
            new Published("small.en", "small.en", 466),
            new Published("medium", "medium-q5_0", 514),
            new Published("medium.en", "medium.en-q5_0", 514),
            new Published("large", "large-v3-turbo-q5_0", 547),
            new Published("large-v2", "large-v2", 2950),
            new Published("large-v3", "large-v3", 2950),
            new Published("large-v3-turbo", "large-v3-turbo", 1550));

    /** Quantisations that the embedded model is offered in; the first one is plain {@code micro}. */
    private static final List<String> EMBEDDED = List.of("f16", "q8_0", "q5_1");

    private WhisperCppModels() {}

    static List<ModelInfo> in(Path modelsDirectory) {
        Stream<ModelInfo> embedded = EMBEDDED.stream().map(quantization -> embedded(modelsDirectory, quantization));
        Stream<ModelInfo> published = PUBLISHED.stream().map(model -> model.in(modelsDirectory));
        return Stream.concat(embedded, published).collect(Collectors.toUnmodifiableList());
    }

    private static ModelInfo embedded(Path modelsDirectory, String quantization) {
        boolean plain = quantization.equals(EMBEDDED.get(0));
        String name = plain ? EmbeddedModel.NAME : EmbeddedModel.NAME + "-" + quantization;
        Path file = ModelStore.embeddedDirectory(modelsDirectory, WhisperCppImplementation.ID, quantization)
                .resolve("ggml-" + EmbeddedModel.NAME + "-" + quantization + ".bin");
        return ModelInfo.ofLocalFiles(name, List.of(new ModelSource.Embedded(quantization)), List.of(file), 0);
    }

    private record Published(String name, String ggmlName, long mebibytes) {
        ModelInfo in(Path modelsDirectory) {
            String file = "ggml-" + ggmlName + ".bin";
            return ModelInfo.ofLocalFiles(
                    name,
                    List.of(new ModelSource.HubRepository(REPOSITORY, "main", List.of(file))),
                    List.of(modelsDirectory.resolve("whispercpp").resolve(file)),
                    mebibytes * MIB);
        }
    }
}
