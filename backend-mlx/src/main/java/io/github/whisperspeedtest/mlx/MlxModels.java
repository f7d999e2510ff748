package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.model.HuggingFaceModels;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final String OWNER = "mlx-community/";
    private static final String WHISPER = "whisper-";
    private static final String DISTIL = "distil-whisper-";

    /** Possible names of the weights file, by converter version. */
    private static final List<String> FILES = List.of(MlxCheckpoint.CONFIG, String.join("|", MlxCheckpoint.WEIGHTS));

    /**
     * The models that mlx-community publishes in all forms, under names such as {@code base-mlx-8bit}, smallest first;
     * source: its collection of Whisper models.
     */
    private static final Map<String, Size> SIZES = sizes();

    /** Bits per weight by the ending of a repository's name. */
    private static final Map<String, Double> FORMS = forms();

    /**
     * Sizes are those of the weights: two bytes for each parameter; for those of quantised layers their bits, and half a bit more, which
     * the scale and bias of 64 of them take. The token embedding, which most of these repositories leave as it is, has two bytes.
     */
    private static final List<Published> PUBLISHED = List.of(
            new Published("tiny", "tiny-mlx-q4", 48, plain("tiny")),
            new Published("tiny.en", "tiny.en-mlx-q4", 48, plain("tiny.en")),
            plain("base"),
            plain("base.en"),
            new Published("small", "small-mlx-4bit", 187, plain("small")),
            new Published("small.en", "small.en-mlx-4bit", 187, plain("small.en")),
            new Published("medium", "medium-mlx-8bit", 823, plain("medium")),
            new Published("medium.en", "medium.en-mlx-8bit", 823, plain("medium.en")),
            new Published("large", TURBO, TURBO, 1543),
            new Published("large-v2", "large-v2-mlx-4bit", 927, plain("large-v2")),
            new Published("large-v3", "large-v3-mlx-8bit", 1627, plain("large-v3")),
            new Published(TURBO, TURBO, 1543));

    private static final List<Published> RENAMED = List.of(
            new Published("turbo", TURBO, TURBO, 1543),
            new Published(TURBO + "-q4", TURBO, TURBO + "-q4", 442),
            distil("distil-small.en", "small.en", 317),
            distil("distil-medium.en", "medium.en", 752),
            distil("distil-large-v3", "large-v3", 1443));

    /** The forms of the embedded model; the first one is plain {@code micro}. */
    private static final List<String> EMBEDDED = List.of(MlxFormat.FINE_Q4, "q8", "f16");

    private MlxModels() {}

    static List<ModelInfo> in(Path modelsDirectory) {
        Stream<ModelInfo> embedded = EMBEDDED.stream().map(quantization -> embedded(modelsDirectory, quantization));
        return Stream.concat(embedded, published(PUBLISHED.stream(), modelsDirectory))
                .toList();
    }

    static List<ModelInfo> variants(Path modelsDirectory) {
        Stream<Published> forms = SIZES.entrySet().stream()
                .flatMap(size -> FORMS.entrySet().stream().map(form -> inForm(size.getKey(), size.getValue(), form)));
        return published(Stream.concat(forms, RENAMED.stream()), modelsDirectory)
                .toList();
    }

    private static Published inForm(String size, Size weights, Map.Entry<String, Double> form) {
        String name = size + form.getKey();
        return new Published(name, size, name, weights.mebibytes(form.getValue()));
    }

    private static Stream<ModelInfo> published(Stream<Published> models, Path modelsDirectory) {
        Path cache = modelsDirectory.resolve(MlxImplementation.ID);
        return models.map(model -> model.in(cache));
    }

    private static Map<String, Size> sizes() {
        Map<String, Size> sizes = new LinkedHashMap<>();
        sizes.put("tiny", new Size(72, 384));
        sizes.put("tiny.en", new Size(72, 384));
        sizes.put("base", new Size(139, 512));
        sizes.put("base.en", new Size(139, 512));
        sizes.put("small", new Size(461, 768));
        sizes.put("small.en", new Size(461, 768));
        sizes.put("medium", new Size(1457, 1024));
        sizes.put("medium.en", new Size(1457, 1024));
        sizes.put("large-v2", new Size(2944, 1280));
        sizes.put("large-v3", new Size(2944, 1280));
        return sizes;
    }

    /**
     * The size of a model's weights.
     *
     * @param mebibytes with 16 bits for each
     * @param width number of values of a token's embedding
     */
    private record Size(long mebibytes, int width) {
        /** Returns the size with other bits; with less than 16, the token embedding stays as it is. */
        long mebibytes(double bits) {
            double embedding = bits < 16 ? 2.0 * HuggingFaceModels.MULTILINGUAL_VOCABULARY * width / MIB : 0;
            return Math.round(embedding + (mebibytes - embedding) * bits / 16);
        }
    }

    private static Map<String, Double> forms() {
        Map<String, Double> forms = new LinkedHashMap<>();
        forms.put("-mlx", 16.0);
        forms.put("-mlx-fp32", 32.0);
        forms.put("-mlx-8bit", 8.5);
        forms.put("-mlx-4bit", 4.5);
        forms.put("-mlx-q4", 4.5);
        return forms;
    }

    private static Published distil(String name, String size, long mebibytes) {
        return new Published(name, size, DISTIL + name.substring("distil-".length()), mebibytes);
    }

    private static ModelInfo embedded(Path modelsDirectory, String quantization) {
        String name =
                quantization.equals(EMBEDDED.get(0)) ? EmbeddedModel.NAME : EmbeddedModel.NAME + "-" + quantization;
        Path directory = ModelStore.embeddedDirectory(modelsDirectory, MlxImplementation.ID, quantization);
        List<Path> files = new MlxFormat()
                .fileNames(EmbeddedModel.NAME).stream().map(directory::resolve).toList();
        return ModelInfo.ofLocalFiles(name, List.of(new ModelSource.Embedded(quantization)), files, 0);
    }

    private static Published plain(String size) {
        return new Published(size, size + "-mlx", SIZES.get(size).mebibytes());
    }

    /**
     * A repository.
     *
     * @param name what users call the model
     * @param size what OpenAI calls it, whose repository lends the tokenizer
     * @param repository its name behind {@code mlx-community/}, without {@code whisper-}
     * @param mebibytes size of the weights
     */
    private record Published(String name, String size, String repository, long mebibytes, Published... fallbacks) {
        Published(String size, String repository, long mebibytes, Published... fallbacks) {
            this(size, size, repository, mebibytes, fallbacks);
        }

        private String fullName() {
            return repository.startsWith(DISTIL) ? repository : WHISPER + repository;
        }

        ModelInfo in(Path cache) {
            return new ModelInfo(
                    name,
                    List.of(
                            new ModelSource.HubRepository(OWNER + fullName(), "main", FILES),
                            HuggingFaceModels.repository(size, TOKENIZER)),
                    cache,
                    List.of(),
                    mebibytes * MIB,
                    Stream.of(fallbacks).map(fallback -> fallback.in(cache)).toList());
        }
    }
}
