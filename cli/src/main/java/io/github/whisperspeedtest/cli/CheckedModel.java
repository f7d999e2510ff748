package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.verify.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The result of checking one model of one implementation.
 *
 * @param selected the model
 * @param hub the verdict on the default Hugging Face cache
 * @param local the verdict on where the implementation looks
 * @param companions the presence of its companions
 */
record CheckedModel(ResolvedModel selected, Verdict hub, Verdict local, List<ModelPresence> companions) {
    /** The status that follows from both verdicts. */
    enum Status {
        /** The model can be used. */
        READY,
        /** All files are present, but its engine cannot run here to load them. */
        NOT_CHECKABLE,
        /** Files are present but incomplete or not loadable. */
        INCOMPLETE,
        /** No file is present. */
        MISSING
    }

    Status status() {
        Verdict loaded = loaded();
        if (loaded != null) {
            return switch (loaded.status()) {
                case COMPLETE -> Status.READY;
                case NOT_CHECKABLE -> Status.NOT_CHECKABLE;
                default -> Status.INCOMPLETE;
            };
        }
        List<Verdict.Status> both = List.of(hub.status(), local.status());
        if (both.contains(Verdict.Status.NOT_CHECKABLE)) {
            return Status.NOT_CHECKABLE;
        }
        return both.contains(Verdict.Status.INCOMPLETE) ? Status.INCOMPLETE : Status.MISSING;
    }

    /**
     * Returns the verdict on the files that would be loaded, or null if neither place has all files.
     *
     * <p>The order is that of {@link io.github.whisperspeedtest.model.ModelStore#resolve}: the model before a fallback, and the
     * implementation's directory before the default cache. A full set of files hides the other place even if it does not load.
     */
    private @Nullable Verdict loaded() {
        return Stream.of(local, hub)
                .filter(CheckedModel::hasAllFiles)
                .min(Comparator.comparing(verdict -> verdict.fallback() != null))
                .orElse(null);
    }

    private static boolean hasAllFiles(Verdict verdict) {
        return !verdict.contents().isEmpty() && verdict.problem() != Verdict.Problem.FILES;
    }

    /** Returns whether a download would make it usable; a converted model has no source to download. */
    boolean canBeDownloaded() {
        return (status() == Status.MISSING || status() == Status.INCOMPLETE)
                && selected.info().sources().stream().noneMatch(ModelSource::isConverted);
    }

    /** Returns whether a copy from the default cache would make it usable. */
    boolean canBeCopied() {
        return hub.isComplete() && !local.isComplete() && local.status() != Verdict.Status.NOT_APPLICABLE;
    }

    /** Returns the bytes on disk at both places together, shared files counted once. */
    long bytesOnDisk() {
        List<Path> contents = new ArrayList<>(hub.contents());
        contents.addAll(local.contents());
        return ModelPresence.sizeOnDisk(contents);
    }
}
