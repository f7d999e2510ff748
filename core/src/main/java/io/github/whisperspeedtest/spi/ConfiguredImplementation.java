package io.github.whisperspeedtest.spi;

import org.jspecify.annotations.Nullable;

/** An implementation that needs its context, such as one with native libraries. */
public abstract class ConfiguredImplementation implements Implementation {
    private volatile @Nullable ImplementationContext context;

    /** Creates the provider without loading anything. */
    protected ConfiguredImplementation() {}

    @Override
    public final void configure(ImplementationContext value) {
        context = value;
    }

    /**
     * Returns the context.
     *
     * @throws IllegalStateException if this implementation is not configured
     */
    protected final ImplementationContext context() {
        ImplementationContext value = context;
        if (value == null) {
            throw new IllegalStateException("The implementation '" + id() + "' is not configured.");
        }
        return value;
    }
}
