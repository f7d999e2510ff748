package io.github.whisperspeedtest.provenance;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The files that a model was loaded from.
 *
 * @param model the name that the user typed
 * @param files all files, those of companion models included; at least one
 */
public record ModelProvenance(String model, List<UsedFile> files) {
    private static final Pattern WEIGHTS = Pattern.compile(".*\\.(bin|safetensors|npz|pt|pth)");

    /** Checks that there is a file, and copies the list. */
    public ModelProvenance {
        Objects.requireNonNull(model, "model");
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("Model '" + model + "' has no file");
        }
    }

    /** Returns the files with the weights, at least one; without a file of a known name, the largest file. */
    public List<UsedFile> weights() {
        List<UsedFile> weights = files.stream()
                .filter(file -> WEIGHTS.matcher(file.name()).matches())
                .toList();
        return weights.isEmpty()
                ? List.of(files.stream()
                        .max(Comparator.comparingLong(UsedFile::bytes))
                        .orElseThrow())
                : weights;
    }

    /** Returns the repository of the weights, empty if they are not in a hub cache. */
    public Optional<String> repository() {
        return Optional.ofNullable(weights().get(0).repository());
    }

    /** Returns the commit of the repository of the weights, empty if they are not in a hub cache. */
    public Optional<String> commit() {
        return Optional.ofNullable(weights().get(0).commit());
    }

    /**
     * Returns a line about the weights, such as {@code Systran/faster-whisper-tiny@1a2b3c4d5e6f model.bin, sha256 5e6f1a2b3c4d}; of several
     * files, the first one.
     */
    public String describe() {
        List<UsedFile> weights = weights();
        String more = weights.size() == 1 ? "" : " and " + (weights.size() - 1) + " more";
        return weights.get(0).describe() + more + ", sha256 " + weights.get(0).shortHash();
    }

    /** Returns the hashes of the weights, in the order of {@link #weights}, with a space between them. */
    public String weightsHash() {
        return weights().stream()
                .map(file -> file.sha256() == null ? "unknown" : file.sha256())
                .collect(Collectors.joining(" "));
    }

    /**
     * Returns the name of the trained model, independent of its format and quantization, such as {@code large-v3}; a guess from names.
     *
     * <p>The files of one model have different hashes in each format, so only names tell whether two rows are the same model.
     */
    public String trainedModel() {
        return TrainedModel.nameOf(model, weights().get(0));
    }
}
