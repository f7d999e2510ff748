package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
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

    private static final List<String> MULTILINGUAL_AND_ENGLISH = List.of("", ".en");

    /**
     * Sizes in MiB of the published 16-bit files, by name; sources: models/README.md of whisper.cpp and the file lists of
     * distil-whisper's repositories.
     */
    private static final List<Variants> VARIANTS = List.of(
            new Variants("tiny", MULTILINGUAL_AND_ENGLISH, 75, "f16", "q5_1", "q8_0"),
            new Variants("base", MULTILINGUAL_AND_ENGLISH, 142, "f16", "q5_1", "q8_0"),
            new Variants("small", MULTILINGUAL_AND_ENGLISH, 466, "f16", "q5_1", "q8_0"),
            new Variants("medium", MULTILINGUAL_AND_ENGLISH, 1500, "f16", "q5_0", "q8_0"),
            new Variants("large-v1", List.of(""), 2950, "f16"),
            new Variants("large-v2", List.of(""), 2950, "f16", "q5_0", "q8_0"),
            new Variants("large-v3", List.of(""), 2950, "f16", "q5_0"),
            new Variants("large-v3-turbo", List.of(""), 1550, "f16", "q5_0", "q8_0"));

    /** Files with other names. */
    private static final List<Published> RENAMED = List.of(
            new Published("turbo", "large-v3-turbo", 1550),
            new Published("large-v1", "large-v1", 2950),
            new Published("distil-large-v3", "distil-whisper/distil-large-v3-ggml", "ggml-distil-large-v3.bin", 1449),
            new Published("distil-large-v3.5", "distil-whisper/distil-large-v3.5-ggml", "ggml-model.bin", 1449));

    /** Bits per weight, scales of blocks included; source: the block structures in ggml. */
    private static final Map<String, Double> BITS = Map.of("f16", 16.0, "q5_0", 5.5, "q5_1", 6.0, "q8_0", 8.5);

    /** Quantisations that the embedded model is offered in; the first one is plain {@code micro}. */
    private static final List<String> EMBEDDED = List.of("f16", "q8_0", "q5_1");

    /**
     * Sizes in MB of the published Core ML encoders, by the name of the size; source: the file list of the repository.
     */
    private static final Map<String, Integer> ENCODER_MEGABYTES = Map.ofEntries(
            Map.entry("tiny", 15),
            Map.entry("tiny.en", 15),
            Map.entry("base", 38),
            Map.entry("base.en", 38),
            Map.entry("small", 163),
            Map.entry("small.en", 163),
            Map.entry("medium", 568),
            Map.entry("medium.en", 567),
            Map.entry("large-v1", 1180),
            Map.entry("large-v2", 1170),
            Map.entry("large-v3", 1180),
            Map.entry("large-v3-turbo", 1170));

    /** What surrounds the name of a size in the name of a GGML file. */
    private static final Pattern AROUND_SIZE = Pattern.compile("^ggml-|(-q\\d_\\d)?\\.bin$");

    private WhisperCppModels() {}

    /**
     * Returns the models that commands for all models include.
     *
     * @param coreMl whether the published models have their Core ML encoders as companions
     */
    static List<ModelInfo> in(Path modelsDirectory, boolean coreMl) {
        Stream<ModelInfo> embedded = EMBEDDED.stream().map(quantization -> embedded(modelsDirectory, quantization));
        Stream<ModelInfo> published = PUBLISHED.stream().map(model -> model.in(modelsDirectory, coreMl));
        return Stream.concat(embedded, published).collect(Collectors.toUnmodifiableList());
    }

    private static ModelInfo embedded(Path modelsDirectory, String quantization) {
        boolean plain = quantization.equals(EMBEDDED.get(0));
        String name = plain ? EmbeddedModel.NAME : EmbeddedModel.NAME + "-" + quantization;
        Path file = ModelStore.embeddedDirectory(modelsDirectory, WhisperCppImplementation.ID, quantization)
                .resolve("ggml-" + EmbeddedModel.NAME + "-" + quantization + ".bin");
        return ModelInfo.ofLocalFiles(name, List.of(new ModelSource.Embedded(quantization)), List.of(file), 0);
    }

    /** Returns every published quantization, under names such as {@code base-q8_0}, and other names; see {@link #in}. */
    static List<ModelInfo> variants(Path modelsDirectory, boolean coreMl) {
        return Stream.concat(VARIANTS.stream().flatMap(Variants::all), RENAMED.stream())
                .map(model -> model.in(modelsDirectory, coreMl))
                .toList();
    }

    /**
     * The quantizations of one size.
     *
     * @param size such as {@code base}
     * @param languages endings of its names
     * @param mebibytes size of the 16-bit file
     * @param types {@code f16}, which is published under the plain name, and quantizations
     */
    private record Variants(String size, List<String> languages, long mebibytes, String... types) {
        Stream<Published> all() {
            return languages.stream().flatMap(language -> Stream.of(types).map(type -> of(size + language, type)));
        }

        private Published of(String name, String type) {
            String typed = name + "-" + type;
            return new Published(
                    typed, type.equals("f16") ? name : typed, Math.round(mebibytes * BITS.get(type) / BITS.get("f16")));
        }
    }

    /**
     * A file.
     *
     * @param name name for users
     * @param repository repository of the file
     * @param file its name there
     * @param mebibytes its size
     */
    private record Published(String name, String repository, String file, long mebibytes) {
        Published(String name, String ggmlName, long mebibytes) {
            this(name, REPOSITORY, "ggml-" + ggmlName + ".bin", mebibytes);
        }

        ModelInfo in(Path modelsDirectory, boolean coreMl) {
            // Two repositories may have files of the same name.
            Path directory = modelsDirectory.resolve(WhisperCppImplementation.ID);
            Path plain = repository.equals(REPOSITORY)
                    ? directory.resolve(file)
                    : directory.resolve(name).resolve(file);
            return ModelInfo.ofLocalFiles(
                            name,
                            List.of(new ModelSource.HubRepository(repository, "main", List.of(file))),
                            List.of(plain),
                            mebibytes * MIB)
                    .withCompanions(coreMl ? encoder(plain).stream().toList() : List.of());
        }

        private Optional<ModelInfo> encoder(Path plain) {
            return Optional.ofNullable(
                            ENCODER_MEGABYTES.get(AROUND_SIZE.matcher(file).replaceAll("")))
                    .filter(megabytes -> repository.equals(REPOSITORY))
                    .map(megabytes -> CoreMlEncoder.companion(repository, plain, megabytes * 1_000_000L));
        }
    }
}
