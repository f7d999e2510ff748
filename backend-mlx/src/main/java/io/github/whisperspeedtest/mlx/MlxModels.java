package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.model.HuggingFaceModels;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The models of mlx-community, under the names of the sizes, in a separate Hugging Face cache. The tokenizer, built
 * into MLX's programs, comes from OpenAI's repository of the same size.
 *
 * <p>The repository for each size is that of {@code mlx.py} in mac-whisper-speedtest.
 */
final class MlxModels {
    private static final long MIB = 1L << 20;
    private static final List<String> TOKENIZER = List.of("tokenizer.json");
    private static final String TURBO = "large-v3-turbo";

    /** Possible names of the weights file, by converter version. */
    private static final List<String> FILES = List.of(MlxCheckpoint.CONFIG, String.join("|", MlxCheckpoint.WEIGHTS));

    /**
     * Sizes are those of the weights: two bytes for each parameter; for those of quantised layers their bits, and half a bit more, which
     * the scale and bias of 64 of them take. The token embedding, which most of these repositories leave as it is, has two bytes.
     */
    private static final List<Published> PUBLISHED = List.of(
            new Published("tiny", "tiny-mlx-q4", 48, plain("tiny", 72)),
            new Published("tiny.en", "tiny.en-mlx-q4", 48, plain("tiny.en", 72)),
            plain("base", 139),
            plain("base.en", 139),
            new Published("small", "small-mlx-4bit", 187, plain("small", 461)),
            new Published("small.en", "small.en-mlx-4bit", 187, plain("small.en", 461)),
            new Published("medium", "medium-mlx-8bit", 823, plain("medium", 1457)),
            new Published("medium.en", "medium.en-mlx-8bit", 823, plain("medium.en", 1457)),
            new Published("large", TURBO, TURBO, 1543),
            new Published("large-v2", "large-v2-mlx-4bit", 927, plain("large-v2", 2944)),
            new Published("large-v3", "large-v3-mlx-8bit", 1627, plain("large-v3", 2944)),
            new Published(TURBO, TURBO, 1543));

    /** The forms of the embedded model; the first one is plain {@code micro}. */
    private static final List<String> EMBEDDED = List.of(MlxFormat.FINE_Q4, "q8", "f16");

    private MlxModels() {}

    static List<ModelInfo> in(Path modelsDirectory) {
        Stream<ModelInfo> embedded = EMBEDDED.stream().map(quantization -> embedded(modelsDirectory, quantization));
        Path cache = modelsDirectory.resolve(MlxImplementation.ID);
        return Stream.concat(embedded, PUBLISHED.stream().map(model -> model.in(cache)))
                .collect(Collectors.toUnmodifiableList());
    }

    private static ModelInfo embedded(Path modelsDirectory, String quantization) {
        String name =
                quantization.equals(EMBEDDED.get(0)) ? EmbeddedModel.NAME : EmbeddedModel.NAME + "-" + quantization;
        Path directory = ModelStore.embeddedDirectory(modelsDirectory, MlxImplementation.ID, quantization);
        List<Path> files = new MlxFormat()
                .fileNames(EmbeddedModel.NAME).stream().map(directory::resolve).toList();
        return ModelInfo.ofLocalFiles(name, List.of(new ModelSource.Embedded(quantization)), files, 0);
    }

    private static Published plain(String size, long mebibytes) {
        return new Published(size, size + "-mlx", mebibytes);
    }

    /**
     * A repository.
     *
     * @param name what users call the model
     * @param size what OpenAI calls it, whose repository lends the tokenizer
     * @param repository its name behind {@code mlx-community/whisper-}
     * @param mebibytes size of the weights
     */
    private record Published(String name, String size, String repository, long mebibytes, Published... fallbacks) {
        Published(String size, String repository, long mebibytes, Published... fallbacks) {
            this(size, size, repository, mebibytes, fallbacks);
        }

        ModelInfo in(Path cache) {
            return new ModelInfo(
                    name,
                    List.of(
                            new ModelSource.HubRepository("mlx-community/whisper-" + repository, "main", FILES),
                            HuggingFaceModels.repository(size, TOKENIZER)),
                    cache,
                    List.of(),
                    mebibytes * MIB,
                    Stream.of(fallbacks).map(fallback -> fallback.in(cache)).toList());
        }
    }
}
