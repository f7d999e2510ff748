package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.HuggingFaceCheckpoint;
import io.github.whisperspeedtest.checkpoint.PreprocessorConfig;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** OpenAI's own repositories on the hub, for the implementations that load {@link HuggingFaceFormat} from the default cache. */
public final class HuggingFaceModels {
    private static final long MIB = 1L << 20;

    /** Sizes of the weights: four bytes per parameter, two from large-v3 on. */
    private static final List<Published> PUBLISHED = List.of(
            new Published("tiny", "tiny", 144),
            new Published("tiny.en", "tiny.en", 144),
            new Published("base", "base", 277),
            new Published("base.en", "base.en", 277),
            new Published("small", "small", 922),
            new Published("small.en", "small.en", 922),
            new Published("medium", "medium", 2915),
            new Published("medium.en", "medium.en", 2915),
            new Published("large", "large-v3-turbo", 1543),
            new Published("large-v2", "large-v2", 5888),
            new Published("large-v3", "large-v3", 2944),
            new Published("large-v3-turbo", "large-v3-turbo", 1543));

    /** Further files that Python's transformers reads, so it finds a complete model in the cache when offline. */
    private static final List<String> FOR_TRANSFORMERS = List.of(
            PreprocessorConfig.FILE_NAME + "?",
            "tokenizer_config.json?",
            "special_tokens_map.json?",
            "normalizer.json?");

    private HuggingFaceModels() {}

    /**
     * Returns the embedded model and the published models, named by size.
     *
     * @param modelsDirectory as in {@link io.github.whisperspeedtest.spi.Implementation#models}
     * @param implementation id of the implementation, whose {@link HuggingFaceFormat} writes the embedded model
     */
    public static List<ModelInfo> in(Path modelsDirectory, String implementation) {
        return Stream.concat(
                        Stream.of(embedded(modelsDirectory, implementation)),
                        PUBLISHED.stream().map(Published::info))
                .toList();
    }

    /**
     * Returns files of the repository of one size, for models that borrow them.
     *
     * @param size such as {@code large-v3}
     * @param files file names
     */
    public static ModelSource.HubRepository repository(String size, List<String> files) {
        return new ModelSource.HubRepository("openai/whisper-" + size, "main", files);
    }

    private static ModelInfo embedded(Path modelsDirectory, String implementation) {
        String quantization = new HuggingFaceFormat().quantizations().get(0);
        Path directory = ModelStore.embeddedDirectory(modelsDirectory, implementation, quantization);
        List<Path> files =
                HuggingFaceCheckpoint.FILES.stream().map(directory::resolve).toList();
        return ModelInfo.ofLocalFiles(EmbeddedModel.NAME, List.of(new ModelSource.Embedded(quantization)), files, 0);
    }

    private record Published(String name, String size, long mebibytes) {
        /** Describes the repository with its weights in one file or, as a fallback, in several files. */
        ModelInfo info() {
            return withFiles(
                    HuggingFaceCheckpoint.FILES, List.of(withFiles(HuggingFaceCheckpoint.SHARDED_FILES, List.of())));
        }

        private ModelInfo withFiles(List<String> files, List<ModelInfo> fallbacks) {
            List<String> all =
                    Stream.concat(files.stream(), FOR_TRANSFORMERS.stream()).toList();
            return new ModelInfo(name, List.of(repository(size, all)), null, List.of(), mebibytes * MIB, fallbacks);
        }
    }
}
