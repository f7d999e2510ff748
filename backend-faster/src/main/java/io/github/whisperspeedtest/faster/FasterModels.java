package io.github.whisperspeedtest.faster;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The models that faster-whisper's users have, under the names of the sizes, in a separate Hugging Face cache. */
final class FasterModels {
    private static final long MIB = 1L << 20;
    private static final String TURBO = "mobiuslabsgmbh/faster-whisper-large-v3-turbo";
    private static final String LARGE_V3 = systran("large-v3");

    /** Sizes are those of the repositories' float16 weights: two bytes for each parameter. */
    private static final List<Published> PUBLISHED = List.of(
            new Published("tiny", systran("tiny"), 74),
            new Published("tiny.en", systran("tiny.en"), 74),
            new Published("base", systran("base"), 141),
            new Published("base.en", systran("base.en"), 141),
            new Published("small", systran("small"), 463),
            new Published("small.en", systran("small.en"), 463),
            new Published("medium", systran("medium"), 1460),
            new Published("medium.en", systran("medium.en"), 1460),
            new Published("large", TURBO, 1545, new Published("large-v3", LARGE_V3, 2950)),
            new Published("large-v2", systran("large-v2"), 2950),
            new Published("large-v3", LARGE_V3, 2950),
            new Published("large-v3-turbo", TURBO, 1545));

    /** The other names in faster-whisper; source: {@code _MODELS} in its {@code utils.py}. */
    private static final List<Published> VARIANTS = List.of(
            new Published("turbo", TURBO, 1545),
            new Published("large-v1", systran("large-v1"), 2950),
            new Published("distil-small.en", distil("small.en"), 317),
            new Published("distil-medium.en", distil("medium.en"), 752),
            new Published("distil-large-v2", distil("large-v2"), 1443),
            new Published("distil-large-v3", distil("large-v3"), 1443),
            new Published("distil-large-v3.5", "distil-whisper/distil-large-v3.5-ct2", 1443));

    /** The quantizations of the embedded model; the first one is plain {@code micro}. */
    private static final List<Quantization> EMBEDDED = List.of(Quantization.INT8, Quantization.FLOAT16);

    private FasterModels() {}

    static List<ModelInfo> in(Path modelsDirectory) {
        Stream<ModelInfo> embedded = EMBEDDED.stream().map(quantization -> embedded(modelsDirectory, quantization));
        return Stream.concat(embedded, published(PUBLISHED, modelsDirectory)).toList();
    }

    static List<ModelInfo> variants(Path modelsDirectory) {
        return published(VARIANTS, modelsDirectory).toList();
    }

    private static Stream<ModelInfo> published(List<Published> models, Path modelsDirectory) {
        Path cache = modelsDirectory.resolve(FasterImplementation.ID);
        return models.stream().map(model -> model.in(cache));
    }

    private static ModelInfo embedded(Path modelsDirectory, Quantization quantization) {
        String label = quantization.label();
        String name = quantization == EMBEDDED.get(0) ? EmbeddedModel.NAME : EmbeddedModel.NAME + "-" + label;
        Path directory = ModelStore.embeddedDirectory(modelsDirectory, FasterImplementation.ID, label);
        List<Path> files = CTranslate2Checkpoint.REQUIRED_FILES.stream()
                .map(directory::resolve)
                .toList();
        return ModelInfo.ofLocalFiles(name, List.of(new ModelSource.Embedded(label)), files, 0);
    }

    private static String systran(String size) {
        return "Systran/faster-whisper-" + size;
    }

    private static String distil(String size) {
        return "Systran/faster-distil-whisper-" + size;
    }

    private record Published(String name, String repository, long mebibytes, Published... fallbacks) {
        ModelInfo in(Path cache) {
            return new ModelInfo(
                    name,
                    List.of(new ModelSource.HubRepository(repository, "main", CTranslate2Checkpoint.FILES)),
                    cache,
                    List.of(),
                    mebibytes * MIB,
                    Stream.of(fallbacks).map(fallback -> fallback.in(cache)).toList());
        }
    }
}
