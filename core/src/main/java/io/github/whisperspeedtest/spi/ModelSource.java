package io.github.whisperspeedtest.spi;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** Where files of a model come from. */
public sealed interface ModelSource {
    /** Returns what the visitor's method for its kind makes of this source. */
    <R> R accept(Visitor<R> visitor);

    /** Returns this source where it is a repository of the hub, else empty. */
    default Optional<HubRepository> hubRepository() {
        return Optional.empty();
    }

    /** Returns whether a server has the files; others are made on this machine. */
    default boolean isPublished() {
        return false;
    }

    /** Returns whether this is the demo model inside core. */
    default boolean isEmbedded() {
        return false;
    }

    /** Returns whether this tool makes the files by itself, from nothing that would have to be downloaded. */
    default boolean isGenerated() {
        return false;
    }

    /** Returns whether the user made the files by a conversion, so that no download brings them back. */
    default boolean isConverted() {
        return false;
    }

    /** Returns the name that the files are published under, empty where they are not published. */
    default Optional<String> publishedName() {
        return Optional.empty();
    }

    /** Returns the SHA-256 that this source states for a file of that name, as hexadecimal digits; empty where it states none. */
    default Optional<String> sha256Of(String fileName) {
        return Optional.empty();
    }

    /**
     * One method for each kind of source.
     *
     * @param <R> what the methods return
     */
    interface Visitor<R> {
        /** Visits a repository of the hub. */
        R hubRepository(HubRepository source);

        /** Visits a file at an address of its own. */
        R directDownload(DirectDownload source);

        /** Visits the demo model. */
        R embedded(Embedded source);

        /** Visits a model with random weights. */
        R randomWeights(RandomWeights source);

        /** Visits files that the user keeps. */
        R userFiles(UserFiles source);

        /** Visits a converted model. */
        R converted(Converted source);
    }

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

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.hubRepository(this);
        }

        @Override
        public Optional<HubRepository> hubRepository() {
            return Optional.of(this);
        }

        @Override
        public boolean isPublished() {
            return true;
        }

        @Override
        public Optional<String> publishedName() {
            return Optional.of(repository);
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

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.directDownload(this);
        }

        @Override
        public boolean isPublished() {
            return true;
        }

        @Override
        public Optional<String> publishedName() {
            return Optional.of(fileName);
        }

        @Override
        public Optional<String> sha256Of(String name) {
            return name.equals(fileName) ? Optional.of(sha256) : Optional.empty();
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

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.embedded(this);
        }

        @Override
        public boolean isEmbedded() {
            return true;
        }

        @Override
        public boolean isGenerated() {
            return true;
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

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.randomWeights(this);
        }

        @Override
        public boolean isGenerated() {
            return true;
        }
    }

    /** Files that the user keeps, given by their path; they cannot be fetched from anywhere. */
    record UserFiles() implements ModelSource {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.userFiles(this);
        }
    }

    /** Another model that the user converted into the implementation's own format; it cannot be fetched from anywhere. */
    record Converted() implements ModelSource {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.converted(this);
        }

        @Override
        public boolean isConverted() {
            return true;
        }
    }
}
