package io.github.whisperspeedtest.spark;

import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;

/**
 * Adds each executor's counts to Spark's metrics system, and frees its models at its end. Switched on by {@code spark.plugins}; without it,
 * models are freed when the process of the executor ends.
 *
 * <p>The metrics are named {@code plugin.io.github.whisperspeedtest.spark.WhisperPlugin.recordings} and so on: {@code recordings},
 * {@code failures}, {@code audioSeconds}, {@code engineSeconds}, {@code modelsOpened}, {@code modelSeconds}.
 */
public final class WhisperPlugin implements SparkPlugin {
    /** Creates the plugin. */
    public WhisperPlugin() {}

    @Override
    public @Nullable DriverPlugin driverPlugin() {
        return null;
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> extraConf) {
                ExecutorMetrics.register(context.metricRegistry());
            }

            @Override
            public void shutdown() {
                ExecutorModel.closeAll();
            }
        };
    }
}
