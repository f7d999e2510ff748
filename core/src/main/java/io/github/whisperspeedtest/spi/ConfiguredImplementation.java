package io.github.whisperspeedtest.spi;

import org.jspecify.annotations.Nullable;

/** An implementation that needs its context, such as one with native libraries. */
public abstract class ConfiguredImplementation implements Implementation {
    private volatile @Nullable ImplementationContext context;

    /** Creates the provider; nothing is loaded yet. */
    protected ConfiguredImplementation() {}

    @Override
    public final void configure(ImplementationContext value) {
        context = value;
    }

    /**
     * Returns the context.
     *
     * @throws IllegalStateException if nobody has configured this implementation
     */
    protected final ImplementationContext context() {
        ImplementationContext value = context;
        if (value == null) {
            throw new IllegalStateException("The implementation '" + id() + "' was not configured.");
        }
        return value;
    }
}
