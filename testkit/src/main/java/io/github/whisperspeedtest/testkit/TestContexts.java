package io.github.whisperspeedtest.testkit;

import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;

/** Contexts for implementations and engines under test, with the tool home and the settings of this process. */
public final class TestContexts {
    private TestContexts() {}

    /** Configures an implementation and returns it. */
    public static <T extends Implementation> T configured(T implementation) {
        implementation.configure(of(implementation));
        return implementation;
    }

    /** Returns the context that {@link #configured} gives an implementation. */
    public static ImplementationContext of(Implementation implementation) {
        Settings settings = Settings.ofProcess();
        return ToolHome.of(settings).contextOf(implementation, settings);
    }

    /** Returns a context for an engine, with all settings of this process. */
    public static ImplementationContext ofEngine() {
        Settings settings = Settings.ofProcess();
        ToolHome home = ToolHome.of(settings);
        return new ImplementationContext(home.nativeLibraries(), home.cache(settings), home.engines(), settings);
    }
}
