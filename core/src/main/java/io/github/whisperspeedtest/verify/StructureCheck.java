package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.model.ModelFile;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares files with their headers without loading them. */
final class StructureCheck {
    private static final Logger LOG = LoggerFactory.getLogger(StructureCheck.class);

    private StructureCheck() {}

    static Finding check(Implementation implementation, ModelPresence presence, String name) {
        boolean inspected;
        try {
            inspected = implementation.inspect(presence.toModelFiles(name));
        } catch (OperationCancelledException e) {
            throw e;
        } catch (WhisperSpeedtestException e) {
            String reason = String.valueOf(e.getMessage());
            return e.kind() == ErrorKind.MODEL
                    ? Finding.incomplete(Problem.REFUSED, reason)
                    : Finding.notCheckable(Problem.FAILED, reason);
        } catch (RuntimeException e) {
            // The reader failed on a damaged file without detecting the damage.
            LOG.debug("{} cannot read {}", implementation.id(), presence.files(), e);
            return Finding.incomplete(Problem.REFUSED, e.toString());
        }
        if (inspected) {
            return Finding.complete(
                    "All files are present and their lengths match their headers. The weights were not read.", null);
        }
        // The implementation cannot inspect this format, so only an implausible size indicates damage.
        long bytes = presence.files().stream().mapToLong(ModelFile::size).sum();
        if (!presence.model().isPlausibleSize(bytes)) {
            return Finding.incomplete(
                    Problem.REFUSED,
                    String.format(
                            Locale.ROOT,
                            "The files have only %.1f MB; the published model has %.1f MB. Download it again.",
                            bytes / 1e6,
                            presence.model().expectedBytes() / 1e6));
        }
        return Finding.complete("All files are present. Their contents were not read.", null);
    }
}
