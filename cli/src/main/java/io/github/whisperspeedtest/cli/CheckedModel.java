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
 * What was found of one model of one implementation.
 *
 * @param selected the model
 * @param hub the verdict on the default Hugging Face cache
 * @param local the verdict on where the implementation looks
 * @param companions what is there of the models that it works better with
 */
record CheckedModel(ResolvedModel selected, Verdict hub, Verdict local, List<ModelPresence> companions) {
    /** What the two verdicts come to. */
    enum Status {
        /** It can be used. */
        READY,
        /** It is there, but only its own engine could tell whether it loads. */
        NOT_CHECKABLE,
        /** Something of it is there. */
        INCOMPLETE,
        /** Nothing of it is there. */
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
     * Returns the verdict on what would be loaded, or null if neither place has all files.
     *
     * <p>As {@link io.github.whisperspeedtest.model.ModelStore#locate} has it: the model itself before a fallback, and from where the
     * implementation looks before the default cache. Files that are all there hide the other place even if they do not load.
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

    /** Returns whether a download would put something where nothing usable is; what was converted comes from nowhere. */
    boolean canBeDownloaded() {
        return (status() == Status.MISSING || status() == Status.INCOMPLETE)
                && selected.info().sources().stream().noneMatch(ModelSource::isConverted);
    }

    /** Returns whether a copy from the default cache would put something where nothing usable is. */
    boolean canBeCopied() {
        return hub.isComplete() && !local.isComplete() && local.status() != Verdict.Status.NOT_APPLICABLE;
    }

    /** Returns the bytes that it takes at both places together, shared files counted once. */
    long bytesOnDisk() {
        List<Path> contents = new ArrayList<>(hub.contents());
        contents.addAll(local.contents());
        return ModelPresence.sizeOnDisk(contents);
    }
}
