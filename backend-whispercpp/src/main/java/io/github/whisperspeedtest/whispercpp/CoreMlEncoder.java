package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The encoder as a compiled Core ML model, which a whisper.cpp built with Core ML finds beside the GGML file and runs
 * instead of its own.
 */
final class CoreMlEncoder {
    private static final String DIRECTORY_ENDING = "-encoder.mlmodelc";
    private static final String ARCHIVE_ENDING = ".zip";

    /** A quantization at the end of a name without its extension. Other types, such as q3_K_M, stay in the name. */
    private static final Pattern QUANTIZATION = Pattern.compile("-q[^-]_[^-]$");

    /** What Core ML compiles a network into; its older form has the description and the weights in other files. */
    private static final List<String> CONTENTS =
            List.of("coremldata.bin", "model.mil|model.espresso.net", "weights/weight.bin|model.espresso.weights");

    private static final String LOADED = "Core ML model loaded";
    private static final String NOT_LOADED = "failed to load Core ML model";

    private CoreMlEncoder() {}

    /** Returns whether Core ML exists on an operating system with that name, as {@code os.name} has it. */
    static boolean isSupportedOn(String operatingSystem) {
        return operatingSystem.toLowerCase(Locale.ROOT).startsWith("mac");
    }

    /**
     * Returns the directory where whisper.cpp looks for the encoder of a model: its path without the extension and the
     * quantization. Links are not resolved.
     *
     * @param ggmlFile path of the model
     */
    static Path pathFor(Path ggmlFile) {
        String path = ggmlFile.toString();
        // As whisper.cpp does, of the whole path: a file without an extension is cut at a dot in a directory's name.
        int dot = path.lastIndexOf('.');
        String stem = dot < 0 ? path : path.substring(0, dot);
        return Path.of(QUANTIZATION.matcher(stem).replaceFirst("") + DIRECTORY_ENDING);
    }

    /**
     * Describes the encoder of a published model as its companion. All quantizations of a size share it.
     *
     * @param repository repository of the GGML file, which has the encoder, too
     * @param ggmlFile where the GGML file is installed
     * @param bytes size of the archive, for information
     */
    static ModelInfo companion(String repository, Path ggmlFile, long bytes) {
        Path directory = pathFor(ggmlFile);
        String name = directory.getFileName().toString();
        return ModelInfo.ofLocalFiles(
                name,
                List.of(new ModelSource.HubArchive(repository, "main", name + ARCHIVE_ENDING, CONTENTS)),
                List.of(directory),
                bytes);
    }

    /** Returns the files without those of an encoder, which whisper.cpp finds by itself. */
    static ModelFiles withoutEncoder(ModelFiles files) {
        ModelFiles own = files;
        for (String name : files.byName().keySet()) {
            int end = name.indexOf(DIRECTORY_ENDING + "/");
            if (end >= 0) {
                own = own.withoutCompanion(name.substring(0, end) + DIRECTORY_ENDING);
            }
        }
        return own;
    }

    /**
     * Returns an addition to the name of the device if the encoder runs on Core ML, otherwise empty.
     *
     * @param initLog everything that whisper.cpp logged while it loaded the model
     */
    static Optional<String> loaded(String initLog) {
        return initLog.contains(LOADED) ? Optional.of("with the encoder on Core ML") : Optional.empty();
    }

    /**
     * Returns why whisper.cpp, built with Core ML, runs the encoder without it; empty if that does not apply.
     *
     * @param initLog everything that whisper.cpp logged while it loaded the model
     */
    static Optional<String> fallback(Path ggmlFile, String initLog) {
        return initLog.contains(NOT_LOADED)
                ? Optional.of("Core ML could not load " + pathFor(ggmlFile))
                : Optional.empty();
    }

    /**
     * Returns the next step if whisper.cpp refused a model because Core ML could not load its encoder; empty if that is not
     * the reason.
     *
     * @param initLog everything that whisper.cpp logged while it loaded the model
     */
    static Optional<String> advice(Path ggmlFile, String initLog) {
        return fallback(ggmlFile, initLog)
                .map(
                        reason ->
                                "This build runs no model without its Core ML encoder. Download a published model by its name,"
                                        + " which installs the encoder, or build whisper.cpp with WHISPER_COREML_ALLOW_FALLBACK=ON.");
    }
}
