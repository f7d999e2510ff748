package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command has. */
final class CommonOptions {
    @Option(
            names = "--models-dir",
            paramLabel = "DIR",
            description = "Keep models in DIR (also: environment variable " + ToolHome.MODELS_VARIABLE + ").")
    private @Nullable Path modelsDirectory;

    @Option(
            names = "--offline",
            description = "Make no request to any network (also: environment variable HF_HUB_OFFLINE).")
    private boolean offline;

    @Option(names = "--verbose", description = "Say more about what is going on, on standard error.")
    private boolean verbose;

    @Option(names = "--debug", description = "Log everything, native libraries included, and show stack traces.")
    private boolean debug;

    CommonOptions() {}

    boolean debug() {
        return debug;
    }

    /** Returns the library, set up as the options say. */
    WhisperSpeedtest library() {
        Settings settings = Settings.ofProcess();
        if (modelsDirectory != null) {
            settings = settings.withProperty(
                    ToolHome.MODELS_PROPERTY, modelsDirectory.toAbsolutePath().toString());
        }
        if (offline) {
            settings = settings.withProperty(HubAccess.OFFLINE_PROPERTY, "true");
        }
        return WhisperSpeedtest.builder().settings(settings).build();
    }
}
