package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.UnsupportedModelException;
import io.github.whisperspeedtest.spi.FileSelection;
import io.github.whisperspeedtest.spi.ModelListing;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the GGML file of a repository or directory. */
final class GgmlFiles {
    /** The names that whisper.cpp's converters give, in any folder. */
    private static final Pattern CONVENTIONAL = Pattern.compile("(.*/)?[^/]*ggml[^/]*\\.bin");

    /** A file that the user chose may have any name. Other formats with this ending have fixed names. */
    private static final String ENDING = ".bin";

    private static final List<String> OTHER_FORMATS = List.of("model.bin", "pytorch_model.bin", "training_args.bin");

    private GgmlFiles() {}

    /** Returns whether a file has a name that whisper.cpp's converters give. */
    static boolean isConventional(String name) {
        return CONVENTIONAL.matcher(name).matches();
    }

    /** Returns whether a file that the user chose may be a GGML file by its name. */
    static boolean isPossible(String name) {
        return name.endsWith(ENDING) && !OTHER_FORMATS.contains(name);
    }

    /**
     * Returns the file that the user chose or the only one there is, or empty if there is none.
     *
     * @throws UnsupportedModelException if there are several and the user chose none
     */
    static Optional<FileSelection> select(ModelListing listing) {
        String chosen = listing.file();
        if (chosen != null) {
            return isPossible(chosen) ? Optional.of(FileSelection.of(List.of(chosen))) : Optional.empty();
        }
        List<String> files =
                listing.files().stream().filter(GgmlFiles::isConventional).toList();
        if (files.size() > 1) {
            throw new UnsupportedModelException(listing.name() + " has " + files.size() + " GGML files. Choose one: "
                    + listing.choices(files) + ".");
        }
        return files.isEmpty() ? Optional.empty() : Optional.of(FileSelection.of(files));
    }
}
