package io.github.whisperspeedtest.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.Damage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a hostile file is refused. */
final class RejectionReason {
    private RejectionReason() {}

    /** Returns why a file is refused, which must cost no more memory than is given. */
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
