package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.TranscriptionCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ModelFile;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out whether files are what their own headers say, without loading them. */
final class StructureCheck {
    private static final Logger LOG = LoggerFactory.getLogger(StructureCheck.class);

    /**
     * How many times smaller than the published files a good model of that name may be.
     *
     * <p>Of the same weights the smallest files in use (4-bit with a scale per block) have a seventh of the bytes of the largest (32-bit);
     * a distilled model under the same name has half of that.
     */
    private static final int SMALLEST_SHARE = 16;

    private StructureCheck() {}

    static Finding check(Implementation implementation, ModelPresence presence, String name) {
        boolean inspected;
        try {
            inspected = implementation.inspect(presence.toModelFiles(name));
        } catch (TranscriptionCancelledException e) {
            throw e;
        } catch (WhisperSpeedtestException e) {
            String reason = String.valueOf(e.getMessage());
            return e.kind() == ErrorKind.MODEL
                    ? Finding.incomplete(Problem.REFUSED, reason)
                    : Finding.notCheckable(Problem.FAILED, reason);
        } catch (RuntimeException e) {
            // A reader that trips over a damaged file instead of finding it.
            LOG.debug("{} fails to read {}", implementation.id(), presence.files(), e);
            return Finding.incomplete(Problem.REFUSED, e.toString());
        }
        long bytes = presence.files().stream().mapToLong(ModelFile::size).sum();
        long published = presence.model().expectedBytes();
        String sizes = String.format(
                Locale.ROOT, "%.1f MB, where %.1f MB are published under this name", bytes / 1e6, published / 1e6);
        boolean implausible = bytes < published / SMALLEST_SHARE;
        if (implausible && !inspected) {
            return Finding.incomplete(
                    Problem.REFUSED, "Its files have only " + sizes + ": they are no such model. Download it again.");
        }
        String whole = inspected
                ? "All files are there and have the lengths that their headers imply; the weights were not read."
                : "All files are there; they were not read.";
        return Finding.complete(implausible ? whole + " They have only " + sizes + "." : whole, null);
    }
}
