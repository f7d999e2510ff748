package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.spi.ModelInfo;
import java.util.Collection;
import java.util.Optional;

/**
 * The size of one or more downloads.
 *
 * @param count the number of downloads
 * @param bytes their size, a lower bound where not all sizes are known
 * @param exact whether all sizes are known
 */
record DownloadSize(int count, long bytes, boolean exact) {
    /**
     * Returns the size of models, with that of the archives that are unpacked beside them; one without a published size makes
     * it a lower bound. Other companions are small.
     */
    static DownloadSize of(Collection<ModelInfo> models) {
        DownloadSize own = ofBytes(models.stream().map(ModelInfo::expectedBytes).toList());
        // Models may share an archive.
        long archives = models.stream()
                .flatMap(model -> model.companions().stream())
                .filter(companion -> companion.archive().isPresent())
                .distinct()
                .mapToLong(ModelInfo::expectedBytes)
                .sum();
        return new DownloadSize(own.count, own.bytes + archives, own.exact);
    }

    /** Returns the size of downloads, of which 0 is an unknown one. */
    static DownloadSize ofBytes(Collection<Long> sizes) {
        return new DownloadSize(
                sizes.size(),
                sizes.stream().mapToLong(Long::longValue).sum(),
                sizes.stream().allMatch(size -> size > 0));
    }

    /** Returns a text such as {@code 1.62 GB} or {@code at least 32.5 MB}. */
    String describe() {
        if (bytes == 0) {
            return "unknown size";
        }
        return (exact ? "" : "at least ") + ByteSize.of(bytes);
    }

    /**
     * Returns a warning if the disk has too little space.
     *
     * @param freeBytes the free space, negative where it is unknown
     */
    Optional<String> shortage(long freeBytes) {
        return freeBytes < 0 || bytes <= freeBytes
                ? Optional.empty()
                : Optional.of("warning: does not fit: the download needs " + describe() + ", and the disk has "
                        + ByteSize.of(freeBytes) + " free.");
    }
}
