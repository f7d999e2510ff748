package io.github.whisperspeedtest.mps;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.OpenAiCheckpoint;
import io.github.whisperspeedtest.model.HuggingFaceModels;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The checkpoints that OpenAI's program downloads, under the names of the sizes, as plain files. The tokenizer, built
 * into that program, comes from the repository of the same size.
 */
final class MpsModels {
    private static final String BASE_URL = "https://openaipublic.azureedge.net/main/whisper/models/";
    private static final long MIB = 1L << 20;
    private static final List<String> TOKENIZER = List.of("tokenizer.json");

    /** The file name of the model {@code large} for users who name files after models. */
    private static final String LARGE_FILE = "large";

    private static final Published LARGE_V3 =
            new Published("large-v3", "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb", 2944);

    private static final Published LARGE_V3_TURBO =
            new Published("large-v3-turbo", "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a", 1543);

    /**
     * Hashes are part of the URLs; source: {@code _MODELS} in whisper/__init__.py of openai/whisper. Sizes are those of
     * the weights: two bytes for each parameter.
     */
    private static final List<Published> PUBLISHED = List.of(
            new Published("tiny", "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9", 72),
            new Published("tiny.en", "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03", 72),
            new Published("base", "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e", 139),
            new Published("base.en", "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead", 139),
            new Published("small", "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794", 461),
            new Published("small.en", "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872", 461),
            new Published("medium", "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", 1457),
            new Published("medium.en", "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f", 1457),
            LARGE_V3.named("large"),
            new Published("large-v2", "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524", 2944),
            LARGE_V3,
            LARGE_V3_TURBO);

    /** The other names in {@code _MODELS}. */
    private static final List<Published> VARIANTS = List.of(
            new Published("large-v1", "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a", 2944),
            LARGE_V3_TURBO.named("turbo"));

    private MpsModels() {}

    static List<ModelInfo> in(Path modelsDirectory) {
        return Stream.concat(
                        Stream.of(embedded(modelsDirectory)),
                        PUBLISHED.stream().map(model -> model.in(modelsDirectory)))
                .toList();
    }

    static List<ModelInfo> variants(Path modelsDirectory) {
        return VARIANTS.stream().map(model -> model.in(modelsDirectory)).toList();
    }

    private static ModelInfo embedded(Path modelsDirectory) {
        OpenAiFormat format = new OpenAiFormat();
        String quantization = format.quantizations().get(0);
        Path directory = ModelStore.embeddedDirectory(modelsDirectory, MpsImplementation.ID, quantization);
        List<Path> files = format.fileNames(EmbeddedModel.NAME).stream()
                .map(directory::resolve)
                .toList();
        return ModelInfo.ofLocalFiles(EmbeddedModel.NAME, List.of(new ModelSource.Embedded(quantization)), files, 0);
    }

    /**
     * A checkpoint.
     *
     * @param name name for users
     * @param size OpenAI's name, also that of its file and its repository
     * @param sha256 hash of the file
     * @param mebibytes size of the file
     */
    private record Published(String name, String size, String sha256, long mebibytes) {
        Published(String size, String sha256, long mebibytes) {
            this(size, size, sha256, mebibytes);
        }

        Published named(String other) {
            return new Published(other, size, sha256, mebibytes);
        }

        ModelInfo in(Path modelsDirectory) {
            Path directory = modelsDirectory.resolve(MpsImplementation.ID);
            // The model under either of its two file names; the name from a download comes first.
            List<ModelInfo> fallbacks =
                    name.equals(LARGE_FILE) ? List.of(inFile(directory, LARGE_FILE, List.of())) : List.of();
            return inFile(directory, size, fallbacks);
        }

        private ModelInfo inFile(Path directory, String fileName, List<ModelInfo> fallbacks) {
            String file = fileName + OpenAiCheckpoint.ENDING;
            URI url = URI.create(BASE_URL + sha256 + "/" + size + OpenAiCheckpoint.ENDING);
            return new ModelInfo(
                    name,
                    List.of(
                            new ModelSource.DirectDownload(url, file, sha256),
                            HuggingFaceModels.repository(size, TOKENIZER)),
                    null,
                    List.of(directory.resolve(file)),
                    mebibytes * MIB,
                    fallbacks);
        }
    }
}
