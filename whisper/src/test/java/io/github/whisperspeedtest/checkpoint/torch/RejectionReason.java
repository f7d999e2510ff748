package io.github.whisperspeedtest.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.Damage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a hostile file and returns the reason for its rejection. */
final class RejectionReason {
    private RejectionReason() {}

    /** Returns the reason for the rejection of a file; fails if reading it allocates more memory than the limit. */
    static String of(Path file, long bytes) {
        List<String> refusals = new ArrayList<>();
        long allocated = Damage.allocatedBytes(() -> {
            try {
                TorchDictionary.read(file);
            } catch (ModelException e) {
                refusals.add(e.getMessage());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(allocated).isLessThan(bytes);
        assertThat(refusals).hasSize(1);
        return refusals.get(0);
    }
}
