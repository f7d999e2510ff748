package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.HuggingFaceCheckpoint;
import io.github.whisperspeedtest.checkpoint.PreprocessorConfig;
import io.github.whisperspeedtest.error.UnsupportedModelException;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelListing;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    private static final String TOKENIZER = "tokenizer.json";

    /** distil-whisper publishes two bytes per parameter. */
    private static final List<Published> VARIANTS = List.of(
            new Published("turbo", "large-v3-turbo", 1543),
            new Published("large-v1", "large", 5888),
            distil("distil-small.en", 317),
            distil("distil-medium.en", 752),
            distil("distil-large-v2", 1443),
            distil("distil-large-v3", 1443),
            distil("distil-large-v3.5", 1443));

    /** Number of tokens of OpenAI's English models; source: {@code vocab_size} in their {@code config.json}. */
    public static final int ENGLISH_VOCABULARY = 51864;

    /** Number of tokens of OpenAI's multilingual models before large-v3. */
    public static final int MULTILINGUAL_VOCABULARY = 51865;

    /** Number of tokens of large-v3 and later models, which know Cantonese. */
    public static final int CANTONESE_VOCABULARY = 51866;

    /** The smallest model with each vocabulary. */
    private static final Map<Integer, String> SIZE_BY_VOCABULARY =
            Map.of(ENGLISH_VOCABULARY, "tiny.en", MULTILINGUAL_VOCABULARY, "tiny", CANTONESE_VOCABULARY, "large-v3");

    /** Further files that Python's transformers reads, so it finds a complete model in the cache when offline. */
    static final List<String> FOR_TRANSFORMERS = List.of(
            PreprocessorConfig.FILE_NAME, "tokenizer_config.json", "special_tokens_map.json", "normalizer.json");

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

    /** Returns large-v1, the distilled models of distil-whisper, and other names. */
    public static List<ModelInfo> variants() {
        return VARIANTS.stream().map(Published::info).toList();
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

    /**
     * Returns the selection of a model's files and its tokenizer. A tokenizer that the listing lacks is borrowed from
     * OpenAI's repository with a vocabulary of the same size.
     *
     * @param files the files besides the tokenizer
     * @param nVocab number of tokens of the model, special tokens included
     * @throws UnsupportedModelException if the listing has no tokenizer and no vocabulary of OpenAI's has that size
     */
    public static FileSelection withTokenizer(ModelListing listing, List<String> files, int nVocab) {
        List<String> own = ownTokenizer(listing);
        if (!own.isEmpty()) {
            return FileSelection.of(
                    Stream.concat(files.stream(), own.stream()).distinct().toList());
        }
        String size = SIZE_BY_VOCABULARY.get(nVocab);
        if (size == null) {
            throw new UnsupportedModelException(
                    listing.name() + " has no tokenizer, and no model of OpenAI has a vocabulary of " + nVocab
                            + " tokens. Add tokenizer.json, or vocab.json and merges.txt, to it.");
        }
        return new FileSelection(files, List.of(repository(size, List.of(TOKENIZER))));
    }

    private static List<String> ownTokenizer(ModelListing listing) {
        if (listing.has(TOKENIZER)) {
            return List.of(TOKENIZER);
        }
        List<String> merges = listing.existing(List.of("vocab.json", "merges.txt"));
        return merges.size() == 2 ? merges : listing.matching("*.tiktoken");
    }

    private static ModelInfo embedded(Path modelsDirectory, String implementation) {
        String quantization = new HuggingFaceFormat().quantizations().get(0);
        Path directory = ModelStore.embeddedDirectory(modelsDirectory, implementation, quantization);
        List<Path> files =
                HuggingFaceCheckpoint.FILES.stream().map(directory::resolve).toList();
        return ModelInfo.ofLocalFiles(EmbeddedModel.NAME, List.of(new ModelSource.Embedded(quantization)), files, 0);
    }

    private static Published distil(String name, long mebibytes) {
        return new Published(name, "distil-whisper/" + name, mebibytes);
    }

    /**
     * A repository.
     *
     * @param name name for users
     * @param repository {@code owner/name}, or the part after {@code openai/whisper-}
     * @param mebibytes size of the weights
     */
    private record Published(String name, String repository, long mebibytes) {
        /** Describes the repository with its weights in one file or, as a fallback, in several files. */
        ModelInfo info() {
            return withFiles(
                    HuggingFaceCheckpoint.FILES, List.of(withFiles(HuggingFaceCheckpoint.SHARDED_FILES, List.of())));
        }

        private ModelInfo withFiles(List<String> files, List<ModelInfo> fallbacks) {
            List<String> all = Stream.concat(
                            files.stream(), FOR_TRANSFORMERS.stream().map(name -> name + "?"))
                    .toList();
            ModelSource source = repository.contains("/")
                    ? new ModelSource.HubRepository(repository, "main", all)
                    : HuggingFaceModels.repository(repository, all);
            return new ModelInfo(name, List.of(source), null, List.of(), mebibytes * MIB, fallbacks);
        }
    }
}
