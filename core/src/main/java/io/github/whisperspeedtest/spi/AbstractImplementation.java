package io.github.whisperspeedtest.spi;

import java.util.Objects;
import java.util.Optional;

/** Base for implementations whose format core can read and write. */
public abstract class AbstractImplementation extends ConfiguredImplementation {
    private final String id;
    private final Capabilities capabilities;
    private final CheckpointReader reader;
    private final CheckpointWriter writer;

    /** Creates an implementation; loads nothing. */
    protected AbstractImplementation(
            String id, Capabilities capabilities, CheckpointReader reader, CheckpointWriter writer) {
        this.id = Objects.requireNonNull(id, "id");
        this.capabilities = Objects.requireNonNull(capabilities, "capabilities");
        this.reader = Objects.requireNonNull(reader, "reader");
        this.writer = Objects.requireNonNull(writer, "writer");
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public final Optional<CheckpointReader> checkpointReader() {
        return Optional.of(reader);
    }

    @Override
    public final Optional<CheckpointWriter> checkpointWriter() {
        return Optional.of(writer);
    }
}
