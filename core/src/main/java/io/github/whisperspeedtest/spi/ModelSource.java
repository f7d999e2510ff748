package io.github.whisperspeedtest.spi;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Where files of a model come from. */
public sealed interface ModelSource {
    /**
     * Files of a repository on the Hugging Face hub.
     *
     * @param repository {@code owner/name}
     * @param revision branch, tag or commit
     * @param files paths inside the repository; a {@code *} stands for any part of a name, and of several with {@code |} between them
     *     the first is meant that there is; a {@code ?} at the end marks a file that the repository may do without, which is
     *     fetched where it is there
     */
    record HubRepository(String repository, String revision, List<String> files) implements ModelSource {
        /** Copies the list. */
        public HubRepository {
            Objects.requireNonNull(repository, "repository");
            Objects.requireNonNull(revision, "revision");
            files = List.copyOf(files);
        }
    }

    /**
     * One file at an address of its own.
     *
     * @param address an https address
     * @param fileName the name it has on disk
     * @param sha256 what its content must hash to, 64 hexadecimal digits
     */
    record DirectDownload(URI address, String fileName, String sha256) implements ModelSource {
        /** Checks the hash's form. */
        public DirectDownload {
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(fileName, "fileName");
            sha256 = sha256.toLowerCase(Locale.ROOT);
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException("sha256 of " + address + " is not 64 hexadecimal digits: " + sha256);
            }
        }
    }

    /**
     * The demo model inside core, written to disk in the implementation's own format by its {@link CheckpointWriter}.
     *
     * @param quantization what the writer is asked for, such as {@code f16}
     */
    record Embedded(String quantization) implements ModelSource {
        /** Checks that nothing is null. */
        public Embedded {
            Objects.requireNonNull(quantization, "quantization");
        }
    }

    /**
     * A {@link io.github.whisperspeedtest.checkpoint.RandomModel}, written to disk in the implementation's own format.
     *
     * @param size its size, such as {@code tiny}
     * @param quantization what the writer is asked for
     */
    record RandomWeights(String size, String quantization) implements ModelSource {
        /** Checks that nothing is null. */
        public RandomWeights {
            Objects.requireNonNull(size, "size");
            Objects.requireNonNull(quantization, "quantization");
        }
    }

    /** Files that the user keeps, given by their path; they cannot be fetched from anywhere. */
    record UserFiles() implements ModelSource {}

    /** Another model that the user converted into the implementation's own format; it cannot be fetched from anywhere. */
    record Converted() implements ModelSource {}
}
