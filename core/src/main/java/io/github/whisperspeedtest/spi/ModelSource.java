package io.github.whisperspeedtest.spi;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** A source of model files. */
public sealed interface ModelSource {
    /** Calls the visitor's method for this kind of source and returns its result. */
    <R> R accept(Visitor<R> visitor);

    /** Returns this source if it is a hub repository, otherwise empty. */
    default Optional<HubRepository> hubRepository() {
        return Optional.empty();
    }

    /** Returns this source if it is an archive of the hub, otherwise empty. */
    default Optional<HubArchive> hubArchive() {
        return Optional.empty();
    }

    /** Returns whether the files can be downloaded from a server. */
    default boolean isPublished() {
        return false;
    }

    /** Returns whether this is the demo model inside core. */
    default boolean isEmbedded() {
        return false;
    }

    /** Returns whether this tool generates the files without a download. */
    default boolean isGenerated() {
        return false;
    }

    /** Returns whether the user created the files by a conversion, so they cannot be downloaded again. */
    default boolean isConverted() {
        return false;
    }

    /** Returns the name under which the files are published, or empty if they are not published. */
    default Optional<String> publishedName() {
        return Optional.empty();
    }

    /** Returns the published SHA-256 of the named file in hexadecimal digits, or empty if this source states none. */
    default Optional<String> sha256Of(String fileName) {
        return Optional.empty();
    }

    /**
     * One method for each kind of source.
     *
     * @param <R> return type of the methods
     */
    interface Visitor<R> {
        /** Visits a repository of the hub. */
        R hubRepository(HubRepository source);

        /** Visits an archive of the hub. */
        R hubArchive(HubArchive source);

        /** Visits a file with its own URL. */
        R directDownload(DirectDownload source);

        /** Visits the demo model. */
        R embedded(Embedded source);

        /** Visits a model with random weights. */
        R randomWeights(RandomWeights source);

        /** Visits files of the user. */
        R userFiles(UserFiles source);

        /** Visits a converted model. */
        R converted(Converted source);
    }

    /**
     * Files of a repository on the Hugging Face hub.
     *
     * @param repository {@code owner/name}
     * @param revision branch, tag or commit
     * @param files paths inside the repository. A {@code *} matches any part of a name; {@code |} separates
     *     alternatives, of which the first existing one is used; a trailing {@code ?} marks an optional file
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
     * A zip archive of a repository on the Hugging Face hub, unpacked into the directory that {@link ModelInfo#localPaths}
     * names. All its files are in one directory, whose name does not matter.
     *
     * @param repository {@code owner/name}
     * @param revision branch, tag or commit
     * @param file path of the archive inside the repository
     * @param contents paths inside the unpacked directory that must exist; patterns as in {@link HubRepository#files}
     */
    record HubArchive(String repository, String revision, String file, List<String> contents) implements ModelSource {
        /** Copies the list. */
        public HubArchive {
            Objects.requireNonNull(repository, "repository");
            Objects.requireNonNull(revision, "revision");
            Objects.requireNonNull(file, "file");
            contents = List.copyOf(contents);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.hubArchive(this);
        }

        @Override
        public Optional<HubArchive> hubArchive() {
            return Optional.of(this);
        }

        @Override
        public boolean isPublished() {
            return true;
        }

        @Override
        public Optional<String> publishedName() {
            return Optional.of(file);
        }
    }

    /**
     * One file with its own URL.
     *
     * @param url an https URL
     * @param fileName its name on disk
     * @param sha256 SHA-256 of its content, 64 hexadecimal digits
     */
    record DirectDownload(URI url, String fileName, String sha256) implements ModelSource {
        /** Checks the hash's form. */
        public DirectDownload {
            Objects.requireNonNull(url, "url");
            Objects.requireNonNull(fileName, "fileName");
            sha256 = sha256.toLowerCase(Locale.ROOT);
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException("sha256 of " + url + " is not 64 hexadecimal digits: " + sha256);
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
     * @param quantization quantization of the written model, such as {@code f16}
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
     * @param quantization quantization of the written model
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

    /** Files of the user, given by path. They cannot be downloaded. */
    record UserFiles() implements ModelSource {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.userFiles(this);
        }
    }

    /** A model that the user converted into the implementation's format. It cannot be downloaded. */
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
