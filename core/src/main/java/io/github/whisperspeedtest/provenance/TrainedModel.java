package io.github.whisperspeedtest.provenance;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reduces the names of files and repositories to that of the trained model. */
final class TrainedModel {
    /** Names that every model in a format has. */
    private static final Pattern GENERIC = Pattern.compile("(ggml-|pytorch_)?(model|weights)([.-].*)?");

    private static final Pattern FORMAT_BEFORE = Pattern.compile("^(ggml|faster|ct2|asr|openai|whisper)-");

    private static final Pattern FORMAT_AFTER = Pattern.compile(
            "-(mlx|ct2|ctranslate2|ggml|gguf|onnx|hf|int8-float(16|32)|b?f(loat|p)?(16|32)|int8|q\\d(-(\\d|k))?|\\d-?bit)$");

    private TrainedModel() {}

    /**
     * Returns the name.
     *
     * @param typed the name that the user typed, or a path
     * @param weights the first file with weights
     */
    static String nameOf(String typed, UsedFile weights) {
        String stem = stem(weights.name());
        if (!GENERIC.matcher(stem).matches()) {
            return reduce(stem);
        }
        String repository = weights.repository();
        if (repository != null) {
            return reduce(lastPart(repository));
        }
        return reduce(isPath(typed) ? parentOf(weights.path()) : typed.replaceFirst(":.*", ""));
    }

    private static String reduce(String name) {
        String reduced = name.toLowerCase(Locale.ROOT).replace('_', '-');
        String before;
        do {
            before = reduced;
            reduced = FORMAT_AFTER
                    .matcher(FORMAT_BEFORE.matcher(reduced).replaceFirst(""))
                    .replaceFirst("");
        } while (!reduced.equals(before));
        return reduced.equals("turbo") ? "large-v3-turbo" : reduced;
    }

    private static String stem(String name) {
        return lastPart(name).replaceFirst("\\.[a-z]+$", "");
    }

    private static String lastPart(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static boolean isPath(String typed) {
        return typed.contains("/") || typed.contains("\\");
    }

    /** Returns the name of the directory, the path itself if this machine does not understand it. */
    private static String parentOf(String path) {
        try {
            Path parent = Path.of(path).getParent();
            return parent == null || parent.getFileName() == null
                    ? path
                    : parent.getFileName().toString();
        } catch (InvalidPathException e) {
            return path;
        }
    }
}
